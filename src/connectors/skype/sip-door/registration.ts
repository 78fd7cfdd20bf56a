import type { Clock } from '../../../core/clock.ts';
import type { Failure } from '../errors.ts';
import { Link } from './link.ts';
import type { Pace } from './pace.ts';
import { type Registered, Registrar, type RegistrarOptions } from './registrar.ts';
import { orAborted, sleep } from './sleep.ts';

export interface RegistrationOptions extends RegistrarOptions {
  readonly pace: Pace;
  readonly clock: Clock;
  readonly random: () => number;
  /** Resolves when an earlier endpoint of the same name is signed out. */
  readonly after: Promise<void>;
  /** Lets through who goes back to a better front end: slowly, because that one has just come up. */
  readonly returning: Pace;
  /** Whether nothing is under way that would be lost with the connection. */
  readonly mayMove: () => boolean;
  /** The endpoint is there, on this connection; `lost` follows. */
  readonly registered: (link: Link) => void;
  /** It is there on another connection now; what was begun on the former one goes on there while that lasts. */
  readonly moved: (from: Link, to: Link) => void;
  /** @param link the connection that it was on last */
  readonly lost: (link: Link) => void;
  /** For good. */
  readonly stopped: (failure: Failure) => void;
}

type State =
  | { readonly kind: 'opening' }
  | { readonly kind: 'registered'; readonly link: Link }
  /** Between two attempts. */
  | { readonly kind: 'waiting'; readonly failure: Failure }
  | { readonly kind: 'stopped'; readonly failure: Failure };

const firstRetryMs = 500;
const longestRetryMs = 30_000;
/** The longest wait for the pool to confirm a sign-out. */
const signOutMs = 2_000;
/** The longest time between two looks for a better front end; the shortest is half of it. */
const lookMs = 60_000;
/** For how long who was refused by a better front end is left where they are. */
const refusedMs = 600_000;
const over: Failure = { kind: 'transient', id: 'unreachable', detail: 'the endpoint is signed out' };

/** A connection that the endpoint has moved away from, and where the pool may hold it until then, Unix ms. */
interface Former {
  readonly link: Link;
  readonly until: number;
}

/**
 * Keeps one endpoint registered until it is disposed of: registers, registers again before the time is up, and anew on
 * whichever front end there is when the connection is lost. Once a better one serves again, it moves there: it registers
 * there first, and leaves the former registration to run out, since a pool whose front ends share their registrations would
 * take a goodbye for one to the new. A refusal that will not change ends it.
 */
export class Registration implements AsyncDisposable {
  readonly #options: RegistrationOptions;
  readonly #life = new AbortController();
  readonly #registrar: Registrar;
  readonly #done: Promise<void>;
  #state: State = { kind: 'opening' };
  #settled = Promise.withResolvers<void>();
  #former: Former | undefined;
  /** Unix ms. */
  #heldUntil = 0;
  #staysUntil = 0;

  constructor(options: RegistrationOptions) {
    this.#options = options;
    this.#registrar = new Registrar(options);
    this.#done = this.#run();
  }

  get stopped(): boolean {
    return this.#state.kind === 'stopped';
  }

  /** The connection that the endpoint is registered on. */
  get link(): Link | undefined {
    return this.#state.kind === 'registered' ? this.#state.link : undefined;
  }

  /** Whether the pool may hold the endpoint to be on this connection. */
  isAt(link: Link): boolean {
    return link === this.link || link === this.#formerLink;
  }

  /** The connection, once there is one; or why the attempt under way, or the last one, failed. */
  async ready(signal: AbortSignal): Promise<Link | Failure> {
    while (this.#state.kind === 'opening') await orAborted(this.#settled.promise, signal);
    return this.#state.kind === 'registered' ? this.#state.link : this.#state.failure;
  }

  /** Ends without a word to the pool, which finds out when the time is up. */
  abandon(): void {
    this.#life.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const links = [this.link, this.#formerLink].flatMap((link) => (link?.isOpen ? [link] : []));
    if (links.length > 0) {
      const byes = Promise.all(links.map((link) => this.#registrar.leave(link)));
      await Promise.race([
        byes,
        sleep(this.#options.clock, signOutMs, this.#life.signal).catch(() => undefined),
      ]);
    }
    this.#life.abort();
    await this.#done;
  }

  get #formerLink(): Link | undefined {
    const former = this.#former;
    return former && former.until > this.#options.clock.now() ? former.link : undefined;
  }

  async #run(): Promise<void> {
    const { clock, random } = this.#options;
    const { signal } = this.#life;
    for (let failures = 0; !signal.aborted; ) {
      const outcome = await this.#attempt().catch(() => over);
      if (signal.aborted) break;
      if (outcome instanceof Link) {
        failures = 0;
        this.#turn({ kind: 'registered', link: outcome });
        this.#options.registered(outcome);
        const last = await this.#keep(outcome);
        this.#turn({ kind: 'opening' });
        this.#former = undefined;
        this.#options.lost(last);
        continue;
      }
      if (outcome.kind === 'refused') {
        this.#turn({ kind: 'stopped', failure: outcome });
        this.#options.stopped(outcome);
        return;
      }
      this.#turn({ kind: 'waiting', failure: outcome });
      const ceiling = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures, 16));
      failures += 1;
      const waitMs = Math.max(outcome.afterMs ?? 0, ceiling / 2) + (ceiling / 2) * random();
      await sleep(clock, waitMs, signal).catch(() => undefined);
      if (!signal.aborted) this.#turn({ kind: 'opening' });
    }
    this.#turn({ kind: 'stopped', failure: over });
  }

  async #attempt(): Promise<Link | Failure> {
    await orAborted(this.#options.after, this.#life.signal);
    await this.#options.pace.turn(this.#life.signal);
    return await this.#registrar.anywhere(this.#life.signal);
  }

  /** Until the endpoint is lost, or let go. Resolves with the connection that it was on last. */
  async #keep(first: Link): Promise<Link> {
    const { clock, random } = this.#options;
    let link = first;
    let renewAt = this.#renewal();
    while (!this.#life.signal.aborted && link.isOpen) {
      const lookAt = clock.now() + lookMs * (0.5 + 0.5 * random());
      if (!(await this.#waited(link, Math.min(lookAt, renewAt)))) continue;
      const better = this.#better(link);
      if (!better && clock.now() < renewAt) continue;
      const next = (better && (await this.#goTo(better))) ?? (await this.#renew(link));
      if (!next) return link;
      if (next !== link) this.#move(link, next);
      link = next;
      renewAt = this.#renewal();
    }
    return link;
  }

  /** Whether the time has come with the connection still there. @param until Unix ms */
  #waited(link: Link, until: number): Promise<boolean> {
    const { clock } = this.#options;
    const loss = new AbortController();
    const watching = link.whenOver(() => loss.abort());
    return sleep(clock, Math.max(0, until - clock.now()), AbortSignal.any([this.#life.signal, loss.signal]))
      .then(
        () => true,
        () => false,
      )
      .finally(() => watching[Symbol.dispose]());
  }

  /** Where the endpoint had better be, when it may go there now. */
  #better(link: Link): Link | undefined {
    const { mayMove, returning, clock } = this.#options;
    const better = this.#registrar.better(link);
    if (!better || clock.now() < this.#staysUntil || !mayMove()) return undefined;
    return returning.isFree() ? better : undefined;
  }

  /** Undefined where it was not taken; which of the two front ends the pool holds it to be at may be unknown then. */
  async #goTo(better: Link): Promise<Link | undefined> {
    const outcome = await this.#registerAt(better);
    if (outcome?.kind === 'failed' && outcome.failure.kind === 'refused')
      this.#staysUntil = this.#options.clock.now() + refusedMs;
    return outcome?.kind === 'registered' ? better : undefined;
  }

  /** Undefined where the endpoint is registered no more. */
  async #renew(link: Link): Promise<Link | undefined> {
    const outcome = await this.#registerAt(link);
    if (outcome?.kind === 'registered') return link;
    if (outcome?.kind !== 'sent-on') return undefined;
    const next = await this.#registrar.anywhere(this.#life.signal).catch(() => undefined);
    return next instanceof Link ? next : undefined;
  }

  /** Undefined when it ends meanwhile. */
  #registerAt(link: Link): Promise<Registered | undefined> {
    return this.#registrar.at(link, this.#life.signal).catch(() => undefined);
  }

  #move(from: Link, to: Link): void {
    this.#former = { link: from, until: this.#heldUntil };
    this.#turn({ kind: 'registered', link: to });
    this.#options.moved(from, to);
  }

  /** When to register again, Unix ms: some time before the end that is not the same for all. */
  #renewal(): number {
    const { clock, random } = this.#options;
    const ms = this.#registrar.expiresSeconds * 1000;
    this.#heldUntil = clock.now() + ms;
    return clock.now() + ms * (0.5 + 0.2 * random());
  }

  #turn(state: State): void {
    this.#state = state;
    if (state.kind === 'opening') {
      this.#settled = Promise.withResolvers<void>();
      return;
    }
    this.#settled.resolve();
  }
}
