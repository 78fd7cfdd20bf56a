import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setImmediate as turn } from 'node:timers/promises';

/** More than any exchange between two ends in one process needs. */
const mostTurns = 2_000;

/**
 * Knows which HTTP requests of this process are under way: those of `fetch` and of undici. Two ends in one process talk
 * in turns of the event loop, however slow the machine is, so that a test on a clock that stands still can leave them
 * their time. `waits` names the requests that only time answers.
 */
export class RequestsUnderWay implements Disposable {
  readonly #underWay = new Set<object>();
  readonly #begun: (message: unknown) => void;
  readonly #ended = (message: unknown): void => void this.#underWay.delete(requestOf(message));

  constructor(waits: (path: string) => boolean) {
    this.#begun = (message) => {
      const request = requestOf(message);
      if (!waits(request.path)) this.#underWay.add(request);
    };
    subscribe('undici:request:create', this.#begun);
    subscribe('undici:request:trailers', this.#ended);
    subscribe('undici:request:error', this.#ended);
  }

  /** Resolves when nothing was under way for two turns, or when something is that no turn ends. */
  async end(): Promise<void> {
    let quiet = 0;
    for (let turns = 0; quiet < 2 && turns < mostTurns; turns += 1) {
      await turn();
      quiet = this.#underWay.size === 0 ? quiet + 1 : 0;
    }
  }

  [Symbol.dispose](): void {
    unsubscribe('undici:request:create', this.#begun);
    unsubscribe('undici:request:trailers', this.#ended);
    unsubscribe('undici:request:error', this.#ended);
  }
}

function requestOf(message: unknown): { readonly path: string } {
  return (message as { readonly request: { readonly path: string } }).request;
}
