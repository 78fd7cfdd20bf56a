import type { Clock } from '../../core/clock.ts';
import { maxPresenceIds, presencesOf } from '../../protocols/graph/client/presence.ts';
import type { GraphFailure } from '../../protocols/graph/client/result.ts';
import type { Presence } from '../../protocols/graph/client/shapes.ts';
import type { Tenant } from './tenants.ts';

export interface PresenceReadingOptions {
  readonly tenant: Pick<Tenant, 'graph' | 'accounts'>;
  readonly clock: Clock;
  /** Ends all reading. */
  readonly signal: AbortSignal;
  /** Whether this user is still of interest. */
  readonly isWanted: (id: string) => boolean;
  /** `asked` is when Graph was asked, Unix ms. */
  readonly read: (presence: Presence, asked: number) => void;
}

/** How long Graph is left alone after a failure for which it names no time. */
const restMs = 5_000;

/**
 * Reads the presence of many people, {@link maxPresenceIds} a request. What Graph does not answer is owed, and read when it
 * may be asked again, before anybody's turn comes round once more: however often Graph cuts a round short, all are read.
 */
export class PresenceReading implements Disposable {
  readonly #options: PresenceReadingOptions;
  readonly #owed = new Set<string>();
  #rest: { readonly until: number; readonly timer: Disposable } | undefined;
  #reading: Promise<void> = Promise.resolve();

  constructor(options: PresenceReadingOptions) {
    this.#options = options;
  }

  /** Resolves when they have been read, or have to wait. */
  read(ids: readonly string[]): Promise<void> {
    const reading = this.#read(ids);
    this.#reading = Promise.all([this.#reading, reading]).then(() => undefined);
    return reading;
  }

  /** Resolves when no request is under way. */
  settled(): Promise<void> {
    return this.#reading;
  }

  [Symbol.dispose](): void {
    this.#rest?.timer[Symbol.dispose]();
    this.#owed.clear();
  }

  async #read(ids: readonly string[]): Promise<void> {
    const { tenant, clock, signal } = this.#options;
    for (let at = 0; at < ids.length && !signal.aborted; at += maxPresenceIds) {
      if (this.#rest) return this.#owe(ids.slice(at));
      const some = ids.slice(at, at + maxPresenceIds);
      // As old as the question: what a notification brings meanwhile is newer.
      const asked = clock.now();
      const answer = await presencesOf(tenant.graph, tenant.accounts.application, some, signal);
      if (!answer.ok) {
        this.#leaveAlone(waitAfter(answer.failure));
        return this.#owe(ids.slice(at));
      }
      for (const presence of answer.value) this.#options.read(presence, asked);
    }
  }

  #owe(ids: readonly string[]): void {
    if (!this.#options.signal.aborted) for (const id of ids) this.#owed.add(id);
  }

  #leaveAlone(ms: number): void {
    const { clock, signal } = this.#options;
    const until = clock.now() + ms;
    if (signal.aborted || (this.#rest && this.#rest.until >= until)) return;
    this.#rest?.timer[Symbol.dispose]();
    this.#rest = { until, timer: clock.setTimer(ms, () => this.#catchUp()) };
  }

  #catchUp(): void {
    this.#rest = undefined;
    const owed = [...this.#owed].filter(this.#options.isWanted);
    this.#owed.clear();
    void this.read(owed);
  }
}

function waitAfter(failure: GraphFailure): number {
  switch (failure.kind) {
    case 'answered':
      return Math.max(restMs, failure.retryAfterMs ?? 0);
    case 'no-token':
      return Math.max(restMs, (failure.failure.kind === 'unavailable' && failure.failure.retryAfterMs) || 0);
    case 'unreachable':
    case 'interrupted':
    case 'aborted':
    case 'malformed':
      return restMs;
  }
}
