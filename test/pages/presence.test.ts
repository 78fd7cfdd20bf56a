import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { OpenPage } from './kit/browser.ts';
import { halves, type SkypeScreen, type TeamsScreen } from './kit/screens.ts';
import { openWorld, type World } from './kit/world.ts';

describe('presence on both clients', () => {
  let world: World;
  let open: OpenPage;
  let teams: TeamsScreen;
  let skype: SkypeScreen;
  before(async () => {
    world = await openWorld();
    open = await world.browser.open(`${world.system.url}/`);
    ({ teams, skype } = halves(open.page));
    await teams.signIn('alice@contoso.example');
    await skype.signIn('bob@contoso.example');
    await teams.person('Bob Brown', 'Available').waitFor();
    await skype.person('Alice Adams', 'Available').waitFor();
  });
  after(async () => {
    await world?.[Symbol.asyncDispose]();
  });

  it('is told in each product’s own words', async () => {
    await teams.choose('Do not disturb');
    await skype.person('Alice Adams', 'Do Not Disturb').waitFor();
    await skype.choose('Be Right Back');
    await teams.person('Bob Brown', 'Be right back').waitFor();
  });

  it('has a note beside it on the other side, and loses it again', async () => {
    await teams.say('Status message', 'At the customer’s');
    await skype.person('Alice Adams', 'At the customer’s').waitFor();
    await skype.say('What’s happening today?', 'In the lab');
    await teams.person('Bob Brown', 'In the lab').waitFor();
    await skype.say('What’s happening today?', '');
    await teams.person('Bob Brown', /^(?!.*In the lab)/).waitFor();
  });

  it('is Offline elsewhere for who appears offline, and true again after that', async () => {
    await teams.choose('Appear offline');
    await skype.person('Alice Adams', 'Offline').waitFor();
    await teams.me('Offline').waitFor();
    await teams.choose('Reset status');
    await skype.person('Alice Adams', 'Available').waitFor();
    assert.deepEqual(open.faults, []);
  });

  it('shows the note of somebody who wrote it before one signed in', async () => {
    const { page } = await world.browser.open(`${world.system.url}/skype`);
    await page.getByLabel('Sign in as').selectOption('heidi@contoso.example');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page
      .getByRole('navigation')
      .getByRole('button', { name: 'Alice Adams' })
      .filter({ hasText: 'At the customer’s' })
      .waitFor();
  });
});
