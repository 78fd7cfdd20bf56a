import type { Clock } from '../core/clock.ts';
import type { Person, Side } from '../core/people.ts';
import { pause } from './clock.ts';

export interface PublisherOptions<T> {
  /** `again`: try later; `never`: the network refuses this one, wait for another value. */
  readonly publish: (person: Person, side: Side, value: T) => Promise<'done' | 'again' | 'never'>;
  readonly same: (a: T, b: T) => boolean;
  /** Wait after the nth failure in a row, ms. */
  readonly backoff: (attempt: number) => number;
  readonly clock: Clock;
}

/**
 * Brings the networks to what is wanted: one publication at a time for a person and side, the latest value wins, and one
 * that was overtaken while waiting is never sent.
 */
export interface Publisher<T> extends AsyncDisposable {
  want(person: Person, side: Side, value: T): void;
  /** The person has this account no longer: `last` is published through it before anything else is. */
  leave(before: Person, side: Side, last: T): void;
  settled(): Promise<void>;
}

/** What a network is still to be told of one person, in order: first what leaves an account, then what is shown. */
interface Wanted<T> {
  person: Person;
  readonly side: Side;
  value: T;
  leaves: boolean;
}

/** An account that its network does not let the gateway leave is not to keep the person from being shown elsewhere. */
const mostTriesToLeave = 3;

export function createPublisher<T>(options: PublisherOptions<T>): Publisher<T> {
  const wanted = new Map<string, Wanted<T>[]>();
  const running = new Map<string, Promise<void>>();
  const controller = new AbortController();
  const { signal } = controller;

  async function bring(key: string): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      const want = wanted.get(key)?.[0];
      if (!want) break;
      const { person, value } = want;
      const outcome = await options.publish(person, want.side, value);
      const isLatest = want.person === person && options.same(want.value, value);
      if (outcome === 'again') {
        failures++;
        await pause(options.clock, isLatest ? options.backoff(failures) : 0, signal).catch(() => undefined);
        if (want.leaves && failures >= mostTriesToLeave) done(key, want);
        continue;
      }
      failures = 0;
      if (isLatest) done(key, want);
    }
    running.delete(key);
  }

  function done(key: string, want: Wanted<T>): void {
    const left = wanted.get(key)?.filter((other) => other !== want) ?? [];
    if (left.length > 0) wanted.set(key, left);
    else wanted.delete(key);
  }

  /** Waits behind what leaves an account; takes the place of what waits besides. */
  function add(want: Wanted<T>): void {
    if (signal.aborted) return;
    const key = `${want.side} ${want.person.id}`;
    const queue = wanted.get(key) ?? [];
    const last = queue.at(-1);
    if (want.leaves && queue.slice(1).some((other) => other.leaves && other.person === want.person)) return;
    if (last && !last.leaves) {
      last.person = want.person;
      last.value = want.value;
      last.leaves = want.leaves;
    } else wanted.set(key, [...queue, want]);
    if (!running.has(key)) running.set(key, bring(key));
  }

  return {
    want: (person, side, value) => add({ person, side, value, leaves: false }),
    leave: (before, side, last) => add({ person: before, side, value: last, leaves: true }),
    async settled() {
      while (running.size > 0) await Promise.all(running.values());
    },
    async [Symbol.asyncDispose]() {
      controller.abort(new Error('the gateway is stopping'));
      await this.settled();
    },
  };
}
