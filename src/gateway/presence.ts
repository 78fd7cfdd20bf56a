import type { Clock } from '../core/clock.ts';
import type { RetryPolicy } from '../core/conversation/delivery.ts';
import type { PersonId } from '../core/ids.ts';
import { type Person, type Side, sides } from '../core/people.ts';
import { authorityOf, mirrorPerson } from '../core/presence/authority.ts';
import type { MirrorEvent, MirrorTimes } from '../core/presence/mirror.ts';
import { isSignedIn, offline, type Presence, samePresence } from '../core/presence/presence.ts';
import type { Remarks } from '../core/presence/remarks.ts';
import type { Connector, PresenceObservation, RemarksObservation } from './connector.ts';
import { type Directory, type PersonChange, sameSkypeAccount, sameTeamsAccount } from './directory.ts';
import type { Report } from './events.ts';
import type { KeptStore } from './ledger.ts';
import { createOnShowMemory, type LeftOnShow } from './on-show.ts';
import { PersonPresence, type Telling } from './presence-person.ts';
import { createPublishing } from './presence-publishing.ts';
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
  wake: Disposable | undefined;
}

export function createPresence(options: PresenceOptions): PresenceMirror {
  const { directory, connectors, clock, report, settings } = options;
  const entries = new Map<PersonId, Entry>();
  const onShow = createOnShowMemory(options.kept, report);
  const leases = sides.map((side) => connectors[side].capabilities.endpointLeaseMs);
  const lingerMs = settings.signOut === 'lazy' ? Math.max(...leases) : 0;
  const times: MirrorTimes = { paceMs: settings.paceMs, lingerMs };
  let lease: Disposable | undefined;
  const publishing = createPublishing({
    ...options,
    onShow,
    presenceOf: (id) => entries.get(id)?.presence,
    progress: noteProgress,
  });

  /** Nothing is noted of an account that the person has no longer. */
  function noteProgress(told: Person, side: Side, kind: 'telling' | 'told'): void {
    const person = directory.person(told.id);
    if (person && entries.has(told.id) && !movedSides(told, person).includes(side))
      happened(person, { kind, side });
  }

  function entryOf(person: Person): Entry {
    const known = entries.get(person.id);
    if (known) return known;
    const presence = new PersonPresence(mirrorPerson(person), times);
    const entry: Entry = { presence, wake: undefined };
    entries.set(person.id, entry);
    return entry;
  }

  function happened(person: Person, event: MirrorEvent): void {
    const entry = entryOf(person);
    tell(person, entry, entry.presence.happened(event, clock.now()));
  }

  function tell(person: Person, entry: Entry, tellings: readonly Telling[]): void {
    publishing.tell(person, tellings);
    entry.wake?.[Symbol.dispose]();
    const { wakeAt } = entry.presence;
    entry.wake =
      wakeAt === undefined
        ? undefined
        : clock.setTimer(Math.max(0, wakeAt - clock.now()), () => woken(person.id));
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
        for (const side of moved) publishing.forget(change.after.id, side);
        happened(change.after, { kind: 'changed', person: mirrorPerson(change.after), moved });
        return;
      }
      case 'removed': {
        watching.forget(change.before.id);
        leave(change.before, sides);
        for (const side of sides) {
          watching.lose(change.before, side);
          publishing.forget(change.before.id, side);
        }
        entries.get(change.before.id)?.wake?.[Symbol.dispose]();
        entries.delete(change.before.id);
        return;
      }
    }
  }

  /** In SfB also an endpoint that was made only for writing: what the person writes next goes through the new account. */
  function leave(before: Person, moved: readonly Side[]): void {
    const shown = entries.get(before.id)?.presence.ours('teams') ?? offline;
    if (moved.includes('teams') && isSignedIn(shown)) publishing.leave(before, 'teams');
    if (moved.includes('skype') && before.skype.home !== 'none') publishing.leave(before, 'skype');
  }

  /** Who is somebody else there by now, or nobody, leaves at once; of the others it shows when the networks are read. */
  function inherit(left: readonly LeftOnShow[]): void {
    for (const side of sides) connectors[side].inherit(left.filter((each) => each.side === side));
    for (const { side, person: before, presence, remarks } of left) {
      const person = directory.person(before.id);
      if (!person || movedSides(before, person).includes(side)) {
        publishing.leave(before, side);
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
      if (person && isSignedIn(shown)) publishing.show(person, side, shown);
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
      await publishing.settled();
    },
    async [Symbol.asyncDispose]() {
      lease?.[Symbol.dispose]();
      for (const { wake } of entries.values()) wake?.[Symbol.dispose]();
      await publishing[Symbol.asyncDispose]();
    },
  };
}

/** The sides on which it is another account than before, or none any longer. */
function movedSides(before: Person, after: Person): readonly Side[] {
  const same = { teams: sameTeamsAccount(before, after), skype: sameSkypeAccount(before, after) };
  return sides.filter((side) => !same[side]);
}
