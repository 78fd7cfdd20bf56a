import type { Clock } from '../../../core/clock.ts';
import type { DoorHealth } from '../door.ts';
import type { Failure } from '../errors.ts';
import type { Link, LinkEnd } from './link.ts';
import { type Location, locate, orderTargets, type SrvResolver, type Target, targetName } from './locate.ts';

export interface FrontEndsOptions {
  readonly location: Location;
  readonly transport: 'tls' | 'tcp';
  readonly resolve: SrvResolver;
  readonly clock: Clock;
  readonly random: () => number;
  /** Starts to connect. */
  readonly connect: (target: Target) => Link;
}

/** What is known of one front end. */
interface FrontEnd {
  readonly target: Target;
  link: Link | undefined;
  /** Failures in a row. */
  failures: number;
  /** Unix ms before which it is not tried. */
  notBefore: number;
}

const firstRetryMs = 500;
const longestRetryMs = 30_000;
const leastAvoidedMs = 5_000;
/** How old an answer of DNS may be when it is used to connect. */
const freshMs = 60_000;

/**
 * The front ends of one pool, with one connection to each that is used. Connections are made when somebody needs one; a
 * front end that fails is left alone for a while that grows, with jitter, and the others take over.
 */
export class FrontEnds implements AsyncDisposable {
  readonly #options: FrontEndsOptions;
  readonly #known = new Map<string, FrontEnd>();
  #targets: readonly Target[] = [];
  #locatedAt: number | undefined;
  #locating: Promise<void> | undefined;
  #health: DoorHealth = { kind: 'untried' };
  #over = false;

  constructor(options: FrontEndsOptions) {
    this.#options = options;
  }

  get health(): DoorHealth {
    return this.#health;
  }

  /**
   * An open link to a front end drawn by priority and weight, to one that is to be left alone only where there is no other;
   * or why there is none, and when to ask again.
   */
  async link(): Promise<Link | Failure> {
    await this.#locate();
    if (this.#over) return unreachable('the pool is no longer used');
    const { clock, random } = this.#options;
    const isRested = (target: Target): boolean => this.#of(target).notBefore <= clock.now();
    const rested = this.#targets.filter(isRested);
    const others = this.#targets.filter((target) => !isRested(target) && this.#of(target).link?.isOpen);
    for (const target of [...orderTargets(rested, random), ...orderTargets(others, random)]) {
      const link = await this.#open(this.#of(target));
      if (link) return link;
      if (this.#over) break;
    }
    const soonest = Math.min(...this.#targets.map((target) => this.#of(target).notBefore));
    return {
      ...unreachable(`no front end can be reached (${this.#targets.length} known)`),
      afterMs: Math.max(firstRetryMs, soonest - clock.now()),
    };
  }

  /** The front end answers, but not as it should: others are to be asked for a while. */
  avoid(link: Link, afterMs = 0): void {
    const frontEnd = this.#of(link.target);
    const detail = `${targetName(link.target)} refuses`;
    if (frontEnd.link === link) this.#failed(frontEnd, detail, Math.max(afterMs, leastAvoidedMs));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    const links = [...this.#known.values()].flatMap(({ link }) => link ?? []);
    await Promise.all(links.map((link) => link[Symbol.asyncDispose]()));
  }

  #of(target: Target): FrontEnd {
    const name = targetName(target);
    const known = this.#known.get(name);
    if (known) return known;
    const made: FrontEnd = { target, link: undefined, failures: 0, notBefore: 0 };
    this.#known.set(name, made);
    return made;
  }

  async #open(frontEnd: FrontEnd): Promise<Link | undefined> {
    if (!frontEnd.link) {
      const made = this.#options.connect(frontEnd.target);
      frontEnd.link = made;
      void made.closed.then((end) => this.#closed(frontEnd, made, end));
    }
    const { link } = frontEnd;
    if (!(await link.opened) || !link.isOpen) return undefined;
    frontEnd.failures = 0;
    this.#reached();
    return link;
  }

  #closed(frontEnd: FrontEnd, link: Link, end: LinkEnd): void {
    if (frontEnd.link !== link) return;
    frontEnd.link = undefined;
    if (!this.#over) this.#failed(frontEnd, `${targetName(frontEnd.target)}: ${end}`, 0);
  }

  #failed(frontEnd: FrontEnd, detail: string, afterMs: number): void {
    const { clock, random } = this.#options;
    frontEnd.failures += 1;
    const ceiling = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(frontEnd.failures - 1, 16));
    const waitMs = Math.max(afterMs, ceiling / 2 + (ceiling / 2) * random());
    frontEnd.notBefore = clock.now() + waitMs;
    if ([...this.#known.values()].some(({ link }) => link?.isOpen === true && link !== frontEnd.link)) return;
    const since = this.#health.kind === 'failing' ? this.#health.since : clock.now();
    this.#health = { kind: 'failing', since, failure: unreachable(detail) };
  }

  #reached(): void {
    if (this.#health.kind !== 'reached') this.#health = { kind: 'reached', since: this.#options.clock.now() };
  }

  async #locate(): Promise<void> {
    const { location, clock } = this.#options;
    const isFixed = location.kind === 'servers';
    const isFresh = this.#locatedAt !== undefined && (isFixed || clock.now() - this.#locatedAt < freshMs);
    if (isFresh) return;
    this.#locating ??= this.#locateNow().finally(() => {
      this.#locating = undefined;
    });
    await this.#locating;
  }

  async #locateNow(): Promise<void> {
    const { location, transport, resolve, clock } = this.#options;
    this.#targets = await locate(location, transport, resolve);
    this.#locatedAt = clock.now();
    const named = new Set(this.#targets.map(targetName));
    for (const [name, { link }] of this.#known) if (!named.has(name) && !link) this.#known.delete(name);
  }
}

function unreachable(detail: string): Failure {
  return { kind: 'transient', id: 'unreachable', detail };
}
