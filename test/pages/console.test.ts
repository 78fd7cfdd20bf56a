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

  async function change(
    method: string,
    path: string,
    fields?: Readonly<Record<string, string>>,
  ): Promise<void> {
    const answer = await fetch(`${world.system.url}/api/people${path}`, {
      method,
      ...(fields && { body: JSON.stringify(fields), headers: { 'content-type': 'application/json' } }),
    });
    assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  }

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

  it('finds people by name', async () => {
    const { page } = open;
    await page.getByRole('tab', { name: 'People' }).click();
    await page.getByLabel('Find people').fill('clark contoso');
    await page.getByRole('status').getByText('1 person').waitFor();
    assert.equal(await page.getByRole('button', { name: /Presence of/ }).count(), 1);
    await page.getByLabel('Find people').fill('nobody at all');
    await page.getByText('Nobody has this name or address.').waitFor();
    await page.getByLabel('Find people').fill('');
    await page.getByRole('button', { name: 'Presence of Bob Brown' }).waitFor();
  });

  it('shows whom operators changed, added and removed, with what the sources say, and takes it back', async () => {
    const { page } = open;
    const done = page.getByRole('table', { name: 'Done by operators' });
    assert.equal(await done.count(), 0);
    await change('PUT', '/heidi@contoso.example', { mode: 'Islands' });
    await change('POST', '', {
      id: 'dora@contoso.example',
      displayName: 'Dora',
      mode: 'Islands',
      home: 'online',
    });
    await change('DELETE', '/ivan@contoso.example');

    const row = (name: string) => done.getByRole('row').filter({ hasText: name });
    await row('Heidi Hall')
      .filter({ hasText: 'Changed' })
      .filter({ hasText: 'Mode: Islands (the sources: SfBOnly)' })
      .waitFor();
    await row('Dora').filter({ hasText: 'Added' }).waitFor();
    await row('Ivan Ivanov').filter({ hasText: 'Removed' }).waitFor();
    await page.getByRole('button', { name: 'Presence of Ivan Ivanov' }).waitFor({ state: 'detached' });

    await row('Ivan Ivanov').getByRole('button', { name: 'Undo: Ivan Ivanov' }).click();
    await page.getByText('Ivan Ivanov will be back, as the sources say.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Undo', exact: true }).click();
    await page.getByRole('button', { name: 'Presence of Ivan Ivanov' }).waitFor();
    await row('Ivan Ivanov').waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'Presence of Heidi Hall' }).click();
    await page.getByRole('heading', { name: 'Heidi Hall' }).waitFor();
    await row('Heidi Hall').getByRole('button', { name: 'Undo: Heidi Hall' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Undo', exact: true }).click();
    await done.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'All people' }).click();
    await row('Dora').waitFor();
    assert.deepEqual(open.faults, []);
  });
});
