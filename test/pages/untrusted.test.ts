import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { whole } from './kit/screens.ts';
import { openWorld, type World } from './kit/world.ts';

/** Each would set `pwned`, open a dialog or load something if a page ran it. */
const attempts = [
  '<img src=x onerror="window.pwned=1">',
  '<script>window.pwned=1</script>',
  '<svg onload="window.pwned=1">',
  '<a href="javascript:window.pwned=1">click me</a>',
  '<iframe srcdoc="<script>parent.pwned=1</script>"></iframe>',
  '"><style>*{display:none}</style>',
  '{{constructor.constructor("window.pwned=1")()}}',
];

describe('text that somebody wrote', () => {
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(async () => {
    await world?.[Symbol.asyncDispose]();
  });

  it('stays text in the Skype for Business page', async () => {
    const { page, faults } = await world.browser.open(`${world.system.url}/skype`);
    const { skype } = whole(page);
    await skype.signIn('bob@contoso.example');
    await skype.me('Available').waitFor();
    const heidi = world.system.skype('heidi');
    await heidi.signIn();
    const conversation = heidi.invite('bob@contoso.example', attempts.join('\n'));
    await skype.accept('pwned');
    await skype.message(attempts[0] ?? '').waitFor();
    await skype.message(attempts[6] ?? '').waitFor();
    await conversation;
    assert.equal(await page.evaluate('window.pwned'), undefined);
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  it('stays text in the Teams page, also where it comes as markup', async () => {
    const { page, faults } = await world.browser.open(`${world.system.url}/split`);
    const left = whole(page).teams;
    const region = page.getByRole('region', { name: 'Teams', exact: true });
    // What is there at the first look gets no toast.
    const looked = page.waitForResponse((answer) => answer.url().includes('/me/chats'));
    await region.getByRole('button', { name: 'Sign in' }).click();
    await looked;
    const erin = world.system.teams('erin');
    const chat = await erin.chatWith('alice@contoso.example');
    for (const content of attempts)
      await erin.say(chat, `<p>Attempt ${attempts.indexOf(content)}: ${content}</p>`, 'html');
    await left.openToast('Attempt');
    await left.message('Attempt 6').waitFor();
    assert.equal(await region.locator('iframe, script, img[src="x"], a[href^="javascript"]').count(), 0);
    assert.equal(await page.evaluate('window.pwned'), undefined);
    assert.deepEqual(faults, []);
    await page.context().close();
  });
});
