import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { laptop, type OpenPage } from './kit/browser.ts';
import { halves } from './kit/screens.ts';
import { openWorld, type World } from './kit/world.ts';

describe('the split page', () => {
  let world: World;
  let open: OpenPage;
  before(async () => {
    world = await openWorld();
    open = await world.browser.open(`${world.system.url}/`, laptop);
  });
  after(async () => {
    await world?.[Symbol.asyncDispose]();
  });

  it('signs in Alice on the left and Bob on the right with one click each', async () => {
    const { teams, skype } = halves(open.page);
    await teams.signIn();
    await skype.signIn();
    await teams.me('Available').waitFor();
    await skype.me('Available').waitFor();
  });

  it('shows each the presence of the other', async () => {
    const { teams, skype } = halves(open.page);
    await skype.person('Alice Adams', 'Available').waitFor();
    await teams.person('Bob Brown', 'Available').waitFor();
  });

  it('carries a message from Teams to a toast in Skype for Business, and the answer back', async () => {
    const { teams, skype } = halves(open.page);
    await teams.person('Bob Brown').click();
    await teams.write('Lunch at noon?');
    await skype.accept('Lunch at noon?');
    await skype.message('Lunch at noon?').waitFor();
    await teams.message('Lunch at noon?', 'Sent').waitFor();

    await skype.write('Yes, in the garden');
    await skype.message('Yes, in the garden', 'Delivered').waitFor();
    await teams.message('Yes, in the garden').waitFor();

    await teams.write('See you there');
    await skype.message('See you there').waitFor();
    assert.equal(await skype.root.getByRole('article').count(), 3);
    assert.equal(await teams.root.getByRole('article').count(), 3);
  });

  it('shows a status that is chosen in either client in the other', async () => {
    const { teams, skype } = halves(open.page);
    await teams.choose('Busy');
    await skype.person('Alice Adams', 'Busy').waitFor();
    await skype.choose('Do Not Disturb');
    await teams.person('Bob Brown', 'Do not disturb').waitFor();
    await skype.choose('Reset Status');
    await teams.person('Bob Brown', 'Available').waitFor();
  });

  it('shows who signed out as offline', async () => {
    const { teams, skype } = halves(open.page);
    await skype.signOut();
    await teams.person('Bob Brown', 'Offline').waitFor();
    await skype.signIn('bob@contoso.example');
    await skype.person('Alice Adams', 'Busy').waitFor();
    await teams.signOut();
    await skype.person('Alice Adams', 'Offline').waitFor();
  });

  it('runs no script but its own, and meets no error', () => {
    assert.deepEqual(open.faults, []);
  });
});
