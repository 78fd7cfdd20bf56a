import type { Clock } from '../core/clock.ts';
import type { End } from '../core/conversation/delivery.ts';
import { type ConversationId, conversationOf, type MessageId } from '../core/ids.ts';
import type { Person, Side } from '../core/people.ts';
import type { Presence } from '../core/presence/presence.ts';
import { factsOf } from '../core/routing/facts.ts';
import { type FederationSettings, federationRefusal } from '../core/routing/federation.ts';
import { type PolicySettings, policyFor } from '../core/routing/policy.ts';
import { route } from '../core/routing/route.ts';
import { planToast, type ToastPlan } from '../core/toasts/plan.ts';
import { type ToastSettings, toastPolicyFor } from '../core/toasts/policy.ts';
import { deadline } from './clock.ts';
import type { Connector, IncomingMessage, IncomingRing, RingWatch } from './connector.ts';
import type { Directory } from './directory.ts';
import type { Report } from './events.ts';
import type { Ledger, NewMessage, Trace } from './ledger.ts';
import { createToastClients } from './toasts-clients.ts';
import { LiveToast, type LiveToastOptions } from './toasts-live.ts';
import { createToastMemory, type LeftToast } from './toasts-memory.ts';
import { createRelays } from './toasts-relays.ts';

export interface ToastsOptions {
  readonly settings: ToastSettings;
  readonly policies: PolicySettings;
  readonly federation: FederationSettings;
  /** From intake to the final state of a message, ms. */
  readonly deadlineMs: number;
  readonly directory: Directory;
  readonly connectors: Readonly<Record<Side, Connector>>;
  readonly ledger: Pick<Ledger, 'note' | 'kept'> & {
    trace(id: string): Promise<Pick<Trace, 'end'> | undefined>;
  };
  readonly clock: Clock;
  /** What a person's own clients show on a side; undefined where that cannot be told. */
  readonly own: (person: Person, side: Side) => Presence | undefined;
  readonly signedIn: (person: Person) => readonly Side[];
  /** Resolves when the message is in the ledger. */
  readonly take: (message: IncomingMessage) => Promise<unknown>;
  readonly report: Report;
}

/** In which client a conversation pops up that somebody opens in SfB with a person of both sides, and where it goes on. */
export interface Toasts extends AsyncDisposable {
  /** Takes up what the last run left, before anything else comes in. `opened`: from when on the networks can be used. */
  resume(opened: Promise<void>): Promise<void>;
  /** As {@link Sink.rings}. */
  rings(ring: IncomingRing): Promise<RingWatch>;
  /** A report of the person's presence has come. */
  seen(person: Person): void;
  /** A message is in the ledger. */
  taken(message: NewMessage): void;
  ended(message: MessageId, end: End): void;
  /** Whether the message is to be brought to the side that it came from: both people talk there through the gateway. */
  relays(message: Pick<IncomingMessage, 'side' | 'author' | 'recipient' | 'thread'>): boolean;
}

/** Toasts that are up at one time; what rings beyond is taken at once. */
const mostLive = 10_000;
/** How long it may take to find out whether a person has a client of their own, ms. */
const lookMs = 2_000;

export function createToasts(options: ToastsOptions): Toasts {
  const { settings, directory, connectors, clock, report } = options;
  const clients = createToastClients(options.own, clock);
  const relays = createRelays(
    (author, recipient) => connectors.skype.isTalking?.(author, recipient) ?? false,
  );
  const memory = createToastMemory(options.ledger.kept, report);
  const live = new Map<ConversationId, LiveToast>();
  /** Those whose message has no end yet. */
  const underWay = new Map<MessageId, LiveToast>();
  const stopped = new AbortController();

  const liveOptions: LiveToastOptions = {
    connectors,
    clock,
    times: { fallOverMs: settings.fallOverMs, deadlineMs: options.deadlineMs },
    take: options.take,
    note: ({ id }, detail) => options.ledger.note(id, { at: clock.now(), step: 'toast', detail }),
    used: ({ id }, side) => clients.used(id, side, clock.now()),
    found: ({ id }, what) => clients.found(id, 'skype', what),
    relay: (author, recipient, thread) => relays.open(author, recipient, thread),
    memory,
    fault: (error) => report({ kind: 'fault', where: 'a toast', error }),
    over: (toast) => forget(toast),
  };

  function forget(toast: LiveToast): void {
    const conversation = conversationOf(toast.author.id, toast.recipient.id);
    if (live.get(conversation) === toast) live.delete(conversation);
  }

  /** Its message may be in Teams by now, or on its way there. */
  async function takeUp(left: LeftToast, opened: Promise<void>): Promise<void> {
    const { message } = left;
    const author = directory.person(message.author);
    const recipient = directory.person(message.recipient);
    const trace = await options.ledger.trace(message.id);
    if (!author || !recipient || !trace) {
      memory.forgets(message.id);
      return;
    }
    const toast = new LiveToast(author, recipient, goneRing(message), liveOptions);
    live.get(message.conversation)?.happened({ kind: 'superseded' });
    live.set(message.conversation, toast);
    toast.resume(left, opened);
    if (trace.end) toast.delivered(trace.end);
    else underWay.set(message.id, toast);
  }

  async function planFor(author: Person, recipient: Person, ring: IncomingRing): Promise<ToastPlan> {
    const routing = policyFor(options.policies, author);
    const landing = route(factsOf(author, 'skype', recipient, options.signedIn(recipient)), routing);
    const barred = federationRefusal(options.federation, author, recipient) !== undefined;
    if (!landing.possible || barred || !landing.lands.includes('skype') || live.size >= mostLive)
      return { kind: 'take', because: 'lands-in-teams' };
    return planToast({
      policy: toastPolicyFor(settings, recipient),
      routing,
      lands: landing.lands,
      clients: await clientsOf(recipient, ring),
      inDoNotDisturb: settings.inDoNotDisturb,
    });
  }

  async function clientsOf(recipient: Person, ring: IncomingRing) {
    const known = clients.of(recipient);
    // The ring came to the gateway's endpoint: a report that nobody is there is older than that.
    if (known.skype.there === 'yes') return known;
    using limit = deadline(clock, lookMs, stopped.signal);
    const others = await ring.hasOthers(limit.signal);
    const there = others === 'unknown' && clients.wasAbsentLately(recipient.id) ? 'no' : others;
    return { ...known, skype: { ...known.skype, there } };
  }

  return {
    async resume(opened) {
      for (const left of await memory.left()) await takeUp(left, opened);
    },

    async rings(ring) {
      const author = directory.person(ring.message.author);
      const recipient = directory.person(ring.message.recipient);
      if (!author || !recipient) {
        await options.take(ring.message);
        ring.accept();
        return { ended: () => undefined };
      }
      const plan = await planFor(author, recipient, ring);
      const conversation = conversationOf(author.id, recipient.id);
      live.get(conversation)?.happened({ kind: 'superseded' });
      const toast = new LiveToast(author, recipient, ring, liveOptions);
      live.set(conversation, toast);
      try {
        await toast.begin(plan);
      } catch (error) {
        forget(toast);
        throw error;
      }
      return { ended: (how) => toast.ended(how) };
    },

    seen: (person) => clients.seen(person),

    taken(message) {
      clients.used(message.author, message.side, clock.now());
      relays.leave(message);
      const toast = live.get(message.conversation);
      if (toast?.taken(message)) underWay.set(message.id, toast);
    },

    ended(message, end) {
      underWay.get(message)?.delivered(end);
      underWay.delete(message);
    },

    relays: (message) => relays.carries(message),

    async [Symbol.asyncDispose]() {
      stopped.abort();
      await Promise.all([...live.values()].map((toast) => toast[Symbol.asyncDispose]()));
    },
  };
}

/** The ring of a message that was taken: it went with the run that took it up. */
function goneRing(message: IncomingMessage): IncomingRing {
  return { message, ringMs: 0, hasOthers: () => Promise.resolve('unknown'), accept: () => undefined };
}
