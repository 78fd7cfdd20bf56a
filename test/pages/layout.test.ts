import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../kit/eventually.ts';
import { laptop, phone, small } from './kit/browser.ts';
import { halves, whole } from './kit/screens.ts';
import { openWorld, type World } from './kit/world.ts';

describe('the pages', () => {
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(async () => {
    await world?.[Symbol.asyncDispose]();
  });

  for (const size of [laptop, small]) {
    it(`fit a screen of ${size.width} by ${size.height}, with everything in reach`, async () => {
      const { page, faults } = await world.browser.open(`${world.system.url}/`, size);
      const { teams, skype } = halves(page);
      await teams.signIn();
      await skype.signIn();
      await teams.person('Bob Brown').click();
      await skype.person('Alice Adams').click();
      for (const { root } of [teams, skype]) {
        const box = await root.getByRole('textbox', { name: 'Type a message' }).boundingBox();
        assert.ok(box && box.x + box.width <= size.width && box.y + box.height <= size.height);
        assert.ok(box.width >= 150, `the box to write in is ${box.width} wide`);
      }
      assert.ok(Number(await page.evaluate('document.documentElement.scrollWidth')) <= size.width);
      assert.deepEqual(faults, []);
      await page.context().close();
    });
  }

  it('fit a telephone: one client below the other, in each one thing at a time', async () => {
    const { page, faults } = await world.browser.open(`${world.system.url}/`, phone);
    const { teams, skype } = halves(page);
    await skype.root.getByRole('button', { name: 'Sign in' }).waitFor();
    const [above, below] = [await teams.root.boundingBox(), await skype.root.boundingBox()];
    assert.ok(above && below && below.y >= above.y + above.height && above.width === phone.width);
    await teams.signIn('dave@contoso.example');
    await teams.person('Bob Brown').click();
    const box = teams.root.getByRole('textbox', { name: 'Type a message' });
    assert.ok(((await box.boundingBox())?.width ?? 0) > phone.width / 2);
    assert.equal(await teams.person('Bob Brown').count(), 0);
    await teams.root.getByRole('button', { name: 'Back to the list' }).click();
    await teams.person('Bob Brown').waitFor();
    await box.waitFor({ state: 'detached' });
    await teams.me().click();
    const menu = await teams.root.getByRole('group', { name: 'My status' }).boundingBox();
    assert.ok(menu && above && menu.y + menu.height <= above.y + above.height);
    await page.keyboard.press('Escape');
    await teams.signOut();
    assert.ok(Number(await page.evaluate('document.documentElement.scrollWidth')) <= phone.width);
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  it('stay at the end of what was said, whatever takes room away', async () => {
    const { page } = await world.browser.open(`${world.system.url}/`, small);
    const { teams } = halves(page);
    await teams.signIn('dave@contoso.example');
    await teams.person('Erin Evans').click();
    await teams.write('word '.repeat(400));
    await teams.message('word', 'Sent').waitFor();
    await teams.say('Status message', 'In the lab until noon');
    await teams.root.getByText('In the lab until noon').waitFor();
    await eventually('the log is at its end', () =>
      page.evaluate<boolean>(`(() => {
        const log = document.querySelector('[role=log]');
        return log.scrollTop > 0 && log.scrollHeight - log.scrollTop - log.clientHeight < 2;
      })()`),
    );
    await teams.signOut();
    await page.context().close();
  });

  it('take the colours that the reader’s system asks for, as they change', async () => {
    const { page } = await world.browser.open(`${world.system.url}/console`);
    await page.getByRole('heading', { name: 'Isthmus console' }).waitFor();
    const brightness = (): Promise<number> =>
      page.evaluate(`Number(getComputedStyle(document.querySelector('h1')).color.match(/[0-9]+/)[0])`);
    await page.emulateMedia({ colorScheme: 'light' });
    await eventually('dark letters', async () => (await brightness()) < 100);
    await page.emulateMedia({ colorScheme: 'dark' });
    await eventually('bright letters', async () => (await brightness()) > 150);
    await page.context().close();
  });

  it('show a message in the direction of its own letters', async () => {
    const { page } = await world.browser.open(`${world.system.url}/`);
    const { teams } = halves(page);
    await teams.signIn('dave@contoso.example');
    await teams.person('Erin Evans').click();
    await teams.write('שלום world');
    await teams.message('שלום', 'Sent').waitFor();
    assert.equal(await teams.message('שלום').locator(':dir(rtl)').count(), 1);
    await teams.write('hello again');
    await teams.message('hello again', 'Sent').waitFor();
    assert.equal(await teams.message('hello again').locator(':dir(rtl)').count(), 0);
    await teams.signOut();
    await page.context().close();
  });

  it('can be used by keyboard: sign in, write, take up a toast, turn one down', async () => {
    const { page } = await world.browser.open(`${world.system.url}/skype`);
    const { skype } = whole(page);
    await page.getByLabel('Sign in as').focus();
    await page.keyboard.type('Judy');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await skype.me('Available').waitFor();

    const ivan = world.system.skype('ivan');
    await ivan.signIn();
    await skype.person('Ivan Ivanov', 'Available').waitFor();
    await page.evaluate('document.activeElement?.blur()');
    const first = ivan.invite('judy@contoso.example', 'First try');
    await skype.toast('First try').waitFor();
    await page.keyboard.press('Escape');
    await skype.toast('First try').waitFor({ state: 'detached' });
    await first;

    await page.evaluate('document.activeElement?.blur()');
    const second = ivan.invite('judy@contoso.example', 'Second try');
    await skype.toast('Second try').waitFor();
    await page.keyboard.press('Enter');
    await skype.message('Second try').waitFor();
    await second;
    await page.context().close();
  });

  it('have words for a gateway that is gone', async () => {
    const { page } = await world.browser.open(`${world.system.url}/console`);
    await page.getByRole('tab', { name: 'Messages' }).waitFor();
    await world.system.stopGateway();
    await page.getByText('The gateway cannot be reached.').waitFor();
    await world.system.startGateway();
    await page.context().close();
  });
});
