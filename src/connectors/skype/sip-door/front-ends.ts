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

/** At which front ends somebody is to be registered. */
export interface Preference {
  /** Of whoever is registered: draws the same front ends every time. */
  readonly key: string;
  /** Where the pool has sent them, best first: before all others. */
  readonly home: readonly Target[];
}

/** What is known of one front end. */
interface FrontEnd {
  readonly target: Target;
  link: Link | undefined;
  /** Failures since it last did what it is there for. */
  failures: number;
  /** Unix ms before which it is not tried. */
  notBefore: number;
  /** Unix ms since when it serves, as far as it was asked; undefined from a failure on, until it was asked again. */
  servesSince: number | undefined;
  probing: Promise<void> | undefined;
}

const firstRetryMs = 500;
const longestRetryMs = 30_000;
const leastAvoidedMs = 5_000;
/** How old an answer of DNS may be when it is used to connect. */
const freshMs = 60_000;
/** How long a front end has to serve before people are brought back to it, ms: one that starts may fall again. */
const settlingMs = 20_000;
/** Front ends that are remembered; people are not sent to further ones. */
const mostKnown = 256;

/**
 * The front ends of one pool, with one connection to each that is used. Connections are made when somebody needs one; a
 * front end that fails is left alone for a while that grows, with jitter, and the others take over. While one of them
 * serves, nobody waits for a front end that failed: it is probed when somebody asks for a better one than theirs.
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
   * An open link to the first front end of the preference that serves, to one that is to be left alone only where there is
   * no other; or why there is none, and when to ask again.
   */
  async link(preference: Preference): Promise<Link | Failure> {
    await this.#locate();
    if (this.#over) return unreachable('the pool is no longer used');
    const { clock } = this.#options;
    const ordered = this.#ordered(preference);
    const isRested = (frontEnd: FrontEnd): boolean => frontEnd.notBefore <= clock.now();
    const isGood = ({ failures, servesSince }: FrontEnd): boolean =>
      failures === 0 || servesSince !== undefined;
    const rested = ordered.filter(isRested);
    const candidates = [
      ...rested.filter(isGood),
      ...rested.filter((frontEnd) => !isGood(frontEnd)),
      ...ordered.filter((frontEnd) => !isRested(frontEnd) && frontEnd.link?.isOpen),
    ];
    for (const frontEnd of candidates) {
      const link = await this.#open(frontEnd);
      if (link) return link;
      if (this.#over) break;
    }
    const soonest = Math.min(...ordered.map(({ notBefore }) => notBefore));
    return {
      ...unreachable(`no front end can be reached (${ordered.length} known)`),
      afterMs: Math.max(firstRetryMs, soonest - clock.now()),
    };
  }

  /**
   * A link to a front end that comes before that of `link` in the preference and has served for a while. Where that is not
   * known of one, it begins to find out: who would be better off asks again, from time to time. Somebody whose front end is
   * no longer named stays there: a name server in trouble must not move everybody.
   */
  better(link: Link, preference: Preference): Link | undefined {
    void this.#locate();
    const { clock } = this.#options;
    const ordered = this.#ordered(preference);
    const at = ordered.findIndex(({ target }) => targetName(target) === targetName(link.target));
    for (const frontEnd of ordered.slice(0, Math.max(at, 0))) {
      if (frontEnd.notBefore > clock.now()) continue;
      if (frontEnd.servesSince === undefined) this.#probe(frontEnd);
      else if (frontEnd.link?.isOpen && clock.now() - frontEnd.servesSince >= settlingMs)
        return frontEnd.link;
    }
    return undefined;
  }

  /** The front end has done what it is there for. */
  served(link: Link): void {
    const frontEnd = this.#of(link.target);
    if (frontEnd.link !== link) return;
    frontEnd.failures = 0;
    frontEnd.servesSince ??= this.#options.clock.now();
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
    const made: FrontEnd = {
      target,
      link: undefined,
      failures: 0,
      notBefore: 0,
      servesSince: undefined,
      probing: undefined,
    };
    this.#known.set(name, made);
    return made;
  }

  #ordered({ key, home }: Preference): readonly FrontEnd[] {
    const homes = home.filter(
      (target) => this.#known.size < mostKnown || this.#known.has(targetName(target)),
    );
    return [...new Set([...homes, ...orderTargets(this.#targets, key)].map((target) => this.#of(target)))];
  }

  /** Quietly: by a connection and one question. */
  #probe(frontEnd: FrontEnd): void {
    frontEnd.probing ??= this.#ask(frontEnd).finally(() => {
      frontEnd.probing = undefined;
    });
  }

  async #ask(frontEnd: FrontEnd): Promise<void> {
    const link = await this.#open(frontEnd);
    if (!link) return;
    if (!(await link.serves())) this.avoid(link);
    else if (frontEnd.link === link) frontEnd.servesSince ??= this.#options.clock.now();
  }

  async #open(frontEnd: FrontEnd): Promise<Link | undefined> {
    if (!frontEnd.link) {
      const made = this.#options.connect(frontEnd.target);
      frontEnd.link = made;
      void made.closed.then((end) => this.#closed(frontEnd, made, end));
    }
    const { link } = frontEnd;
    if (!(await link.opened) || !link.isOpen) return undefined;
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
    frontEnd.servesSince = undefined;
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
