/** What every door to a pool has to do, whatever it speaks: one suite, run on each of them against the embedded pool. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, describe, it } from 'node:test';
import { eventually } from '../../../test/kit/eventually.ts';
import { SkypeActor, type SkypeEvent } from '../../../test/kit/skype-actor.ts';
import type { SipUri } from '../../core/people.ts';
import { offline, type Presence } from '../../core/presence/presence.ts';
import type { Remarks } from '../../core/presence/remarks.ts';
import type { EmbeddedPool } from '../../sandbox/skype/pools.ts';
import type {
  DialogEnd,
  DialogId,
  Door,
  DoorAccount,
  DoorEndpoint,
  DoorInvitation,
  DoorListener,
  DoorMessage,
} from './door.ts';
import type { Failure } from './errors.ts';

export interface DoorWorld extends AsyncDisposable {
  readonly door: Door;
  readonly pool: EmbeddedPool;
  /** Where clients of the pool discover it, over UCWA. */
  readonly discovery: string;
}

/** Keeps what an endpoint hears, and never takes an invitation up by itself. */
export class HeardByDoor implements DoorListener {
  readonly invitations: DoorInvitation[] = [];
  readonly messages: DoorMessage[] = [];
  readonly ends = new Map<DialogId, DialogEnd>();
  readonly presences = new Map<SipUri, Presence>();
  readonly notes = new Map<SipUri, string>();
  /** Of those who are out of office. */
  readonly replies = new Map<SipUri, string | undefined>();
  readonly failures: Failure[] = [];

  async invited(invitation: DoorInvitation): Promise<void> {
    this.invitations.push(invitation);
  }
  async received(message: DoorMessage): Promise<void> {
    this.messages.push(message);
  }
  ended(dialog: DialogId, how: DialogEnd): void {
    this.ends.set(dialog, how);
  }
  presence(person: SipUri, presence: Presence): void {
    this.presences.set(person, presence);
  }
  remarks(person: SipUri, { note, outOfOffice }: Remarks): void {
    this.replies.set(person, outOfOffice.kind === 'yes' ? outOfOffice.message : undefined);
    this.notes.set(person, note.kind === 'text' ? note.text : '');
  }
  lastActive(): void {}
  failed(failure: Failure): void {
    this.failures.push(failure);
  }

  get texts(): readonly string[] {
    return this.messages.map(({ body }) => (body.format === 'text' ? body.text : body.html));
  }
  /** Waits for an invitation with this first text. */
  invitation(text: string): Promise<DoorInvitation> {
    return eventually(`an invitation with “${text}”`, () =>
      this.invitations.find(({ body }) => body?.format === 'text' && body.text === text),
    );
  }
  end(dialog: DialogId): Promise<DialogEnd> {
    return eventually('the end of the dialog', () => this.ends.get(dialog));
  }
}

const domain = 'contoso.example';
const accountOf = (name: string, of: DoorAccount['of']) => ({
  of,
  sip: `sip:${name}@${domain}` as const,
  username: `${name}@${domain}`,
  password: 'demo',
});
const available: Presence = { availability: 'Available', activity: 'None' };
const busy: Presence = { availability: 'Busy', activity: 'None' };
const carolSip = `sip:carol@${domain}` as const;
const frankAddress = `frank@${domain}`;

const soon = (): AbortSignal => AbortSignal.timeout(10_000);

/** The pool is the on-prem one of the sandbox: the door acts for frank, carol has a client of her own. */
export function describeDoor(name: string, open: () => Promise<DoorWorld>): void {
  describe(`a door to a pool, over ${name}`, async () => {
    const world = await open();
    const { door, pool, discovery } = world;
    const opened: AsyncDisposable[] = [];
    const actors: SkypeActor[] = [];
    after(async () => {
      for (const endpoint of opened) await endpoint[Symbol.asyncDispose]();
      for (const actor of actors) await actor.close();
      await world[Symbol.asyncDispose]();
    });

    const act = async (who: string): Promise<SkypeActor> => {
      const actor = new SkypeActor(discovery, `${who}@${domain}`);
      actors.push(actor);
      await actor.signIn();
      return actor;
    };
    const enter = (who: string, of: DoorAccount['of'] = 'person') => {
      const heard = new HeardByDoor();
      const endpoint = door.open(accountOf(who, of), heard);
      opened.push(endpoint);
      return { endpoint, heard };
    };
    const carol = await act('carol');
    const { endpoint, heard } = enter('frank', 'gateway');
    const frankIs = (state: string) =>
      eventually(`frank is ${state}`, async () => (await carol.presenceOf(frankAddress)) === state);
    /** A session from the endpoint to carol, taken up. */
    const talking = async (text: string) => {
      const dialog = randomUUID();
      const inviting = endpoint.invite(dialog, carolSip, text, { thread: randomUUID() });
      const conversation = await carol.accept(await carol.invitation(text));
      assert.equal((await inviting).kind, 'accepted');
      return { dialog, conversation };
    };
    const leave = (actor: SkypeActor, conversation: string) =>
      actor.call('POST', `${conversation}/messaging/terminate`);

    it('an endpoint is ready, shows nothing, and gets nothing, while it is there for writing alone', async () => {
      assert.equal(await endpoint.ready(soon()), undefined);
      assert.equal(door.health.kind, 'reached');
      assert.equal(await carol.presenceOf(frankAddress), 'Offline');
      const refused = await carol.invite(frankAddress, 'Anybody there?');
      assert.equal(refused.status, 'Failure');
      assert.deepEqual(heard.invitations, []);
    });

    it('writes all the same', async () => {
      const { dialog, conversation } = await talking('From somebody unseen');
      assert.equal((await endpoint.send(dialog, 'm1', 'And more')).kind, 'sent');
      await carol.message('And more');
      await carol.say(conversation, 'I hear you');
      await eventually('the answer', () => heard.texts.includes('I hear you'));
      await endpoint.end(dialog);
      await eventually('the end', () =>
        carol.events.some(({ type, link }) => type === 'deleted' && link.href === conversation),
      );
    });

    it('shows each presence, and the note beside it', async () => {
      for (const [presence, shown] of [
        [available, 'Online'],
        [busy, 'Busy'],
        [{ availability: 'DoNotDisturb', activity: 'None' }, 'DoNotDisturb'],
        [{ availability: 'BeRightBack', activity: 'None' }, 'BeRightBack'],
        [{ availability: 'Away', activity: 'None' }, 'Away'],
        [available, 'Online'],
      ] as const) {
        assert.equal(await endpoint.show(presence), undefined);
        await frankIs(shown);
      }
      assert.equal(await endpoint.note('At my desk'), undefined);
      await eventually('the note', async () => (await carol.noteOf(frankAddress)) === 'At my desk');
    });

    it('reports the presence of exactly those who are watched', async () => {
      assert.equal(await endpoint.watch(new Set([carolSip])), undefined);
      const is = (state: string) =>
        eventually(`carol is ${state}`, () => heard.presences.get(carolSip)?.availability === state);
      await is('Available');
      await carol.setPresence('Busy');
      await is('Busy');
      await carol.setNote('On the phone');
      await eventually('her note', () => heard.notes.get(carolSip) === 'On the phone');
      const calendar = pool.core.presentity(carol.address);
      calendar?.setAutomaticReply('Until Monday');
      await eventually('that she is out of office', () => heard.replies.get(carolSip) === 'Until Monday');
      calendar?.setAutomaticReply(undefined);
      await eventually('that she is back', () => heard.notes.get(carolSip) === 'On the phone');
      await carol.setPresence('Online');
      await is('Available');
      assert.equal(await endpoint.watch(new Set()), undefined);
    });

    it('lets an invitation ring until it is taken up, and talks both ways in it', async () => {
      const inviting = carol.invite(frankAddress, 'Hello frank');
      const invitation = await heard.invitation('Hello frank');
      assert.equal(invitation.from, carolSip);
      assert.equal(await endpoint.accept(invitation.dialog), undefined);
      const { status, conversation } = await inviting;
      assert.equal(status, 'Success');
      assert.equal((await endpoint.send(invitation.dialog, 'm1', 'Hello carol')).kind, 'sent');
      await carol.message('Hello carol');
      for (const text of ['one', 'two', 'three']) await carol.say(conversation, text);
      await eventually('all three', () => heard.texts.slice(-3).join() === 'one,two,three');
      const names = heard.messages.map(({ remote }) => remote);
      assert.equal(new Set(names).size, names.length, 'each message has a name of its own');
      await leave(carol, conversation);
      assert.equal(await heard.end(invitation.dialog), 'over');
      const late = await endpoint.send(invitation.dialog, 'm2', 'Too late');
      assert.equal(late.kind === 'failed' && late.failure.kind, 'ended');
    });

    it('gives an invitation back to the person’s other clients, where it goes on ringing', async () => {
      const own = await act('frank');
      const inviting = carol.invite(frankAddress, 'Which one?');
      const invitation = await heard.invitation('Which one?');
      await endpoint.decline(invitation.dialog);
      assert.equal(await heard.end(invitation.dialog), 'declined');
      await own.accept(await own.invitation('Which one?'));
      const { status, conversation } = await inviting;
      assert.equal(status, 'Success');
      await leave(carol, conversation);
      await own.signOut();
    });

    it('says why an invitation rings no more', async () => {
      const own = await act('frank');
      const elsewhere = carol.invite(frankAddress, 'Taken elsewhere');
      const first = await heard.invitation('Taken elsewhere');
      await own.accept(await own.invitation('Taken elsewhere'));
      assert.equal(await heard.end(first.dialog), 'answered-elsewhere');
      const { conversation } = await elsewhere;
      await leave(carol, conversation);

      const declining = carol.invite(frankAddress, 'Not now?');
      const second = await heard.invitation('Not now?');
      await own.decline(await own.invitation('Not now?'));
      assert.equal(await heard.end(second.dialog), 'declined');
      await declining;
      await own.signOut();

      const taking = carol.invite(frankAddress, 'Never mind');
      const third = await heard.invitation('Never mind');
      await carol.hangUp('Never mind');
      assert.equal(await heard.end(third.dialog), 'caller-gave-up');
      assert.equal((await endpoint.accept(third.dialog))?.kind, 'ended');
      await taking;
    });

    it('says why an invitation of its own came to nothing', async () => {
      const invite = (to: SipUri, text: string) =>
        endpoint.invite(randomUUID(), to, text, { thread: randomUUID() });
      const idOf = async (ending: ReturnType<DoorEndpoint['invite']>) => {
        const end = await ending;
        return end.kind === 'failed' ? `${end.failure.kind} ${end.failure.id}` : end.kind;
      };
      assert.equal(await idOf(invite(`sip:mallory@${domain}`, 'Offline?')), 'refused offline');
      assert.equal(await idOf(invite(`sip:nobody@${domain}`, 'Who?')), 'refused no-such-person');
      const declined = invite(carolSip, 'Please decline');
      await carol.decline(await carol.invitation('Please decline'));
      assert.equal(await idOf(declined), 'refused declined');
      await carol.setPresence('DoNotDisturb');
      assert.equal(await idOf(invite(carolSip, 'Disturb?')), 'refused do-not-disturb');
      await carol.setPresence('Online');
    });

    it('takes an invitation back', async () => {
      const dialog = randomUUID();
      const inviting = endpoint.invite(dialog, carolSip, 'Taken back', { thread: randomUUID() });
      const ringing: SkypeEvent = await carol.invitation('Taken back');
      await endpoint.cancel(dialog);
      const end = await inviting;
      assert.equal(end.kind === 'failed' && end.failure.id, 'no-answer');
      await carol.event(
        'the end of the toast',
        ({ type, link }) => type === 'completed' && link.href === ringing.link.href,
      );
    });

    it('is refused for good with an account that the pool does not have', async () => {
      const { endpoint: stranger, heard: told } = enter('nobody');
      const failure = await stranger.ready(soon());
      assert.deepEqual([failure?.kind, failure?.id], ['refused', 'link-refused']);
      assert.equal(stranger.stopped, true);
      await eventually('said so', () => told.failures.length > 0);
    });

    it('shows nothing and still receives, where it says that it can', async () => {
      const failure = await endpoint.receive();
      if (!door.receivesUnseen) {
        assert.equal(failure?.kind, 'refused');
        return;
      }
      assert.equal(failure, undefined);
      await frankIs('Offline');
      const inviting = carol.invite(frankAddress, 'Are you there after all?');
      const { dialog } = await heard.invitation('Are you there after all?');
      assert.equal(await endpoint.accept(dialog), undefined);
      assert.equal((await inviting).status, 'Success');
      await endpoint.end(dialog);
      await endpoint.show(available);
      await frankIs('Online');
    });

    it('goes on with what is under way when it is hidden, where it can be', async () => {
      if (!endpoint.hide) return assert.equal(door.receivesUnseen, false);
      const dialog = randomUUID();
      const inviting = endpoint.invite(dialog, carolSip, 'Is it still there?', { thread: randomUUID() });
      const ringing = await carol.invitation('Is it still there?');
      assert.equal(await endpoint.hide(), undefined);
      await frankIs('Offline');
      const conversation = await carol.accept(ringing);
      assert.equal((await inviting).kind, 'accepted');
      await carol.say(conversation, 'It still is');
      await eventually('an answer', () => heard.texts.includes('It still is'));
      assert.equal((await carol.invite(frankAddress, 'And now?')).status, 'Failure');
      await endpoint.end(dialog);
      await endpoint.show(available);
      await frankIs('Online');
    });

    it('is back by itself with what it showed and watched when the pool was gone', async () => {
      await endpoint.show(busy);
      await endpoint.watch(new Set([carolSip]));
      pool.setFault({ kind: 'down' });
      await eventually('the pool is gone', () => door.health.kind === 'failing', 15_000);
      pool.setFault({ kind: 'none' });
      heard.presences.clear();
      await eventually('it is back', async () => (await endpoint.ready(soon())) === undefined, 15_000);
      await frankIs('Busy');
      await eventually('it watches', () => heard.presences.has(carolSip), 10_000);
      assert.equal(door.health.kind, 'reached');
    });

    it('is Offline at once when it is signed out', async () => {
      assert.equal(await endpoint.show(offline), undefined);
      await endpoint[Symbol.asyncDispose]();
      await frankIs('Offline');
      assert.equal(pool.core.presentity(frankAddress)?.presence.availability, 18_500);
    });
  });
}
