import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { OpenPage } from './kit/browser.ts';
import { halves } from './kit/screens.ts';
import { openWorld, type World } from './kit/world.ts';

describe('a message that cannot be delivered', () => {
  let world: World;
  let open: OpenPage;
  before(async () => {
    world = await openWorld();
    open = await world.browser.open(`${world.system.url}/`);
    const { teams, skype } = halves(open.page);
    await teams.signIn();
    await skype.signIn();
    await teams.me('Available').waitFor();
    await skype.me('Available').waitFor();
  });
  after(async () => {
    await world?.[Symbol.asyncDispose]();
  });

  it('from Teams says under itself why: the person is signed out', async () => {
    const { teams } = halves(open.page);
    await teams.person('Heidi Hall').click();
    await teams.write('Are you there?');
    await teams
      .message('Are you there?', /Not delivered.*Heidi Hall is offline/)
      .waitFor({ timeout: 40_000 });
  });

  it('from Teams says under itself why: the person declined', async () => {
    const { teams, skype } = halves(open.page);
    await teams.person('Bob Brown').click();
    await teams.write('Do you have a minute?');
    await skype.ignore('Do you have a minute?');
    await teams.message('Do you have a minute?', /Not delivered.*declined/).waitFor({ timeout: 40_000 });
  });

  it('says in either client that it is too long, and can be sent again in Teams', async () => {
    const { teams, skype } = halves(open.page);
    const long = `Once upon a time ${'and so on '.repeat(4_000)}`;
    await teams.person('Bob Brown').click();
    await teams.write(long);
    const failed = teams.message('Once upon a time', 'Failed to send. The message is too long for Teams.');
    await failed.getByRole('button', { name: 'Try again' }).waitFor();
    await skype.person('Alice Adams').click();
    await skype.write(long);
    await skype
      .message('Once upon a time', 'This message was not delivered. The message is too long.')
      .waitFor();
  });

  it('does not come from a busy Teams: the page says so, waits as long as asked, and goes on', async () => {
    const { teams } = halves(open.page);
    const { clientId } = await world.system.api<{ clientId: string }>('/api/sandbox');
    const { throttle } = world.system.servers.teams.tenants;
    throttle.order({ appId: clientId, operation: 'getPresencesByUserId', count: 1, retryAfter: 2 });
    const bar = teams.root.getByText('Teams is busy.');
    await bar.waitFor();
    await bar.waitFor({ state: 'detached' });
    assert.deepEqual(open.faults, []);
  });

  it('from Skype for Business says under itself why: nobody is there', async () => {
    const { skype } = halves(open.page);
    await skype.person('Frank Fisher').click();
    await skype.write('Hello Frank');
    await skype.message('Hello Frank', /was not delivered.*Frank Fisher/).waitFor({ timeout: 40_000 });
    assert.deepEqual(open.faults, []);
  });
});
