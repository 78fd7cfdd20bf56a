import type { Clock } from '../core/clock.ts';
import { backoffMs, type RetryPolicy } from '../core/conversation/delivery.ts';
import type { PersonId } from '../core/ids.ts';
import { type Person, type Side, sides } from '../core/people.ts';
import { authorityOf, type MirrorEvent, type MirrorTimes, mirrorPerson } from '../core/presence/mirror.ts';
import { isSignedIn, offline, type Presence, samePresence } from '../core/presence/presence.ts';
import { noRemarks, type Remarks, sameRemarks } from '../core/presence/remarks.ts';
import type { Connector, PresenceObservation, PublishOutcome, RemarksObservation } from './connector.ts';
import { type Directory, type PersonChange, sameSkypeAccount, sameTeamsAccount } from './directory.ts';
import type { Report } from './events.ts';
import type { KeptStore } from './ledger.ts';
import { createOnShowMemory, type LeftOnShow } from './on-show.ts';
import { PersonPresence, type Telling } from './presence-person.ts';
import { createPublisher, type Publisher } from './publisher.ts';
import { createWatching } from './watching.ts';

export interface PresenceSettings {
  /** The time within which what an earlier run left on show is confirmed or goes, ms. */
  readonly leaseMs: number;
  /** The least time between two changes of one person shown on one side, ms; signing out never waits. */
  readonly paceMs: number;
  /** `lazy`: the connectors leave it to their networks to find out that somebody has signed out. */
  readonly signOut: 'immediate' | 'lazy';
}

/** The pace is that of RFC 3856 section 6.10. */
export const defaultPresence: PresenceSettings = { leaseMs: 60_000, paceMs: 5_000, signOut: 'immediate' };

export interface PresenceOptions {
  readonly directory: Directory;
  readonly connectors: Readonly<Record<Side, Connector>>;
  readonly kept: Pick<KeptStore, 'list' | 'put' | 'remove'>;
  readonly settings: PresenceSettings;
  readonly clock: Clock;
  readonly random: () => number;
  readonly retry: RetryPolicy;
  readonly report: Report;
}

/** What one person shows: on each side what the network reports, and what of it the gateway publishes. */
export interface ShownPresence {
  readonly authority: ReturnType<typeof authorityOf>;
  readonly sides: Readonly<Record<Side, ShownSide>>;
}

/** Undefined where the network has not told yet, or never does. Times are Unix ms. */
export interface ShownSide {
  readonly seen: Presence | undefined;
  readonly seenAt: number | undefined;
  readonly remarks: Remarks | undefined;
  /** When the person last used a client there. */
  readonly lastActiveAt: number | undefined;
  /** What the gateway shows there, through an endpoint of its own; `Offline` where it has none. */
  readonly ours: Presence;
  readonly ourRemarks: Remarks;
  /** How long the gateway's endpoint would outlive it, ms. */
  readonly endpointLeaseMs: number;
}

/** Runs the mirror of `core/presence` for everybody in the directory. */
export interface PresenceMirror extends AsyncDisposable {
  /** Watches everybody who is to be mirrored, and takes back or ends what an earlier run left on show. */
  start(): Promise<void>;
  /** False for what says nothing new of how the person is now: older than what is known, of nobody watched, or unknown. */
  observe(observed: PresenceObservation): boolean;
  observeRemarks(observed: RemarksObservation): void;
  lastActive(side: Side, person: PersonId, at: number): void;
  /** People have changed: what they are shown with follows at once, and old accounts are left. */
  changed(people: readonly PersonChange[]): void;
  /** The gateway may act for this person there, or may no longer. */
  linkChanged(person: PersonId, side: Side): void;
  /** The sides on which a person has a client of their own, as far as presence tells. */
  signedIn(person: Person): readonly Side[];
  /** What the person's own clients show on a side; undefined where nothing is known, or the gateway's part explains it. */
  own(person: Person, side: Side): Presence | undefined;
  shown(person: Person): ShownPresence;
  /** Resolves when nothing waits to be published but what its pace holds back. */
  settled(): Promise<void>;
}

interface Entry {
  readonly presence: PersonPresence;
  /** Where an endpoint of the gateway's is known to be. */
  readonly isUp: Record<Side, boolean>;
  wake: Disposable | undefined;
}

export function createPresence(options: PresenceOptions): PresenceMirror {
  const { directory, connectors, clock, report, settings } = options;
  const entries = new Map<PersonId, Entry>();
  const onShow = createOnShowMemory(options.kept, report);
  const timing = { backoff: (n: number) => backoffMs(n, options.retry, options.random()), clock };
  const presences: Publisher<Presence> = createPublisher({ ...timing, same: samePresence, publish: show });
  const remarking: Publisher<Remarks> = createPublisher({ ...timing, same: sameRemarks, publish: say });
  const leases = sides.map((side) => connectors[side].capabilities.endpointLeaseMs);
  const lingerMs = settings.signOut === 'lazy' ? Math.max(...leases) : 0;
  const times: MirrorTimes = { paceMs: settings.paceMs, lingerMs };
  let lease: Disposable | undefined;

  async function show(person: Person, side: Side, presence: Presence): Promise<'done' | 'again' | 'never'> {
    if (isSignedIn(presence))
      await onShow.shows(side, { person, presence, remarks: ourRemarks(person, side) });
    noteTelling(person, side, 'telling');
    const outcome = await attempt(person, side, () => connectors[side].publish(person, presence));
    if (outcome !== 'again') noteTelling(person, side, 'told');
    if (outcome === 'done') {
      report({ kind: 'presence-published', person: person.id, side, presence });
      noteShown(person, side, presence);
    }
    if (outcome !== 'again' && !(isSignedIn(presence) && outcome === 'done')) onShow.hides(side, person.id);
    return outcome;
  }

  /** Nothing is noted of an account that the person has no longer. */
  function noteTelling(told: Person, side: Side, kind: 'telling' | 'told'): void {
    const person = directory.person(told.id);
    if (person && entries.has(told.id) && !movedSides(told, person).includes(side))
      happened(person, { kind, side });
  }

  /** Remarks stand beside a presence: they are said once there is one. */
  function noteShown(person: Person, side: Side, presence: Presence): void {
    const entry = entries.get(person.id);
    if (!entry) return;
    const wasUp = entry.isUp[side];
    entry.isUp[side] = isSignedIn(presence);
    if (wasUp || !entry.isUp[side]) return;
    const remarks = entry.presence.ourRemarks(side);
    if (!sameRemarks(remarks, noRemarks)) remarking.want(person, side, remarks);
  }

  async function say(person: Person, side: Side, remarks: Remarks): Promise<'done' | 'again' | 'never'> {
    const entry = entries.get(person.id);
    if (!entry?.isUp[side]) return 'never';
    void onShow.shows(side, { person, presence: entry.presence.ours(side), remarks });
    return await attempt(person, side, () => connectors[side].remark(person, remarks));
  }

  async function attempt(
    person: Person,
    side: Side,
    ask: () => Promise<PublishOutcome>,
  ): Promise<'done' | 'again' | 'never'> {
    try {
      const outcome = await ask();
      if (outcome.kind === 'published') return 'done';
      report({ kind: 'presence-not-published', person: person.id, side, refusal: outcome.refusal });
      return outcome.refusal.id === 'unreachable' || outcome.refusal.id === 'throttled' ? 'again' : 'never';
    } catch (error) {
      report({ kind: 'fault', where: `publishing in ${side}`, error });
      return 'again';
    }
  }

  function ourRemarks({ id }: Person, side: Side): Remarks {
    return entries.get(id)?.presence.ourRemarks(side) ?? noRemarks;
  }

  function entryOf(person: Person): Entry {
    const known = entries.get(person.id);
    if (known) return known;
    const presence = new PersonPresence(mirrorPerson(person), times);
    const entry: Entry = { presence, isUp: { teams: false, skype: false }, wake: undefined };
    entries.set(person.id, entry);
    return entry;
  }

  function happened(person: Person, event: MirrorEvent): void {
    const entry = entryOf(person);
    tell(person, entry, entry.presence.happened(event, clock.now()));
  }

  function tell(person: Person, entry: Entry, tellings: readonly Telling[]): void {
    // Before a presence goes that would take them with it.
    for (const telling of tellings)
      if (telling.kind === 'overwritten') leaveRemarks(person, entry, telling.side);
    for (const telling of tellings) {
      if (telling.kind === 'presence') presences.want(person, telling.side, telling.presence);
      if (telling.kind === 'remarks' && entry.isUp[telling.side])
        remarking.want(person, telling.side, telling.remarks);
    }
    entry.wake?.[Symbol.dispose]();
    const { wakeAt } = entry.presence;
    entry.wake =
      wakeAt === undefined
        ? undefined
        : clock.setTimer(Math.max(0, wakeAt - clock.now()), () => woken(person.id));
  }

  function leaveRemarks(person: Person, entry: Entry, side: Side): void {
    connectors[side].leaveRemarks(person);
    const presence = entry.presence.ours(side);
    if (isSignedIn(presence)) void onShow.shows(side, { person, presence, remarks: noRemarks });
  }

  function woken(id: PersonId): void {
    const person = directory.person(id);
    const entry = entries.get(id);
    if (person && entry) tell(person, entry, entry.presence.due(clock.now()));
  }

  function changed(change: PersonChange): void {
    switch (change.kind) {
      case 'added':
        return;
      case 'changed': {
        watching.forget(change.after.id);
        const moved = movedSides(change.before, change.after);
        leave(change.before, moved);
        for (const side of moved) watching.lose(change.before, side);
        const entry = entries.get(change.after.id);
        if (entry) for (const side of moved) entry.isUp[side] = false;
        happened(change.after, { kind: 'changed', person: mirrorPerson(change.after), moved });
        return;
      }
      case 'removed': {
        watching.forget(change.before.id);
        leave(change.before, sides);
        for (const side of sides) watching.lose(change.before, side);
        entries.get(change.before.id)?.wake?.[Symbol.dispose]();
        entries.delete(change.before.id);
        return;
      }
    }
  }

  /** In SfB also an endpoint that was made only for writing: what the person writes next goes through the new account. */
  function leave(before: Person, moved: readonly Side[]): void {
    const shown = entries.get(before.id)?.presence.ours('teams') ?? offline;
    if (moved.includes('teams') && isSignedIn(shown)) presences.leave(before, 'teams', offline);
    if (moved.includes('skype') && before.skype.home !== 'none') presences.leave(before, 'skype', offline);
  }

  /** Who is somebody else there by now, or nobody, leaves at once; of the others it shows when the networks are read. */
  function inherit(left: readonly LeftOnShow[]): void {
    for (const side of sides) connectors[side].inherit(left.filter((each) => each.side === side));
    for (const { side, person: before, presence, remarks } of left) {
      const person = directory.person(before.id);
      if (!person || movedSides(before, person).includes(side)) {
        presences.leave(before, side, offline);
        continue;
      }
      happened(person, { kind: 'inherited', side, presence });
      const entry = entryOf(person);
      tell(person, entry, entry.presence.remarked({ kind: 'inherited', side, remarks }, clock.now()));
    }
    lease = clock.setTimer(settings.leaseMs, () => {
      for (const { side, person: before } of left) {
        const person = directory.person(before.id);
        const entry = entries.get(before.id);
        if (person && entry) tell(person, entry, entry.presence.expire(side, clock.now()));
      }
    });
  }

  const watching = createWatching({
    connectors,
    people: () => directory.people(),
    ended(id, side) {
      const person = directory.person(id);
      const entry = entries.get(id);
      if (person && entry) tell(person, entry, entry.presence.unwatched(side, clock.now()));
    },
    failed: (error) => report({ kind: 'fault', where: 'watching people', error }),
  });

  return {
    async start() {
      inherit(await onShow.left());
      await watching.renew();
    },
    observe({ side, person: id, presence, observedAt }) {
      const person = directory.person(id);
      if (!person || !watching.watches(id, side)) return false;
      happened(person, { kind: 'seen', side, presence, at: observedAt });
      const seen = entryOf(person).presence.seen(side);
      return seen !== undefined && samePresence(seen.presence, presence);
    },
    observeRemarks({ side, person: id, remarks, observedAt }) {
      const person = directory.person(id);
      if (!person || !watching.watches(id, side)) return;
      const entry = entryOf(person);
      const event = { kind: 'seen', side, remarks, at: observedAt } as const;
      tell(person, entry, entry.presence.remarked(event, clock.now()));
    },
    lastActive(side, id, at) {
      const person = directory.person(id);
      if (person && watching.watches(id, side)) entryOf(person).presence.active(side, at);
    },
    changed(people) {
      for (const change of people) changed(change);
      void watching.renew();
    },
    linkChanged(id, side) {
      const person = directory.person(id);
      const shown = entries.get(id)?.presence.ours(side) ?? offline;
      if (person && isSignedIn(shown)) presences.want(person, side, shown);
      watching.forget(id);
      void watching.renew();
    },
    signedIn(person) {
      const presence = entries.get(person.id)?.presence;
      if (!presence) return [];
      return sides.filter((side) => isSignedIn(presence.own(side, clock.now()) ?? offline));
    },
    own: (person, side) => entries.get(person.id)?.presence.own(side, clock.now()),
    shown(person) {
      const presence = entries.get(person.id)?.presence ?? new PersonPresence(mirrorPerson(person), times);
      const shownOn = (side: Side): ShownSide => ({
        seen: presence.seen(side)?.presence,
        seenAt: presence.seen(side)?.at,
        remarks: presence.remarksSeen(side),
        lastActiveAt: presence.activeAt(side),
        ours: presence.ours(side),
        ourRemarks: presence.ourRemarks(side),
        endpointLeaseMs: connectors[side].capabilities.endpointLeaseMs,
      });
      return {
        authority: authorityOf(mirrorPerson(person)),
        sides: { teams: shownOn('teams'), skype: shownOn('skype') },
      };
    },
    async settled() {
      await watching.settled();
      await presences.settled();
      await remarking.settled();
    },
    async [Symbol.asyncDispose]() {
      lease?.[Symbol.dispose]();
      for (const { wake } of entries.values()) wake?.[Symbol.dispose]();
      await Promise.all([presences[Symbol.asyncDispose](), remarking[Symbol.asyncDispose]()]);
    },
  };
}

/** The sides on which it is another account than before, or none any longer. */
function movedSides(before: Person, after: Person): readonly Side[] {
  const same = { teams: sameTeamsAccount(before, after), skype: sameSkypeAccount(before, after) };
  return sides.filter((side) => !same[side]);
}
