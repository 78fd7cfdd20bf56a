import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { OpenPage } from './kit/browser.ts';
import { type SkypeScreen, whole } from './kit/screens.ts';
import { openWorld, type World } from './kit/world.ts';

describe('two people in the Skype for Business page', () => {
  let world: World;
  let pages: readonly OpenPage[];
  let heidi: SkypeScreen;
  let frank: SkypeScreen;
  before(async () => {
    world = await openWorld();
    const [one, other] = await Promise.all([
      world.browser.open(`${world.system.url}/skype`),
      world.browser.open(`${world.system.url}/skype`),
    ]);
    pages = [one, other];
    heidi = whole(one.page).skype;
    frank = whole(other.page).skype;
    await heidi.signIn('heidi@contoso.example');
    await frank.signIn('frank@contoso.example');
  });
  after(async () => {
    await world?.[Symbol.asyncDispose]();
  });

  it('see each other, one homed online and one on-prem', async () => {
    await heidi.person('Frank Fisher', 'Available').waitFor();
    await frank.person('Heidi Hall', 'Available').waitFor();
  });

  it('read why a conversation did not begin', async () => {
    await heidi.person('Frank Fisher').click();
    await heidi.write('Got a minute?');
    await frank.ignore('Got a minute?');
    await heidi.message('Got a minute?', 'Frank Fisher did not take up the conversation.').waitFor();
  });

  it('see that the other is typing', async () => {
    await heidi.write('And now?');
    await frank.accept('And now?');
    await frank.root.getByRole('textbox', { name: 'Type a message' }).pressSequentially('Now is fi');
    await heidi.root.getByText('Frank Fisher is typing a message.').waitFor();
    await frank.write('Now is fine');
    await heidi.message('Now is fine').waitFor();
    await frank.message('Now is fine', 'Delivered').waitFor();
  });

  it('end a conversation and begin another in the same window', async () => {
    await heidi.root.getByRole('button', { name: 'End the conversation' }).click();
    await heidi.root.getByText('You ended the conversation.').waitFor();
    await frank.root.getByText('Heidi Hall has left the conversation.').waitFor();
    await frank.write('One more thing');
    await heidi.accept('One more thing');
    await heidi.message('One more thing').waitFor();
    await frank.message('One more thing', 'Delivered').waitFor();
    assert.equal(await heidi.root.getByRole('article').count(), 4);
  });

  it('talk with somebody who has no account here, in a window of that person', async () => {
    const dave = world.system.teams('dave');
    const chat = await dave.chatWith('heidi@contoso.example');
    await dave.say(chat, 'Dave here, from Teams');
    await heidi.toast('Dave Davis (Teams)').waitFor();
    await heidi.accept('Dave here, from Teams');
    await heidi.root.getByRole('main', { name: 'Conversation with Dave Davis (Teams)' }).waitFor();
    await heidi.write('Hello Dave');
    await heidi.message('Hello Dave', 'Delivered').waitFor();
    await dave.sees(chat, 'Hello Dave');
  });

  it('read a note beside the status', async () => {
    await heidi.me().click();
    await heidi.root.getByRole('textbox', { name: 'What’s happening today?' }).fill('At the lake');
    await heidi.root.getByRole('button', { name: 'Set', exact: true }).click();
    await frank.person('Heidi Hall', 'At the lake').waitFor();
    assert.deepEqual(
      pages.flatMap((page) => page.faults),
      [],
    );
  });
});
