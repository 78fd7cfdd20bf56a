import type { Clock } from '../core/clock.ts';
import type { Person, Side } from '../core/people.ts';
import { offline, type Presence, samePresence } from '../core/presence/presence.ts';
import { pause } from './clock.ts';

export interface PublisherOptions {
  /** `again`: try later; `never`: the network refuses this one, wait for another state. */
  readonly publish: (person: Person, side: Side, presence: Presence) => Promise<'done' | 'again' | 'never'>;
  /** Wait after the nth failure in a row, ms. */
  readonly backoff: (attempt: number) => number;
  readonly clock: Clock;
}

/**
 * Brings the networks to the state that is wanted: one publication at a time for a person and side, the latest state
 * wins, and one that was overtaken while waiting is never sent.
 */
export interface Publisher extends AsyncDisposable {
  want(person: Person, side: Side, presence: Presence): void;
  /** The person has this account no longer: what is shown through it is taken away before anything else is shown. */
  leave(before: Person, side: Side): void;
  settled(): Promise<void>;
}

/** What a network is still to be told of one person, in order: first what leaves an account, then what is shown. */
interface Wanted {
  person: Person;
  readonly side: Side;
  presence: Presence;
  leaves: boolean;
}

/** An account that its network does not let the gateway leave is not to keep the person from being shown elsewhere. */
const mostTriesToLeave = 3;

export function createPublisher(options: PublisherOptions): Publisher {
  const wanted = new Map<string, Wanted[]>();
  const running = new Map<string, Promise<void>>();
  const controller = new AbortController();
  const { signal } = controller;

  async function bring(key: string): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      const want = wanted.get(key)?.[0];
      if (!want) break;
      const { person, presence } = want;
      const outcome = await options.publish(person, want.side, presence);
      const isLatest = want.person === person && samePresence(want.presence, presence);
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

  function done(key: string, want: Wanted): void {
    const left = wanted.get(key)?.filter((other) => other !== want) ?? [];
    if (left.length > 0) wanted.set(key, left);
    else wanted.delete(key);
  }

  /** Waits behind what leaves an account; takes the place of what waits besides. */
  function add(want: Wanted): void {
    if (signal.aborted) return;
    const key = `${want.side} ${want.person.id}`;
    const queue = wanted.get(key) ?? [];
    const last = queue.at(-1);
    if (want.leaves && queue.slice(1).some((other) => other.leaves && other.person === want.person)) return;
    if (last && !last.leaves) {
      last.person = want.person;
      last.presence = want.presence;
      last.leaves = want.leaves;
    } else wanted.set(key, [...queue, want]);
    if (!running.has(key)) running.set(key, bring(key));
  }

  return {
    want: (person, side, presence) => add({ person, side, presence, leaves: false }),
    leave: (before, side) => add({ person: before, side, presence: offline, leaves: true }),
    async settled() {
      while (running.size > 0) await Promise.all(running.values());
    },
    async [Symbol.asyncDispose]() {
      controller.abort(new Error('the gateway is stopping'));
      await this.settled();
    },
  };
}
