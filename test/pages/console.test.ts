import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { OpenPage } from './kit/browser.ts';
import { openWorld, type World } from './kit/world.ts';

describe('the console page', () => {
  let world: World;
  let open: OpenPage;
  before(async () => {
    world = await openWorld();
    open = await world.browser.open(`${world.system.url}/console`);
  });
  after(async () => {
    await world?.[Symbol.asyncDispose]();
  });

  it('says that nothing has passed yet', async () => {
    await open.page.getByText('No message has passed yet.').waitFor();
  });

  it('shows a message with its end, and its steps on request', async () => {
    const bob = world.system.skype('bob');
    await bob.signIn();
    const alice = world.system.teams('alice');
    const chat = await alice.chatWith('bob@contoso.example');
    const id = await alice.say(chat, 'not for the console');
    await bob.accept(await bob.invitation('not for the console'));
    await world.system.ended(id);

    const { page } = open;
    const row = page.getByRole('row').filter({ hasText: 'Alice Adams' });
    await row.filter({ hasText: 'Delivered' }).waitFor();
    await row.getByRole('button', { name: /Steps of message/ }).click();
    const trace = page.getByRole('dialog');
    await trace.getByText('taken').waitFor();
    await trace.getByText('end', { exact: true }).waitFor();
    await trace.getByRole('button', { name: 'Close the trace' }).click();
    assert.equal(await page.getByText('not for the console').count(), 0);
  });

  it('shows people with both accounts, and the connections', async () => {
    const { page } = open;
    await page.getByRole('tab', { name: 'People' }).click();
    const carol = page.getByRole('row').filter({ hasText: 'Carol Clark' });
    await carol.filter({ hasText: 'On-prem' }).filter({ hasText: 'Linked' }).waitFor();
    await page.getByRole('row').filter({ hasText: 'Dave Davis' }).filter({ hasText: 'No account' }).waitFor();
    await page.getByRole('tab', { name: 'Connections' }).click();
    await page
      .getByRole('row')
      .filter({ hasText: 'Teams' })
      .filter({ hasText: 'Connected' })
      .first()
      .waitFor();
    assert.deepEqual(open.faults, []);
  });
});
