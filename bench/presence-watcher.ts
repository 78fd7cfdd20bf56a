import { SkypeActor, type SkypeEvent } from '../test/kit/skype-actor.ts';
import type { Seen } from './presence-delays.ts';
import { offlineState, presences } from './presence-states.ts';

/** A pool counts every part of a batch as a request under way, and takes a hundred. */
const mostInBatch = 90;
/** What a subscription takes at once. */
const mostSubscribed = 500;

const stateOf = new Map<unknown, number>([
  ...presences.map(({ shown }, index) => [shown, index] as const),
  ['Offline', offlineState],
]);

/**
 * One watcher at an SfB client. UCWA's notifications name the person alone, so this one reads the presences of some: what
 * changes while a read is under way is read next.
 */
export class Watcher {
  readonly #actor: SkypeActor;
  readonly #reads: (person: number) => boolean;
  readonly #stale = new Set<string>();
  /** By the person's number. */
  readonly #told: number[][];
  readonly #seen: Seen[][];
  #reading = false;

  /** `reads` says of which people it shows the presence; of the others it counts the notifications. */
  constructor(pool: string, address: string, people: number, reads: (person: number) => boolean) {
    this.#actor = new SkypeActor(pool, address);
    this.#actor.holdSeconds = undefined;
    this.#actor.onEvent = (event) => this.#notified(event);
    this.#reads = reads;
    this.#told = Array.from({ length: people }, () => []);
    this.#seen = Array.from({ length: people }, () => []);
  }

  async start(addresses: readonly string[]): Promise<void> {
    await this.#actor.signIn();
    for (let at = 0; at < addresses.length; at += mostSubscribed)
      await this.#actor.subscribe(addresses.slice(at, at + mostSubscribed));
  }

  /** When it was notified of a change of the person, Unix ms, in order. */
  told(person: number): readonly number[] {
    return this.#told[person] ?? [];
  }

  reads(person: number): boolean {
    return this.#reads(person);
  }

  /** What was read of a person, in order. */
  seen(person: number): readonly Seen[] {
    return this.#seen[person] ?? [];
  }

  close(): Promise<void> {
    return this.#actor.close();
  }

  #notified({ link }: SkypeEvent): void {
    if (link.rel !== 'contactPresence') return;
    const person = numberIn(link.href);
    this.#told[person]?.push(Date.now());
    if (!this.#reads(person)) return;
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
    const state = stateOf.get(availability);
    if (href === undefined || state === undefined) return;
    const seen = this.#seen[numberIn(href)];
    if (seen && seen.at(-1)?.state !== state) seen.push({ state, at });
  }
}

/** NaN for somebody who is not of the crowd in Teams. */
function numberIn(href: string): number {
  return Number(href.match(/\/t(\d+)(?:@|%40)/)?.[1]);
}
