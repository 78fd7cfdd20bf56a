import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { laptop, small } from './kit/browser.ts';
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
    await page.getByText('No message has passed yet.').waitFor();
    await world.system.stopGateway();
    await page.getByText('The gateway cannot be reached.').waitFor();
    await world.system.startGateway();
    await page.context().close();
  });
});
