import type { Clock } from '../core/clock.ts';
import type { PersonId } from '../core/ids.ts';
import { type Side, sides } from '../core/people.ts';
import type { Presence } from '../core/presence/presence.ts';
import { presenceOf, presenceStates, stateOf } from '../core/presence/states.ts';
import type { PresenceObservation } from './connector.ts';
import type { GatewayEvent } from './events.ts';

/** One thing that happened to a person's presence. */
export interface PresenceStep {
  /** Unix ms. */
  readonly at: number;
  readonly side: Side;
  /**
   * `seen`: the network reported another state than before; `shown`: it took what the gateway shows there; `refused`: it did
   * not.
   */
  readonly kind: StepKind;
  /** For `refused` what the network did not take is not on record. */
  readonly presence: Presence | undefined;
}

export const stepKinds = ['seen', 'shown', 'refused'] as const;
export type StepKind = (typeof stepKinds)[number];

/** How far back it goes, ms. */
export const historyMs = 24 * 60 * 60_000;
/** Steps of one person, 8 bytes each in memory; the oldest makes room. A person of Microsoft's load model makes about a hundred a day. */
export const mostSteps = 256;

/**
 * What everybody's presence went through in the last day, as far as this run knows: its own part, and what {@link recall}
 * has put before it. `presence-history-kept.ts` keeps it over restarts.
 */
export interface PresenceHistory {
  /** Whether this was a step, and no repetition. */
  saw(observed: PresenceObservation): boolean;
  /** Whether this was a step: most events are about something else. */
  happened(event: GatewayEvent): boolean;
  /** The newest first. */
  of(person: PersonId): readonly PresenceStep[];
  /**
   * Puts what earlier runs saw before what this run has, once; nothing the next time. What a side reported first in this run
   * is no step if it only repeats what it reported last before. @param earlier the oldest first
   */
  recall(person: PersonId, earlier: readonly PresenceStep[]): void;
  /** Whether {@link recall} was called, and the person not forgotten since. */
  isWhole(person: PersonId): boolean;
  forget(person: PersonId): void;
}

interface Steps {
  /** Each step as one number, in order. */
  steps: number[];
  /** What each side reported last. */
  readonly seen: Partial<Record<Side, number>>;
  isWhole: boolean;
}

export function createPresenceHistory(clock: Pick<Clock, 'now'>): PresenceHistory {
  const records = new Map<PersonId, Steps>();

  function recordOf(person: PersonId): Steps {
    const known = records.get(person);
    if (known) return known;
    const made: Steps = { steps: [], seen: {}, isWhole: false };
    records.set(person, made);
    return made;
  }

  function note({ steps }: Steps, side: Side, kind: StepKind, presence: Presence | undefined): void {
    const oldest = steps[0];
    const isFull = steps.length >= mostSteps;
    if (oldest !== undefined && (isFull || timeOf(oldest) < clock.now() - historyMs)) steps.shift();
    steps.push(packed({ at: clock.now(), side, kind, presence }));
  }

  return {
    saw({ side, person, presence }) {
      const record = recordOf(person);
      const code = codeOf(presence);
      if (record.seen[side] === code) return false;
      record.seen[side] = code;
      note(record, side, 'seen', presence);
      return true;
    },
    happened(event) {
      if (event.kind === 'presence-published')
        note(recordOf(event.person), event.side, 'shown', event.presence);
      else if (event.kind === 'presence-not-published')
        note(recordOf(event.person), event.side, 'refused', undefined);
      else return false;
      return true;
    },
    of(person) {
      const since = clock.now() - historyMs;
      const steps = records.get(person)?.steps ?? [];
      return steps
        .filter((step) => timeOf(step) >= since)
        .map(unpacked)
        .reverse();
    },
    recall(person, earlier) {
      const record = recordOf(person);
      if (record.isWhole) return;
      record.isWhole = true;
      const since = clock.now() - historyMs;
      const before = earlier.map(packed);
      let own = record.steps;
      for (const side of sides) {
        const last = before.findLast((step) => isSeenOn(side, step));
        if (last === undefined) continue;
        record.seen[side] ??= stateCodeOf(last);
        const first = own.find((step) => isSeenOn(side, step));
        if (first !== undefined && stateCodeOf(first) === stateCodeOf(last))
          own = own.filter((step) => step !== first);
      }
      record.steps = [...before.filter((step) => timeOf(step) >= since), ...own].slice(-mostSteps);
    },
    isWhole: (person) => records.get(person)?.isWhole ?? false,
    forget: (person) => void records.delete(person),
  };
}

/** Room for the three small numbers of a step beside its time, which in ms needs 41 of a double's 53 bits. */
const codes = 1024;
const stateCodes = 64;

function packed({ at, side, kind, presence }: PresenceStep): number {
  return Math.floor(at) * codes + whichOf(side, kind) * stateCodes + (presence ? codeOf(presence) : 0);
}

function whichOf(side: Side, kind: StepKind): number {
  return sides.indexOf(side) * stepKinds.length + stepKinds.indexOf(kind);
}

function isSeenOn(side: Side, step: number): boolean {
  return Math.floor((step % codes) / stateCodes) === whichOf(side, 'seen');
}

function stateCodeOf(step: number): number {
  return step % stateCodes;
}

function unpacked(step: number): PresenceStep {
  const code = step % codes;
  const which = Math.floor(code / stateCodes);
  const state = presenceStates[(code % stateCodes) - 1];
  return {
    at: timeOf(step),
    side: sides[Math.floor(which / stepKinds.length)] ?? 'teams',
    kind: stepKinds[which % stepKinds.length] ?? 'seen',
    presence: state && presenceOf(state),
  };
}

function timeOf(step: number): number {
  return Math.floor(step / codes);
}

/** From 1, in the order of {@link presenceStates}. */
function codeOf(presence: Presence): number {
  return presenceStates.indexOf(stateOf(presence)) + 1;
}
