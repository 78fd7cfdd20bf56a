import type { Clock } from '../core/clock.ts';
import { defaultRetry } from '../core/conversation/delivery.ts';
import type { PersonId } from '../core/ids.ts';
import { otherSide, type Person, type Side, sides } from '../core/people.ts';
import type { Presence } from '../core/presence/presence.ts';
import type { FederationSettings } from '../core/routing/federation.ts';
import type { PolicySettings } from '../core/routing/policy.ts';
import { defaultToasts, type ToastSettings } from '../core/toasts/policy.ts';
import { relayRule } from '../core/toasts/relay.ts';
import { pause } from './clock.ts';
import type { Connector, Sink } from './connector.ts';
import { createDelivery } from './delivery.ts';
import type { WatchedDirectory } from './directory.ts';
import { createDraining } from './draining.ts';
import type { Report } from './events.ts';
import { bytesOf, createIntake } from './intake.ts';
import { createLanes } from './lanes.ts';
import { asShown, createLateness, recalledMs } from './lateness.ts';
import type { Ledger, MessageSummary, NewMessage, StoredMessage, Trace } from './ledger.ts';
import { createLoad } from './load.ts';
import { createNotices } from './notices.ts';
import { createOwnWrites } from './own-writes.ts';
import { createPresence, defaultPresence, type PresenceSettings, type ShownPresence } from './presence.ts';
import { createKeptHistory, type KeptHistory } from './presence-history-kept.ts';
import { createRouter } from './router.ts';
import type { GatewayStatus } from './status.ts';
import { createThreadMemory } from './threads.ts';
import { createToasts } from './toasts.ts';
import { createWayMemory } from './ways.ts';

export interface GatewayOptions {
  /** Changes of its people take effect for the next message; their presence follows at once. */
  readonly directory: WatchedDirectory;
  /** Owned by the caller: it is disposed of after the gateway. */
  readonly ledger: Ledger;
  /** Owned by the gateway from `start` on. */
  readonly connectors: Readonly<Record<Side, Connector>>;
  readonly clock: Clock;
  /** Random bytes. */
  readonly random: (bytes: number) => Uint8Array;
  readonly policies: PolicySettings;
  readonly federation: FederationSettings;
  /** {@link defaultPresence} unless given. */
  readonly presence?: PresenceSettings;
  /** Where a conversation from SfB pops up for a person of both sides; one toast unless given. */
  readonly toasts?: ToastSettings;
  /** From intake to the final state of a message, ms. */
  readonly deadlineMs: number;
  /** Silence after which an SfB session has ended, ms. */
  readonly sessionIdleMs: number;
  /** Messages under way before further ones are refused for now. */
  readonly mostUnderWay: number;
  /** The same of their texts together, in bytes of UTF-8. */
  readonly mostBytesUnderWay: number;
  /** From writing to intake, ms: what is older when it comes up is not brought any more, and its sender is told. */
  readonly catchUpMs: number;
  readonly report: Report;
}

export interface Gateway extends AsyncDisposable {
  /** Opens the connectors and takes up what the last run left. Resolves when both networks can be heard. */
  start(): Promise<void>;
  trace(id: string): Promise<Trace | undefined>;
  recent(limit: number): Promise<readonly MessageSummary[]>;
  presence(person: Person): ShownPresence;
  /** An account was linked there, or its link taken away. */
  linkChanged(person: PersonId, side: Side): void;
  /** What the person's own clients show on a side; undefined where nothing is known, or the gateway's part explains it. */
  ownPresence(person: Person, side: Side): Presence | undefined;
  presenceHistory: KeptHistory['of'];
  status(): Promise<GatewayStatus>;
  /** Resolves when nothing is under way: no message, no notice, no publication. */
  settled(): Promise<void>;
}

/** How long the gateway goes on trying to tell a sender of a failure, ms. */
const keepTellingMs = 600_000;
/** How many failures are told of at once; what is beyond waits in the ledger. */
const mostNotices = 1_000;
/** How many messages that an earlier run left, or that are tried again, go to a side at once; one holds its place so long, ms. */
const draining = { places: 200, turnMs: 500 } as const;
/** How long messages wait at the start for presence to be known, ms. */
const patienceMs = 5_000;

export function createGateway(options: GatewayOptions): Gateway {
  const { directory, ledger, connectors, clock, report } = options;
  const startedAt = clock.now();
  const ownWrites = createOwnWrites();
  const random = (): number => Buffer.from(options.random(4)).readUInt32LE() / 2 ** 32;
  const shared = { ledger, connectors, directory, clock, random, retry: defaultRetry, report };

  const stopping = new AbortController();
  const opened = Promise.withResolvers<void>();

  const history = createKeptHistory({
    ...shared,
    kept: ledger.kept,
    isKnown: (id) => directory.person(id) !== undefined,
  });
  const presence = createPresence({
    ...shared,
    report(event) {
      history.happened(event);
      report(event);
    },
    kept: ledger.kept,
    settings: options.presence ?? defaultPresence,
  });
  const notices = createNotices({
    ...shared,
    keepTryingMs: keepTellingMs,
    mostAtOnce: mostNotices,
    opened: opened.promise,
  });
  const load = createLoad({ ...options, ledgerSize: () => ledger.size() });
  const turnsOf = () => createDraining({ ...draining, clock, random });
  const turns = { teams: turnsOf(), skype: turnsOf() };
  const threads = createThreadMemory(ledger);
  const ways = createWayMemory(ledger.kept, report);
  const deliver = createDelivery({ ...shared, threads, ownWrites, turns });
  const route = createRouter({
    directory,
    policies: options.policies,
    federation: options.federation,
    catchUpMs: options.catchUpMs,
    capabilities: { teams: connectors.teams.capabilities, skype: connectors.skype.capabilities },
    sessionIdleMs: options.sessionIdleMs,
    bothSee: (thread) => connectors.teams.bothSee?.(thread) ?? true,
    signedIn: (person) => presence.signedIn(person),
  });

  const toasts = createToasts({
    ...shared,
    settings: options.toasts ?? defaultToasts,
    policies: options.policies,
    federation: options.federation,
    deadlineMs: options.deadlineMs,
    own: (person, side) => presence.own(person, side),
    signedIn: (person) => presence.signedIn(person),
    take: (message) => sink.take(message),
  });

  interface Work {
    readonly message: StoredMessage;
    /** Left by an earlier run: what that run wrote itself only the ledger knows. */
    readonly recovered: boolean;
  }

  const lanes = createLanes<Work>(
    async ({ message, recovered }, signal) => {
      try {
        await work(message, recovered, signal);
      } finally {
        load.release(bytesOf(message.body));
      }
    },
    (error) => report({ kind: 'fault', where: 'a conversation', error }),
  );

  let listening: Disposable | undefined;

  async function work(message: StoredMessage, recovered: boolean, signal: AbortSignal): Promise<void> {
    await opened.promise;
    signal.throwIfAborted();
    using _turn = recovered ? await turns[otherSide(message.side)].turn(signal) : undefined;
    const { side, thread, remoteId, conversation } = message;
    const isOwnWrite =
      ownWrites.has(side, thread, remoteId) ||
      (recovered && (await ledger.isOwnWrite(side, thread, remoteId)));
    const { teams, skype } = await threads.of(conversation);
    const isBridged = teams !== undefined && skype !== undefined;
    const way = isBridged ? await ways.of(conversation) : undefined;
    const wasRelayed = recovered && message.rule === relayRule;
    const isRelayed = !isOwnWrite && (wasRelayed || toasts.relays(message));
    const decided = route({ message: asShown(message), isOwnWrite, isRelayed, isBridged, way });
    const end = await deliver(message, decided, signal);
    toasts.ended(message.id, end);
    if (end.kind === 'delivered' && decided.kind === 'bring')
      ways.note(conversation, [decided.author, decided.recipient], clock.now());
    if (end.kind === 'failed' && end.refusal.id === 'thread-closed') {
      threads.close(conversation, otherSide(side));
      ways.forget(conversation);
    }
    if (end.kind === 'failed') notices.tell(message, end.refusal);
  }

  function accept(message: NewMessage): void {
    threads.note(message.conversation, message.side, message.thread);
    toasts.taken(message);
    const stored = { ...message, attempts: 0, firstAttemptAt: undefined, end: undefined };
    lanes.push(message.conversation, { message: stored, recovered: false });
  }

  const lateness = createLateness((side) => connectors[side].capabilities.canFind);
  const intake = createIntake({
    ...shared,
    random: options.random,
    deadlineMs: options.deadlineMs,
    load,
    lateness,
    accept,
  });

  const sink: Sink = {
    take: (message) =>
      ownWrites.has(message.side, message.thread, message.remoteId)
        ? Promise.resolve('echo')
        : intake(message),
    rings: (ring) => toasts.rings(ring),
    presence(observed) {
      const person = directory.person(observed.person);
      if (presence.observe(observed)) history.saw(observed);
      if (person) toasts.seen(person);
    },
    remarks: (observed) => presence.observeRemarks(observed),
    lastActive: (side, person, at) => presence.lastActive(side, person, at),
    peopleOf: (side, thread) => ledger.peopleOf(side, thread),
    isAccountedFor: (side, thread, remoteId) => ledger.isAccountedFor(side, thread, remoteId),
    beforeAcknowledging: () => slowed(load.delayMs),
    found: (side, messages, after) => report({ kind: 'read-back-found', side, messages, after }),
    refused: (side, refusal) => report({ kind: 'edge-refused', side, refusal }),
  };

  async function slowed(ms: number): Promise<void> {
    if (ms > 0) await pause(clock, ms, stopping.signal).catch(() => undefined);
  }

  /** Its attempt may be under way without a record. */
  function canFindFor(message: StoredMessage): boolean {
    return connectors[otherSide(message.side)].capabilities.canFind;
  }

  /** Takes up what the last run left, before anything new can come in: it keeps its place in its conversation. */
  async function recover(): Promise<void> {
    const [unfinished, untold, newest] = await Promise.all([
      ledger.unfinished(),
      notices.resume(),
      ledger.newestSince(clock.now() - recalledMs),
    ]);
    lateness.recall(newest);
    await toasts
      .resume(opened.promise)
      .catch((error: unknown) => report({ kind: 'fault', where: 'toasts of the last run', error }));
    for (const message of unfinished) {
      const mayBeAttempted = canFindFor(message) && message.attempts === 0;
      load.hold(bytesOf(message.body));
      const attempted = mayBeAttempted ? { attempts: 1, firstAttemptAt: message.takenAt } : {};
      lanes.push(message.conversation, { message: { ...message, ...attempted }, recovered: true });
    }
    if (unfinished.length + untold > 0)
      report({ kind: 'recovered', messages: unfinished.length, notices: untold });
  }

  /** Routing wants to know who is signed in, but no message waits longer for that than {@link patienceMs}. */
  async function startPresence(): Promise<void> {
    const started = presence
      .start()
      .catch((error: unknown) => report({ kind: 'fault', where: 'starting presence', error }));
    const patience = new AbortController();
    const outOfPatience = pause(clock, patienceMs, patience.signal).catch(() => undefined);
    await Promise.race([started, outOfPatience]);
    patience.abort();
  }

  return {
    async start() {
      history.start();
      await recover();
      await Promise.all(sides.map((side) => connectors[side].start(sink)));
      listening = directory.listen((changed) => {
        presence.changed(changed);
        for (const change of changed) if (change.kind === 'removed') history.forget(change.before.id);
      });
      await startPresence();
      opened.resolve();
    },
    trace: (id) => ledger.trace(id),
    recent: (limit) => ledger.recent(limit),
    presence: (person) => presence.shown(person),
    linkChanged: (person, side) => presence.linkChanged(person, side),
    ownPresence: (person, side) => presence.own(person, side),
    presenceHistory: (person) => history.of(person),
    async status() {
      return {
        startedAt,
        underWay: lanes.size,
        pressure: load.pressure,
        ledger: await ledger.counts(),
        links: { teams: connectors.teams.status(), skype: connectors.skype.status() },
      };
    },
    async settled() {
      await lanes.settled();
      await notices.settled();
      await presence.settled();
      await ledger.counts();
    },
    async [Symbol.asyncDispose]() {
      opened.resolve();
      stopping.abort();
      listening?.[Symbol.dispose]();
      await Promise.all([
        lanes[Symbol.asyncDispose](),
        toasts[Symbol.asyncDispose](),
        notices[Symbol.asyncDispose](),
        presence[Symbol.asyncDispose](),
      ]);
      const ending = [history, ...sides.map((side) => connectors[side])];
      await Promise.all(ending.map((each) => each[Symbol.asyncDispose]()));
    },
  };
}
