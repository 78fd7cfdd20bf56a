import type { Clock } from '../core/clock.ts';
import { backoffMs, type RetryPolicy } from '../core/conversation/delivery.ts';
import type { PersonId } from '../core/ids.ts';
import type { Person, Side } from '../core/people.ts';
import { isSignedIn, offline, type Presence, samePresence } from '../core/presence/presence.ts';
import { noRemarks, type Remarks, sameRemarks } from '../core/presence/remarks.ts';
import type { Connector, PublishOutcome } from './connector.ts';
import type { Report } from './events.ts';
import type { OnShowMemory } from './on-show.ts';
import type { PersonPresence, Telling } from './presence-person.ts';
import { createPublisher, type Publisher } from './publisher.ts';

export interface PublishingOptions {
  readonly connectors: Readonly<Record<Side, Connector>>;
  readonly onShow: OnShowMemory;
  /** Undefined for somebody of whom nothing is known, or who is not in the directory any more. */
  readonly presenceOf: (person: PersonId) => PersonPresence | undefined;
  /** A network is being told what to show of this person, or has taken it, or never will. */
  readonly progress: (person: Person, side: Side, kind: 'telling' | 'told') => void;
  readonly clock: Clock;
  readonly random: () => number;
  readonly retry: RetryPolicy;
  readonly report: Report;
}

/** Brings the networks to what the mirrors decide, and remembers who is on show by it. */
export interface Publishing extends AsyncDisposable {
  tell(person: Person, tellings: readonly Telling[]): void;
  /** Once more, although the mirror has decided nothing new. */
  show(person: Person, side: Side, presence: Presence): void;
  /** The person has this account no longer. */
  leave(before: Person, side: Side): void;
  /** The gateway has no endpoint there by now, whatever it showed: it is another account. */
  forget(person: PersonId, side: Side): void;
  settled(): Promise<void>;
}

type Attempted = 'done' | 'again' | 'never';

export function createPublishing(options: PublishingOptions): Publishing {
  const { connectors, onShow, presenceOf, clock, report } = options;
  /** Where an endpoint of the gateway's is known to be. */
  const up: Readonly<Record<Side, Set<PersonId>>> = { teams: new Set(), skype: new Set() };
  const timing = { backoff: (n: number) => backoffMs(n, options.retry, options.random()), clock };
  const presences: Publisher<Presence> = createPublisher({ ...timing, same: samePresence, publish: show });
  const remarking: Publisher<Remarks> = createPublisher({ ...timing, same: sameRemarks, publish: say });

  async function show(person: Person, side: Side, presence: Presence): Promise<Attempted> {
    if (isSignedIn(presence)) {
      const remarks = presenceOf(person.id)?.ourRemarks(side) ?? noRemarks;
      await onShow.shows(side, { person, presence, remarks });
    }
    options.progress(person, side, 'telling');
    const outcome = await attempt(person, side, () => connectors[side].publish(person, presence));
    if (outcome !== 'again') options.progress(person, side, 'told');
    if (outcome === 'done') {
      report({ kind: 'presence-published', person: person.id, side, presence });
      noteShown(person, side, presence);
    }
    if (outcome !== 'again' && !(isSignedIn(presence) && outcome === 'done')) onShow.hides(side, person.id);
    return outcome;
  }

  /** Remarks stand beside a presence: they are said once there is one. */
  function noteShown(person: Person, side: Side, presence: Presence): void {
    const remarks = presenceOf(person.id)?.ourRemarks(side);
    if (!remarks || !isSignedIn(presence)) {
      up[side].delete(person.id);
      return;
    }
    const wasUp = up[side].has(person.id);
    up[side].add(person.id);
    if (!wasUp && !sameRemarks(remarks, noRemarks)) remarking.want(person, side, remarks);
  }

  async function say(person: Person, side: Side, remarks: Remarks): Promise<Attempted> {
    const known = presenceOf(person.id);
    if (!known || !up[side].has(person.id)) return 'never';
    void onShow.shows(side, { person, presence: known.ours(side), remarks });
    return await attempt(person, side, () => connectors[side].remark(person, remarks));
  }

  async function attempt(person: Person, side: Side, ask: () => Promise<PublishOutcome>): Promise<Attempted> {
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

  function leaveRemarks(person: Person, side: Side): void {
    connectors[side].leaveRemarks(person);
    const presence = presenceOf(person.id)?.ours(side) ?? offline;
    if (isSignedIn(presence)) void onShow.shows(side, { person, presence, remarks: noRemarks });
  }

  return {
    tell(person, tellings) {
      // Before a presence goes that would take them with it.
      for (const telling of tellings) if (telling.kind === 'overwritten') leaveRemarks(person, telling.side);
      for (const telling of tellings) {
        if (telling.kind === 'presence') presences.want(person, telling.side, telling.presence);
        if (telling.kind === 'remarks' && up[telling.side].has(person.id))
          remarking.want(person, telling.side, telling.remarks);
      }
    },
    show: (person, side, presence) => presences.want(person, side, presence),
    leave: (before, side) => presences.leave(before, side, offline),
    forget: (person, side) => void up[side].delete(person),
    async settled() {
      await presences.settled();
      await remarking.settled();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([presences[Symbol.asyncDispose](), remarking[Symbol.asyncDispose]()]);
    },
  };
}
