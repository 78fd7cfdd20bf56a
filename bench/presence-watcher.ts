import { SkypeActor, type SkypeEvent } from '../test/kit/skype-actor.ts';
import type { Seen } from './presence-delays.ts';
import { offlineState, states } from './presence-states.ts';

/** A pool counts every part of a batch as a request under way, and takes a hundred. */
const mostInBatch = 90;
/** What a subscription takes at once. */
const mostSubscribed = 500;

const stateOf = new Map<unknown, number>([
  ...states.map(({ shown }, index) => [shown, index] as const),
  ['Offline', offlineState],
]);

/**
 * One watcher at an SfB client. Events of presence name the person alone, so each is followed by reading; what changes
 * while a read is under way is read next.
 */
export class Watcher {
  readonly #actor: SkypeActor;
  readonly #people: number;
  readonly #stale = new Set<string>();
  readonly #seen: Seen[][];
  #reading = false;
  #events = 0;
  #lastAt = 0;

  constructor(pool: string, address: string, people: number) {
    this.#actor = new SkypeActor(pool, address);
    this.#actor.holdSeconds = undefined;
    this.#actor.onEvent = (event) => this.#told(event);
    this.#people = people;
    this.#seen = Array.from({ length: people }, () => []);
  }

  async start(addresses: readonly string[]): Promise<void> {
    await this.#actor.signIn();
    for (let at = 0; at < addresses.length; at += mostSubscribed)
      await this.#actor.subscribe(addresses.slice(at, at + mostSubscribed));
  }

  /** Notifications since the start. */
  get events(): number {
    return this.#events;
  }

  /** How many of the people numbered `from` up to but without `to` are seen in a state now. */
  showing(state: number, from: number, to: number): number {
    let count = 0;
    for (const seen of this.#seen.slice(from, to)) if (seen.at(-1)?.state === state) count++;
    return count;
  }

  /** What was seen of a person, in order. */
  seen(person: number): readonly Seen[] {
    return this.#seen[person] ?? [];
  }

  /** When something was seen last, Unix ms. */
  get lastAt(): number {
    return this.#lastAt;
  }

  close(): Promise<void> {
    return this.#actor.close();
  }

  #told({ link }: SkypeEvent): void {
    if (link.rel !== 'contactPresence') return;
    this.#events++;
    this.#stale.add(link.href);
    if (!this.#reading) void this.#read();
  }

  async #read(): Promise<void> {
    this.#reading = true;
    while (this.#stale.size > 0) {
      const hrefs = [...this.#stale].slice(0, mostInBatch);
      for (const href of hrefs) this.#stale.delete(href);
      const presences = await this.#actor.readAll(hrefs);
      const at = Date.now();
      for (const presence of presences) this.#note(presence, at);
    }
    this.#reading = false;
  }

  #note({ _links, availability }: Awaited<ReturnType<SkypeActor['readAll']>>[number], at: number): void {
    const self = _links?.['self'];
    const href = Array.isArray(self) ? self[0]?.href : self?.href;
    const person = Number(href?.match(/\/t(\d+)(?:@|%40)/)?.[1]);
    const state = stateOf.get(availability);
    if (!(person < this.#people) || state === undefined) return;
    const seen = this.#seen[person];
    if (!seen || seen.at(-1)?.state === state) return;
    seen.push({ state, at });
    this.#lastAt = at;
  }
}
