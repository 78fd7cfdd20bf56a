import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { whole } from './kit/screens.ts';
import { openWorld, type World } from './kit/world.ts';

describe('signing in', () => {
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(async () => {
    await world?.[Symbol.asyncDispose]();
  });

  it('to Teams goes over the sign-in page of the organisation and comes back', async () => {
    const { page, faults } = await world.browser.open(`${world.system.url}/teams`);
    const { teams } = whole(page);
    await teams.signIn('erin@contoso.example');
    await page.waitForURL(/oauth2\/v2\.0\/authorize/);
    await page.locator('input[type=password]').fill('demo');
    await page.keyboard.press('Enter');
    await teams.me('Available').waitFor();
    assert.equal(page.url(), `${world.system.url}/teams`);

    await page.reload();
    await teams.me('Available').waitFor();
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  it('takes no answer of a sign-in page that this tab did not ask for', async () => {
    const { page } = await world.browser.open(`${world.system.url}/teams?code=stolen&state=guessed`);
    await page.getByText('This sign-in was not started in this tab.').waitFor();
    assert.equal(page.url(), `${world.system.url}/teams`);
    await page.context().close();
  });

  it('to Skype for Business finds the pool of a person homed on-prem, and a load of the page goes on', async () => {
    const { page, faults } = await world.browser.open(`${world.system.url}/skype`);
    const { skype } = whole(page);
    await skype.signIn('carol@contoso.example');
    await skype.me('Available').waitFor();
    await page.reload();
    await skype.me('Available').waitFor();
    await skype.signOut();
    await page.reload();
    await skype.root.getByRole('button', { name: 'Sign in' }).waitFor();
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  it('with a wrong password says so in words', async () => {
    const { page } = await world.browser.open(`${world.system.url}/split`);
    const left = page.getByRole('region', { name: 'Teams', exact: true });
    await left.getByLabel('Password').fill('wrong');
    await left.getByRole('button', { name: 'Sign in' }).click();
    await left.getByText('Sign-in was refused.').waitFor();
    const right = page.getByRole('region', { name: 'Skype for Business', exact: true });
    await right.getByLabel('Password').fill('wrong');
    await right.getByRole('button', { name: 'Sign in' }).click();
    await right.getByText('Skype for Business refused the sign-in.').waitFor();
    await page.context().close();
  });

  it('keeps what it knows in this tab alone', async () => {
    const { page } = await world.browser.open(`${world.system.url}/skype`);
    const { skype } = whole(page);
    await skype.signIn('heidi@contoso.example');
    await skype.me('Available').waitFor();
    assert.equal(await page.evaluate('localStorage.length'), 0);
    assert.equal(await page.evaluate('document.cookie'), '');
    assert.doesNotMatch(String(await page.evaluate('JSON.stringify(sessionStorage)')), /demo/);
    await page.context().close();
  });

  it('ends with the page: who closes it is shown as offline', async () => {
    const [judy, ivan] = await Promise.all([
      world.browser.open(`${world.system.url}/skype`),
      world.browser.open(`${world.system.url}/skype`),
    ]);
    const { skype } = whole(judy.page);
    await skype.signIn('judy@contoso.example');
    await whole(ivan.page).skype.signIn('ivan@contoso.example');
    await skype.person('Ivan Ivanov', 'Available').waitFor();
    await ivan.page.close({ runBeforeUnload: true });
    await skype.person('Ivan Ivanov', 'Offline').waitFor();
    await judy.page.context().close();
  });
});
