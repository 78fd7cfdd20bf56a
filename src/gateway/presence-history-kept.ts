import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Clock } from '../core/clock.ts';
import { type PersonId, personId } from '../core/ids.ts';
import { type Side, sides } from '../core/people.ts';
import { type PresenceState, presenceOf, presenceStates, stateOf } from '../core/presence/states.ts';
import type { PresenceObservation } from './connector.ts';
import type { GatewayEvent, Report } from './events.ts';
import type { KeptStore } from './ledger.ts';
import { createPresenceHistory, type PresenceStep, type StepKind } from './presence-history.ts';

export interface KeptHistoryOptions {
  readonly kept: Pick<KeptStore, 'keys' | 'get' | 'put' | 'remove'>;
  readonly clock: Clock;
  readonly report: Report;
  /** Whether the person is in the directory now. */
  readonly isKnown: (person: PersonId) => boolean;
}

/**
 * The history of presence, kept over restarts. Nothing is read at the start: what earlier runs kept of a person is read once
 * a run, when it is asked for or before it would be written over. Disposing writes what is not written yet, and never
 * rejects; afterwards nothing is kept any more.
 */
export interface KeptHistory extends AsyncDisposable {
  /** From now on it owns timers. */
  start(): void;
  saw(observed: PresenceObservation): void;
  /** What happens to people who are not in the directory is no step. */
  happened(event: GatewayEvent): void;
  /** The newest first; without what earlier runs kept, and a fault reported, while the ledger cannot be read. */
  of(person: PersonId): Promise<readonly PresenceStep[]>;
  forget(person: PersonId): void;
}

/**
 * How long a step waits to be written, ms: what the end of a process that could not stop takes. After a write that failed,
 * how long until the next.
 */
export const writtenWithinMs = 15 * 60_000;
/** When, after the start, what is kept of people who are not in the directory is removed, ms. The directory may come late. */
export const orphansAfterMs = 24 * 60 * 60_000;
/** How many people are written at once when the gateway stops. */
const writtenAtOnce = 200;

const kind = 'presence-history';

/** Later times leave no room for the rest of a step where it is one number; this is the year 2248. */
const time = Type.Integer({ minimum: 0, maximum: 2 ** 43 - 1 });
const side = Type.Enum([...sides]);
const keptSteps = Compile(
  Type.Array(
    Type.Union([
      Type.Tuple([time, side, Type.Enum(['seen', 'shown']), Type.Enum([...presenceStates])]),
      Type.Tuple([time, side, Type.Literal('refused'), Type.Literal('')]),
    ]),
  ),
);

type KeptStep = readonly [at: number, side: Side, kind: StepKind, state: PresenceState | ''];

export function createKeptHistory({ kept, clock, report, isKnown }: KeptHistoryOptions): KeptHistory {
  const history = createPresenceHistory(clock);
  /** People with steps that are not written, and since when, the longest first. */
  const unwritten = new Map<PersonId, number>();
  const readings = new Map<PersonId, Promise<void>>();
  const failed = (error: unknown): void =>
    report({ kind: 'fault', where: 'keeping the history of presence', error });

  let hasStopped = false;
  let writing: Promise<void> | undefined;
  let timer: Disposable | undefined;
  let sweeping: Promise<void> | undefined;
  let sweep: Disposable | undefined;

  function changed(person: PersonId): void {
    if (hasStopped || unwritten.has(person)) return;
    unwritten.set(person, clock.now());
    if (!timer && !writing) wake(writtenWithinMs);
  }

  function wake(ms: number): void {
    if (hasStopped) return;
    timer = clock.setTimer(ms, () => {
      timer = undefined;
      writing = writeDue().then((result) => {
        writing = undefined;
        const [since] = unwritten.values();
        if (since !== undefined) wake(result === 'written' ? waitsFor(since) : writtenWithinMs);
      });
    });
  }

  function waitsFor(since: number): number {
    return Math.min(Math.max(0, since + writtenWithinMs - clock.now()), writtenWithinMs);
  }

  /** One after another: the ledger has messages to take meanwhile. */
  async function writeDue(): Promise<'written' | 'failed'> {
    for (const [person, since] of unwritten) {
      if (hasStopped || waitsFor(since) > 0) break;
      unwritten.delete(person);
      try {
        await write(person);
      } catch (error) {
        if (isKnown(person) && !unwritten.has(person)) unwritten.set(person, clock.now());
        if (!hasStopped) failed(error);
        return 'failed';
      }
    }
    return 'written';
  }

  async function write(person: PersonId): Promise<void> {
    await makeWhole(person);
    // Forgotten while it was read.
    if (!history.isWhole(person)) return;
    await kept.put(kind, person, history.of(person).map(keptStep).reverse());
  }

  /** Resolves when the history has what earlier runs kept, or the person was forgotten. */
  async function makeWhole(person: PersonId): Promise<void> {
    if (history.isWhole(person)) return;
    const reading = readings.get(person) ?? read(person);
    readings.set(person, reading);
    try {
      await reading;
    } finally {
      if (readings.get(person) === reading) readings.delete(person);
    }
  }

  function read(person: PersonId): Promise<void> {
    const reading = kept.get(kind, person).then((entry) => {
      if (readings.get(person) === reading) history.recall(person, entry ? stepsOf(entry.value) : []);
    });
    return reading;
  }

  async function removeOrphans(): Promise<void> {
    for (const key of await kept.keys(kind)) {
      if (hasStopped) return;
      if (!isKnown(personId(key))) await kept.remove(kind, key);
    }
  }

  async function writeAll(): Promise<void> {
    const people = [...unwritten.keys()];
    const errors: unknown[] = [];
    for (let from = 0; from < people.length; from += writtenAtOnce)
      for (const result of await Promise.allSettled(people.slice(from, from + writtenAtOnce).map(write)))
        if (result.status === 'rejected') errors.push(result.reason);
    unwritten.clear();
    if (errors.length > 0) failed(errors[0]);
  }

  return {
    start() {
      sweep = clock.setTimer(orphansAfterMs, () => {
        sweeping = removeOrphans().catch(failed);
      });
    },
    saw(observed) {
      if (history.saw(observed)) changed(observed.person);
    },
    happened(event) {
      if ('person' in event && isKnown(event.person) && history.happened(event)) changed(event.person);
    },
    async of(person) {
      if (isKnown(person)) await makeWhole(person).catch(failed);
      return history.of(person);
    },
    forget(person) {
      history.forget(person);
      unwritten.delete(person);
      readings.delete(person);
      kept.remove(kind, person).catch(failed);
    },
    async [Symbol.asyncDispose]() {
      hasStopped = true;
      sweep?.[Symbol.dispose]();
      timer?.[Symbol.dispose]();
      await Promise.all([writing, sweeping]);
      await writeAll();
    },
  };
}

function keptStep({ at, side: on, kind: what, presence }: PresenceStep): KeptStep {
  return [at, on, what, presence ? stateOf(presence) : ''];
}

/** None where another version of the program kept something else. */
function stepsOf(value: unknown): readonly PresenceStep[] {
  if (!keptSteps.Check(value)) return [];
  return value.map(([at, on, what, state]) => ({
    at,
    side: on,
    kind: what,
    presence: state === '' ? undefined : presenceOf(state),
  }));
}
