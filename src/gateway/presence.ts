import type { Clock } from '../core/clock.ts';
import { backoffMs, type RetryPolicy } from '../core/conversation/delivery.ts';
import type { PersonId } from '../core/ids.ts';
import { type Person, type Side, sides } from '../core/people.ts';
import {
  authorityOf,
  decideMirror,
  type MirrorEvent,
  type MirrorState,
  mirrorPerson,
  ownPresence,
  startMirror,
} from '../core/presence/mirror.ts';
import { isSignedIn, offline, type Presence } from '../core/presence/presence.ts';
import type { Connector, PresenceObservation } from './connector.ts';
import { type Directory, type PersonChange, sameSkypeAccount, sameTeamsAccount } from './directory.ts';
import type { Report } from './events.ts';
import { createPublisher, type Publisher } from './publisher.ts';
import { createWatching } from './watching.ts';

export interface PresenceOptions {
  readonly directory: Directory;
  readonly connectors: Readonly<Record<Side, Connector>>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly retry: RetryPolicy;
  readonly report: Report;
}

/** What one person shows: on each side what the network reports, and what of it the gateway publishes. */
export interface ShownPresence {
  readonly authority: ReturnType<typeof authorityOf>;
  readonly sides: Readonly<Record<Side, { readonly seen: Presence | undefined; readonly ours: Presence }>>;
}

/** Runs the mirror of `core/presence` for everybody in the directory. */
export interface PresenceMirror extends AsyncDisposable {
  /** Takes away what an earlier run left on the networks, then watches everybody who is to be mirrored. */
  start(): Promise<void>;
  observe(observed: PresenceObservation): void;
  /** People have changed: what they are shown with follows at once, and old accounts are left. */
  changed(people: readonly PersonChange[]): void;
  /** The sides on which a person has a client of their own, as far as presence tells. */
  signedIn(person: Person): readonly Side[];
  /** What the person's own clients show on a side; undefined where nothing is known, or the gateway's part explains it. */
  own(person: Person, side: Side): Presence | undefined;
  shown(person: Person): ShownPresence;
  /** Resolves when nothing waits to be published. */
  settled(): Promise<void>;
}

interface Entry {
  state: MirrorState;
  wake: Disposable | undefined;
}

export function createPresence(options: PresenceOptions): PresenceMirror {
  const { directory, connectors, clock, report } = options;
  const entries = new Map<PersonId, Entry>();
  const publisher: Publisher = createPublisher({
    publish: publishTo,
    backoff: (attempt) => backoffMs(attempt, options.retry, options.random()),
    clock,
  });

  async function publishTo(
    person: Person,
    side: Side,
    presence: Presence,
  ): Promise<'done' | 'again' | 'never'> {
    try {
      const outcome = await connectors[side].publish(person, presence);
      if (outcome.kind === 'published') {
        report({ kind: 'presence-published', person: person.id, side, presence });
        return 'done';
      }
      report({ kind: 'presence-not-published', person: person.id, side, refusal: outcome.refusal });
      return outcome.refusal.id === 'unreachable' || outcome.refusal.id === 'throttled' ? 'again' : 'never';
    } catch (error) {
      report({ kind: 'fault', where: `publishing in ${side}`, error });
      return 'again';
    }
  }

  function entryOf(person: Person): Entry {
    const known = entries.get(person.id);
    if (known) return known;
    const entry: Entry = { state: startMirror(mirrorPerson(person)), wake: undefined };
    entries.set(person.id, entry);
    return entry;
  }

  function happened(person: Person, event: MirrorEvent): void {
    const entry = entryOf(person);
    const decision = decideMirror(entry.state, event, clock.now());
    entry.state = decision.state;
    for (const { side, presence } of decision.publish) publisher.want(person, side, presence);
    entry.wake?.[Symbol.dispose]();
    entry.wake =
      decision.wakeAt === undefined
        ? undefined
        : clock.setTimer(Math.max(0, decision.wakeAt - clock.now()), () => woken(person.id));
  }

  function woken(id: PersonId): void {
    const person = directory.person(id);
    if (person) happened(person, { kind: 'woken' });
  }

  function observe({ side, person: id, presence, observedAt }: PresenceObservation): void {
    const person = directory.person(id);
    if (person) happened(person, { kind: 'seen', side, presence, at: observedAt });
  }

  function changed(change: PersonChange): void {
    switch (change.kind) {
      case 'added':
        return;
      case 'changed': {
        const moved = movedSides(change.before, change.after);
        leave(change.before, moved);
        happened(change.after, { kind: 'changed', person: mirrorPerson(change.after), moved });
        return;
      }
      case 'removed': {
        leave(change.before, sides);
        entries.get(change.before.id)?.wake?.[Symbol.dispose]();
        entries.delete(change.before.id);
        return;
      }
    }
  }

  /** In SfB also an endpoint that was made only for writing: what the person writes next goes through the new account. */
  function leave(before: Person, moved: readonly Side[]): void {
    const shown = entries.get(before.id)?.state.sides.teams.ours ?? offline;
    if (moved.includes('teams') && isSignedIn(shown)) publisher.leave(before, 'teams');
    if (moved.includes('skype') && before.skype.home !== 'none') publisher.leave(before, 'skype');
  }

  const watching = createWatching({
    connectors,
    people: () => directory.people(),
    failed: (error) => report({ kind: 'fault', where: 'watching people', error }),
  });

  return {
    async start() {
      for (const person of directory.people()) {
        const authority = authorityOf(mirrorPerson(person));
        if (authority !== 'none' && authority !== 'teams') publisher.want(person, 'teams', offline);
      }
      await publisher.settled();
      await watching.renew();
    },
    observe,
    changed(people) {
      for (const change of people) changed(change);
      void watching.renew();
    },
    signedIn(person) {
      const entry = entries.get(person.id);
      if (!entry) return [];
      return sides.filter((side) => isSignedIn(ownPresence(entry.state, side, clock.now()) ?? offline));
    },
    own(person, side) {
      const entry = entries.get(person.id);
      return entry && ownPresence(entry.state, side, clock.now());
    },
    shown(person) {
      const state = entries.get(person.id)?.state ?? startMirror(mirrorPerson(person));
      const shownOn = (side: Side) => ({
        seen: state.sides[side].seen?.presence,
        ours: state.sides[side].ours,
      });
      return {
        authority: authorityOf(mirrorPerson(person)),
        sides: { teams: shownOn('teams'), skype: shownOn('skype') },
      };
    },
    async settled() {
      await watching.settled();
      await publisher.settled();
    },
    async [Symbol.asyncDispose]() {
      for (const { wake } of entries.values()) wake?.[Symbol.dispose]();
      await publisher[Symbol.asyncDispose]();
    },
  };
}

/** The sides on which it is another account than before, or none any longer. */
function movedSides(before: Person, after: Person): readonly Side[] {
  const same = { teams: sameTeamsAccount(before, after), skype: sameSkypeAccount(before, after) };
  return sides.filter((side) => !same[side]);
}
