import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { eventually } from '../kit/eventually.ts';
import type { SkypeActor, SkypeEvent } from '../kit/skype-actor.ts';
import type { TeamsActor } from '../kit/teams-actor.ts';
import { addressOf, Whole } from '../kit/whole.ts';

const toAlice = 'alice@contoso.example';

interface AtBoth {
  readonly teams: TeamsActor;
  readonly skype: SkypeActor;
}

interface Shown {
  readonly id: string;
  readonly presence: { readonly sides: { readonly skype: { readonly seen?: { availability: string } } } };
}

async function seenInSkype(world: Whole, name: string): Promise<string | undefined> {
  const { people } = await world.api<{ people: readonly Shown[] }>('/api/people');
  return people.find(({ id }) => id === addressOf(name))?.presence.sides.skype.seen?.availability;
}

/** Waits until the gateway shows somebody in SfB, as they are in Teams: then invitations ring at it, too. */
function shownInSkype(observer: SkypeActor, name: string, availability: string): Promise<unknown> {
  return eventually(
    `${name} is shown as ${availability}`,
    async () => (await observer.presenceOf(addressOf(name))) === availability,
  );
}

/**
 * Somebody with a client of their own on both sides: in SfB first, so that the gateway has seen it, and in Teams with
 * another state, so that it is told apart from the copy of the first.
 */
async function atBoth(world: Whole, name: string): Promise<AtBoth> {
  const skype = world.skype(name);
  const teams = world.teams(name);
  await skype.signIn();
  await eventually(
    `the gateway sees ${name} in SfB`,
    async () => (await seenInSkype(world, name)) === 'Available',
  );
  await teams.signIn('Busy', 'InACall');
  await shownInSkype(skype, name, 'Busy');
  return { skype, teams };
}

function toastsAt(actor: SkypeActor): readonly SkypeEvent[] {
  return actor.events.filter(
    ({ type, _embedded }) =>
      type === 'started' && _embedded?.['messagingInvitation']?.['direction'] === 'Incoming',
  );
}

/** Waits for the nth invitation that has come. */
function toast(actor: SkypeActor, nth: number): Promise<SkypeEvent> {
  return eventually(`toast ${nth} of ${actor.address}`, () => toastsAt(actor)[nth - 1]);
}

/** How an invitation ended where it rang. */
async function endOf(actor: SkypeActor, invitation: SkypeEvent): Promise<string> {
  const { status, reason } = await actor.event(
    'the end of an invitation',
    ({ type, link }) => type === 'completed' && link.href === invitation.link.href,
  );
  return reason?.subcode ?? status ?? '';
}

/** Ends a conversation of the actor's, so that the next text begins another. */
async function leave(actor: SkypeActor, conversation: string): Promise<void> {
  await actor.call('POST', `${conversation}/messaging/terminate`);
  await actor.event('the end of it', ({ type, link }) => type === 'deleted' && link.href === conversation);
}

/** Waits until the trace of what lies in Teams under this id says how its toast ended. */
function toastEnds(world: Whole, id: string, end: string): Promise<unknown> {
  interface Traced {
    readonly steps: readonly { readonly step: string; readonly detail?: string }[];
  }
  return eventually(`the toast of ${id} ends: ${end}`, async () => {
    const { steps } = await world.api<Traced>(`/api/messages/${encodeURIComponent(id)}`);
    return steps.some(({ step, detail }) => step === 'toast' && detail === end);
  });
}

async function showsNowhere(teams: TeamsActor, text: string): Promise<boolean> {
  for (const { id } of await teams.chats())
    if ((await teams.messages(id)).some(({ content }) => content.includes(text))) return false;
  return true;
}

describe('somebody of both sides gets one toast', async () => {
  // As a trusted application of frank's pool the gateway could write for him.
  const world = await Whole.open({
    ISTHMUS_TOASTS_FALL_OVER_MS: '1500',
    ISTHMUS_SANDBOX_PROTOCOLS_ON_PREM: 'ucwa',
  });
  after(() => world[Symbol.asyncDispose]());
  const heidi = world.skype('heidi');
  const frank = world.skype('frank');
  await Promise.all([heidi.signIn(), frank.signIn()]);
  const alice = await atBoth(world, 'alice');
  let conversation = '';
  let ownWindow = '';

  it('in Teams: taken up at once, gone from SfB, and nowhere else once it is read there', async () => {
    const invited = await heidi.invite(toAlice, 'Read me');
    assert.equal(invited.status, 'Success');
    assert.equal(await endOf(alice.skype, await alice.skype.invitation('Read me')), 'ConnectedElsewhere');
    const { chat, id } = await alice.teams.seesAnywhere('Read me');
    await alice.teams.markRead(chat);
    await toastEnds(world, id, 'read-in-teams');
    assert.equal(toastsAt(alice.skype).length, 1);
    await leave(heidi, invited.conversation);
  });

  it('in SfB when nobody took it up in Teams: with all that was written, which then counts as read in Teams', async () => {
    ({ conversation } = await heidi.invite(toAlice, 'Nobody here?'));
    const { chat } = await alice.teams.seesAnywhere('Nobody here?');
    await heidi.say(conversation, 'Hello?');
    await alice.teams.sees(chat, 'Hello?');
    assert.equal(await alice.teams.hasRead(chat), false);

    ownWindow = await alice.skype.accept(await toast(alice.skype, 3));
    await alice.skype.message('Nobody here?');
    await alice.skype.message('Hello?');
    await eventually('it counts as read in Teams', () => alice.teams.hasRead(chat));

    await alice.skype.say(ownWindow, 'I am in Skype');
    await heidi.message('I am in Skype');
    await heidi.say(conversation, 'So am I');
    await alice.skype.message('So am I');
    assert.ok(await showsNowhere(alice.teams, 'So am I'));
    assert.equal(toastsAt(heidi).length, 0, 'all in the one session that heidi began');
  });

  it('and goes on in Teams when she writes there', async () => {
    const chat = await alice.teams.chatWith('heidi@contoso.example');
    await alice.teams.say(chat, 'Back in Teams');
    await heidi.message('Back in Teams');
    await heidi.say(conversation, 'Then I write to you there');
    await alice.teams.sees(chat, 'Then I write to you there');
    await leave(heidi, conversation);
    await leave(alice.skype, ownWindow);
  });

  it('in SfB, by the gateway in the name of somebody for whom it may not write', async () => {
    const invited = await frank.invite(toAlice, 'It is frank');
    const own = await alice.skype.accept(await toast(alice.skype, 5));
    await alice.skype.message('Frank Fisher: It is frank');
    await alice.skype.say(own, 'Hello frank');
    await frank.message('Hello frank');
    await frank.say(invited.conversation, 'frank goes on');
    await alice.skype.message('frank goes on');
  });

  it('in SfB alone, now that she was there last: answered there, Teams knows nothing of it', async () => {
    const inviting = heidi.invite(toAlice, 'Straight on');
    conversation = await alice.skype.accept(await alice.skype.invitation('Straight on'));
    const invited = await inviting;
    assert.equal(invited.status, 'Success');
    await heidi.say(invited.conversation, 'Between us');
    await alice.skype.message('Between us');
    assert.ok(await showsNowhere(alice.teams, 'Straight on'));
    await leave(heidi, invited.conversation);
  });

  it('in SfB, then in Teams; when nobody takes it up there it was missed in both, and its sender knows that it arrived', async () => {
    const invited = await heidi.invite(toAlice, 'Is it late?');
    assert.equal(invited.status, 'Success');
    assert.equal(await endOf(alice.skype, await alice.skype.invitation('Is it late?')), 'ConnectedElsewhere');
    const { chat, id } = await alice.teams.seesAnywhere('Is it late?');
    assert.equal((await world.ended(id)).state, 'delivered');

    const missed = await toast(alice.skype, 8);
    assert.equal(await endOf(alice.skype, missed), 'Canceled');
    assert.equal(await alice.teams.hasRead(chat), false);
    assert.equal(toastsAt(heidi).length, 0);
    await leave(heidi, invited.conversation);
  });

  it('declined there it is declined, and comes up nowhere else', async () => {
    const inviting = heidi.invite(toAlice, 'Not now');
    await alice.skype.decline(await alice.skype.invitation('Not now'));
    const { status, reason } = await inviting;
    assert.deepEqual([status, reason?.subcode], ['Failure', 'Declined']);
    assert.ok(await showsNowhere(alice.teams, 'Not now'));
  });

  it('lies in Teams, unread, when its sender hangs up before anybody took it up', async () => {
    const inviting = heidi.invite(toAlice, 'Never mind');
    const invitation = await alice.skype.invitation('Never mind');
    await heidi.hangUp('Never mind');
    assert.equal((await inviting).reason?.subcode, 'Canceled');
    assert.equal(await endOf(alice.skype, invitation), 'Canceled');
    const { chat } = await alice.teams.seesAnywhere('Never mind');
    assert.equal(await alice.teams.hasRead(chat), false);
  });

  it('is taken up when she writes to its sender from Teams while it rings in SfB', async () => {
    const inviting = heidi.invite(toAlice, 'Where are you?');
    const invitation = await alice.skype.invitation('Where are you?');
    const chat = await alice.teams.chatWith('heidi@contoso.example');
    await alice.teams.say(chat, 'In Teams, as it happens');
    assert.equal((await inviting).status, 'Success');
    await heidi.message('In Teams, as it happens');
    assert.equal(await endOf(alice.skype, invitation), 'ConnectedElsewhere');
    await alice.teams.sees(chat, 'Where are you?');
    assert.equal(toastsAt(heidi).length, 0);
  });

  it('of what was written in Teams, too: read there, it rings no more in SfB, and taken up in SfB it counts as read', async () => {
    const erin = world.teams('erin');
    const reader = world.teams('heidi');
    const chat = await erin.chatWith('heidi@contoso.example');
    const id = await erin.say(chat, 'From Teams');
    const invitation = await heidi.invitation('From Teams');
    await reader.markRead(chat);
    assert.equal(await endOf(heidi, invitation), 'Canceled');
    assert.equal((await world.ended(id)).state, 'native');

    const next = await erin.say(chat, 'And another');
    await heidi.accept(await heidi.invitation('And another'));
    assert.equal((await world.ended(next)).state, 'delivered');
    await eventually('it counts as read in Teams', () => reader.hasRead(chat));
  });
});

describe('somebody of both sides gets two toasts, where that is wanted', async () => {
  const world = await Whole.open(
    {
      ISTHMUS_TOASTS_POLICY_DEFAULT: 'dual',
      ISTHMUS_TOASTS_POLICY_PEOPLE: '{"carol@contoso.example":"single"}',
      ISTHMUS_POLICY_PEOPLE: '{"frank@contoso.example":"microsoft"}',
    },
    'inProcess',
  );
  after(() => world[Symbol.asyncDispose]());
  const heidi = world.skype('heidi');
  await heidi.signIn();
  const alice = await atBoth(world, 'alice');

  const timesShown = async (chat: string, text: string) =>
    (await alice.teams.messages(chat)).filter(({ content }) => content.includes(text)).length;

  it('and answers in SfB: the two go on there, and Teams counts as read', async () => {
    const inviting = heidi.invite(toAlice, 'Both of you');
    const invitation = await alice.skype.invitation('Both of you');
    const { chat } = await alice.teams.seesAnywhere('Both of you');
    const own = await alice.skype.accept(invitation);
    const invited = await inviting;
    await alice.skype.say(own, 'One is enough');
    await heidi.message('One is enough');
    await eventually('it counts as read in Teams', () => alice.teams.hasRead(chat));
    assert.ok(await showsNowhere(alice.teams, 'One is enough'));
    await leave(heidi, invited.conversation);
  });

  it('and reads in Teams: it rings no more in SfB', async () => {
    const inviting = heidi.invite(toAlice, 'Either way');
    const invitation = await alice.skype.invitation('Either way');
    const { chat } = await alice.teams.seesAnywhere('Either way');
    await alice.teams.markRead(chat);
    assert.equal(await endOf(alice.skype, invitation), 'ConnectedElsewhere');
    const invited = await inviting;
    assert.equal(invited.status, 'Success');
    await leave(heidi, invited.conversation);
  });

  it('and answers in Teams: the answer comes in the session that rang', async () => {
    const inviting = heidi.invite(toAlice, 'Third time');
    const invitation = await alice.skype.invitation('Third time');
    const { chat } = await alice.teams.seesAnywhere('Third time');
    await alice.teams.say(chat, 'Here I am');
    const invited = await inviting;
    await heidi.message('Here I am');
    assert.equal(await endOf(alice.skype, invitation), 'ConnectedElsewhere');
    assert.equal(toastsAt(heidi).length, 0);
    await leave(heidi, invited.conversation);
  });

  it('and declines in SfB: its sender is told, and it waits in Teams', async () => {
    const inviting = heidi.invite(toAlice, 'Fourth time');
    const invitation = await alice.skype.invitation('Fourth time');
    const { chat } = await alice.teams.seesAnywhere('Fourth time');
    await alice.skype.decline(invitation);
    assert.equal((await inviting).reason?.subcode, 'Declined');
    assert.equal(await alice.teams.hasRead(chat), false);
  });

  it('also who came to SfB unseen, behind what the gateway shows there', async () => {
    const teams = world.teams('bob');
    await teams.signIn();
    await shownInSkype(heidi, 'bob', 'Online');
    const skype = world.skype('bob');
    await skype.signIn({ modalities: ['Messaging', 'PhoneAudio'] });
    const inviting = heidi.invite('bob@contoso.example', 'Unseen');
    const own = await skype.invitation('Unseen');
    await teams.seesAnywhere('Unseen');
    await skype.accept(own);
    assert.equal((await inviting).status, 'Success');
  });

  it('by Microsoft’s rules two when homed online, and one in SfB when homed on-prem, whatever is configured', async () => {
    const frank = world.skype('frank');
    const carol = await atBoth(world, 'carol');
    await frank.signIn();
    const toBoth = frank.invite(toAlice, 'Twice');
    const invitation = await alice.skype.invitation('Twice');
    const { chat } = await alice.teams.seesAnywhere('Twice');
    await alice.skype.accept(invitation);
    assert.equal((await toBoth).status, 'Success');
    await eventually('it counts as read in Teams', () => alice.teams.hasRead(chat));

    const toCarol = frank.invite('carol@contoso.example', 'Once');
    await carol.skype.accept(await carol.skype.invitation('Once'));
    assert.equal((await toCarol).status, 'Success');
    assert.ok(await showsNowhere(carol.teams, 'Once'));
  });

  it('the gateway is killed while it rings: nothing is lost, nothing is there twice, and the two talk all the same', async () => {
    const carol = { teams: world.teams('carol'), skype: world.skype('carol') };
    await carol.skype.signIn();
    const inBoth = heidi.invite(toAlice, 'Mind the gap', 20_000);
    const inSkype = heidi.invite('carol@contoso.example', 'Only there', 20_000);
    const ringing = [
      await alice.skype.invitation('Mind the gap'),
      await carol.skype.invitation('Only there'),
    ] as const;
    const { chat } = await alice.teams.seesAnywhere('Mind the gap');
    await world.killGateway();
    await world.startGateway('inProcess');

    const own = await alice.skype.accept(ringing[0]);
    await carol.skype.accept(ringing[1]);
    assert.deepEqual([(await inBoth).status, (await inSkype).status], ['Success', 'Success']);
    await alice.skype.say(own, 'Nothing happened');
    await heidi.message('Nothing happened');
    assert.equal(await timesShown(chat, 'Mind the gap'), 1);
    assert.ok(await showsNowhere(carol.teams, 'Only there'));
  });
});

describe('somebody for whom something waits in Teams when the gateway is killed', async () => {
  // The fall-over takes longer than it takes to kill the gateway behind the message.
  const world = await Whole.open({ ISTHMUS_TOASTS_FALL_OVER_MS: '8000' }, 'inProcess');
  after(() => world[Symbol.asyncDispose]());

  it('gets the toast in SfB all the same when it is there again, and the two talk there', async () => {
    const heidi = world.skype('heidi');
    await heidi.signIn();
    const bob = await atBoth(world, 'bob');
    const invited = await heidi.invite('bob@contoso.example', 'Still to come');
    assert.equal(invited.status, 'Success');
    const { chat } = await bob.teams.seesAnywhere('Still to come');
    const before = toastsAt(bob.skype).length;
    await world.killGateway();
    await world.startGateway('inProcess');

    const ring = await eventually('it rings at bob’s', () => toastsAt(bob.skype)[before], 20_000);
    const window = await bob.skype.accept(ring);
    await bob.skype.message('Still to come');
    await eventually('it counts as read in Teams', () => bob.teams.hasRead(chat));
    await bob.skype.say(window, 'Better late than never');
    await heidi.accept(await heidi.invitation('Better late than never'));
    assert.ok(await showsNowhere(bob.teams, 'Better late than never'));
  });
});
