import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openWorld, type World } from './kit/world.ts';

describe('the console’s page of one person', () => {
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(async () => {
    await world?.[Symbol.asyncDispose]();
  });

  it('shows each endpoint as its product does, and what happened, while it happens', async () => {
    const { page, faults } = await world.browser.open(`${world.system.url}/console`);
    await page.getByRole('tab', { name: 'People' }).click();
    await page.getByRole('button', { name: 'Presence of Alice Adams' }).click();
    await page.getByRole('heading', { name: 'Alice Adams' }).waitFor();

    const alice = world.system.teams('alice');
    await alice.signIn('Busy', 'InACall');
    const endpoints = page.getByRole('region', { name: 'Endpoints' });
    await endpoints.getByText('Gateway’s endpoint').waitFor();
    assert.equal(await endpoints.getByText('In a call').count(), 2);
    const history = page.getByRole('region', { name: 'History' });
    await history.getByText('The gateway shows In a call in Skype for Business').waitFor();

    await alice.signOut();
    await history.getByText('The gateway took its endpoint away in Skype for Business').waitFor();
    await endpoints.getByText('Gateway’s endpoint').waitFor({ state: 'detached' });

    await page.reload();
    await page.getByRole('heading', { name: 'Alice Adams' }).waitFor();
    await page.getByRole('button', { name: 'All people' }).click();
    await page.getByRole('row').filter({ hasText: 'Carol Clark' }).waitFor();
    assert.deepEqual(faults, []);
  });

  it('fits a narrow window, and says what is not known', async () => {
    const { page, faults } = await world.browser.open(
      `${world.system.url}/console#person=dave@contoso.example`,
      { width: 420, height: 800 },
    );
    await page.getByText('Nothing reported').waitFor();
    await page.getByText('Nothing in the last day').waitFor();
    assert.ok(Number(await page.evaluate('document.documentElement.scrollWidth')) <= 420);
    assert.deepEqual(faults, []);
  });

  it('says so where there is no such person', async () => {
    const { page } = await world.browser.open(`${world.system.url}/console#person=nobody`);
    await page.getByText('The directory has no such person.').waitFor();
  });
});
