import type { Clock } from '../core/clock.ts';
import type { Person, Side } from '../core/people.ts';
import { type Presence, samePresence } from '../core/presence/presence.ts';
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
  settled(): Promise<void>;
}

export function createPublisher(options: PublisherOptions): Publisher {
  const wanted = new Map<string, { readonly person: Person; readonly side: Side; presence: Presence }>();
  const running = new Map<string, Promise<void>>();
  const controller = new AbortController();
  const { signal } = controller;

  async function bring(key: string): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      const want = wanted.get(key);
      if (!want) break;
      const { presence } = want;
      const outcome = await options.publish(want.person, want.side, presence);
      const isLatest = samePresence(wanted.get(key)?.presence ?? presence, presence);
      if (outcome === 'again') {
        failures++;
        await pause(options.clock, isLatest ? options.backoff(failures) : 0, signal).catch(() => undefined);
        continue;
      }
      failures = 0;
      if (isLatest) wanted.delete(key);
    }
    running.delete(key);
  }

  return {
    want(person, side, presence) {
      if (signal.aborted) return;
      const key = `${side} ${person.id}`;
      const known = wanted.get(key);
      if (known) known.presence = presence;
      else wanted.set(key, { person, side, presence });
      if (!running.has(key)) running.set(key, bring(key));
    },
    async settled() {
      while (running.size > 0) await Promise.all(running.values());
    },
    async [Symbol.asyncDispose]() {
      controller.abort(new Error('the gateway is stopping'));
      await this.settled();
    },
  };
}
