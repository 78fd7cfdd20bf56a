import assert from 'node:assert/strict';
import { ManualClock } from '../../test/kit/manual-clock.ts';
import { somebody } from '../../test/kit/people.ts';
import { ScriptedConnector } from '../../test/kit/scripted-connector.ts';
import type { End } from '../core/conversation/delivery.ts';
import { conversationOf, type MessageId, type RemoteId, type ThreadKey } from '../core/ids.ts';
import type { Person, Side } from '../core/people.ts';
import type { Availability, Presence } from '../core/presence/presence.ts';
import type { Policy } from '../core/routing/facts.ts';
import { openFederation } from '../core/routing/federation.ts';
import { policyForAll } from '../core/routing/policy.ts';
import { defaultToasts, type ToastPolicy } from '../core/toasts/policy.ts';
import { openMemoryLedger } from '../ledger/memory/open.ts';
import { type IncomingMessage, IntakeRefused, type RingEnd } from './connector.ts';
import { createDirectory } from './directory.ts';
import type { KeptStore, NewMessage } from './ledger.ts';
import { createToasts } from './toasts.ts';

export const alice = somebody('alice');
export const carol = somebody('carol', { home: 'onPrem' });
export const erin = somebody('erin', { mode: 'TeamsOnly' });
export const heidi = somebody('heidi', { mode: 'SfBOnly' });
export const of = (availability: Availability): Presence => ({ availability, activity: 'None' });

/** A turn for everything that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

interface Settings {
  readonly policy?: ToastPolicy;
  readonly routing?: Policy;
  readonly deadlineMs?: number;
  /** What an earlier run left behind, which was killed. */
  readonly left?: Left;
}

/** What outlives a run: the ledger, and the time of day. */
interface Left {
  readonly clock: ManualClock;
  readonly kept: KeptStore;
  /** What became of the messages that were taken. */
  readonly ends: Map<MessageId, End | undefined>;
}

const nothing = (): Left => ({ clock: new ManualClock(), kept: openMemoryLedger().kept, ends: new Map() });

/** Toasts between two scripted networks, on a clock that stands still; `done` is what became of a ring, in order. */
export function world(settings: Settings = {}) {
  const { policy = 'single', routing = 'bridged', deadlineMs = 30_000, left = nothing() } = settings;
  // A run that was killed has no clock any more.
  const clock = new ManualClock(left.clock.now());
  const { kept, ends } = left;
  const teams = new ScriptedConnector('teams');
  const skype = new ScriptedConnector('skype');
  const done: string[] = [];
  const traced: string[] = [];
  const taken: NewMessage[] = [];
  const read = new Set<RemoteId>();
  const own = new Map<string, Presence>();
  const talking = { open: false };
  let full = false;
  Object.assign(teams, {
    reading: {
      hasRead: async (_person: Person, _thread: ThreadKey, message: RemoteId) => read.has(message),
      markRead: async (person: Person) => void done.push(`read by ${person.displayName}`),
    },
  });
  Object.assign(skype, { isTalking: () => talking.open });
  const toasts = createToasts({
    settings: { ...defaultToasts, everybody: policy },
    policies: policyForAll(routing),
    federation: openFederation,
    deadlineMs,
    directory: createDirectory([alice, carol, erin, heidi]),
    connectors: { teams, skype },
    ledger: {
      note: (_message, { detail }) => void traced.push(detail ?? ''),
      kept,
      trace: async (id) => (ends.has(id as MessageId) ? { end: ends.get(id as MessageId) } : undefined),
    },
    clock,
    own: ({ id }, side) => own.get(`${id} ${side}`),
    signedIn: ({ id }) => (own.has(`${id} teams`) ? ['teams'] : []),
    async take(message) {
      if (full) throw new IntakeRefused({ id: 'ledger-full', side: 'skype' });
      keep(message);
      done.push('taken');
    },
    report: (event) => assert.notEqual(event.kind, 'fault'),
  });

  function keep(message: IncomingMessage): NewMessage {
    const takenAt = clock.now();
    const taking: NewMessage = {
      ...message,
      id: `m${ends.size}` as MessageId,
      conversation: conversationOf(message.author, message.recipient),
      takenAt,
      deadlineAt: (message.heldSince ?? takenAt) + deadlineMs,
      late: false,
    };
    taken.push(taking);
    ends.set(taking.id, undefined);
    toasts.taken(taking);
    return taking;
  }

  function written(side: Side, author: Person, recipient: Person, name: string): IncomingMessage {
    return {
      side,
      thread: `${side} thread` as ThreadKey,
      remoteId: name as RemoteId,
      author: author.id,
      recipient: recipient.id,
      body: { format: 'text', text: name },
      writtenAt: clock.now(),
    };
  }

  return {
    clock,
    skype,
    toasts,
    done,
    traced,
    taken,
    talking,
    read,
    keep,
    written,
    left: { clock, kept, ends },
    /** Takes up what the run before left. */
    async resume(): Promise<void> {
      await toasts.resume(Promise.resolve());
      await settle();
    },
    fill(): void {
      full = true;
    },
    shows(person: Person, side: Side, presence: Presence | undefined): void {
      if (presence) own.set(`${person.id} ${side}`, presence);
      else own.delete(`${person.id} ${side}`);
      toasts.seen(person);
    },
    /** Both clients are signed in, and the gateway shows in SfB what Teams shows. */
    atBoth(person: Person, inTeams: Availability = 'Available'): void {
      this.shows(person, 'skype', of('Available'));
      this.shows(person, 'teams', of(inTeams));
      this.shows(person, 'skype', undefined);
    },
    async ring(recipient: Person, name = 'hello', others: 'yes' | 'no' | 'unknown' = 'unknown') {
      const watch = await toasts.rings({
        message: written('skype', heidi, recipient, name),
        ringMs: 30_000,
        hasOthers: async () => others,
        accept: () => void done.push('accepted'),
      });
      return async (how: RingEnd) => {
        watch.ended(how);
        await settle();
      };
    },
    async delivered(): Promise<void> {
      const end: End = {
        kind: 'delivered',
        side: 'teams',
        thread: 'chat' as ThreadKey,
        remoteId: 'shown' as RemoteId,
        as: 'author',
      };
      const last = [...ends.keys()].at(-1);
      if (last !== undefined) {
        ends.set(last, end);
        toasts.ended(last, end);
      }
      await settle();
    },
    async pass(ms: number): Promise<void> {
      clock.advance(ms);
      await settle();
    },
    /** What was rung or written in SfB in somebody else's name. */
    rung: () =>
      skype.delivered.map(({ author, recipient, body }) =>
        [author.displayName, recipient.displayName, body.format === 'text' ? body.text : body.html].join(' '),
      ),
  };
}
