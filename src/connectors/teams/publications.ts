import type { Clock } from '../../core/clock.ts';
import { createGate } from '../../core/gate.ts';
import type { PersonId } from '../../core/ids.ts';
import type { Person } from '../../core/people.ts';
import type { Presence } from '../../core/presence/presence.ts';
import { type Remarks, toStatusMessage } from '../../core/presence/remarks.ts';
import { toTeamsPreferred, toTeamsSession } from '../../core/presence/scales.ts';
import type { OnShow, PublishOutcome } from '../../gateway/connector.ts';
import type { GraphFailure } from '../../protocols/graph/client/result.ts';
import { refused } from './deliver.ts';
import { outcomeOf } from './errors.ts';
import { type Held, PersonPresence } from './person-presence.ts';
import type { Tenant, Tenants } from './tenants.ts';
import { Throttle } from './throttle.ts';

/** What Graph takes for a session, minutes. */
const sessionMinutes = { least: 5, most: 240 } as const;
/** Graph lets an available session fade after five minutes unless it is set again. */
const refreshMs = { least: 3 * 60_000, most: 4 * 60_000 } as const;
const requestMs = 15_000;
const leaveMs = 3_000;
/** Graph is not asked again before the time that it has named. */
const leftAlone: GraphFailure = { kind: 'answered', status: 429, code: 'TooManyRequests', message: '' };
/** People whose presence is changed at one time: what waits for a connection does not wait on a request's time. */
const atOnce = 64;

export interface PublicationsOptions {
  readonly tenants: Tenants;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** How long a presence may outlive a gateway that crashed, ms; Graph gives it five minutes at least. */
  readonly leaseMs: number;
  /** `lazy`: what is no longer to be shown is left to run out. */
  readonly signOut: 'immediate' | 'lazy';
}

interface Shown {
  readonly person: Person;
  presence: Presence;
  /** The status message, empty where there is none. */
  status: string;
  /** What of it Graph has. */
  held: Held;
  refresh: Disposable | undefined;
  /** One person's requests follow each other. */
  tail: Promise<unknown>;
}

/** The presences that the gateway shows in Teams, each held by a session of our application. */
export class Publications implements AsyncDisposable {
  readonly #options: PublicationsOptions;
  readonly #minutes: number;
  readonly #shown = new Map<PersonId, Shown>();
  readonly #inherited = new Map<PersonId, Held>();
  readonly #stopped = new AbortController();
  readonly #gate = createGate(atOnce);
  readonly #throttle: Throttle<Tenant>;

  constructor(options: PublicationsOptions) {
    this.#options = options;
    this.#throttle = new Throttle(options.clock);
    const minutes = Math.ceil(options.leaseMs / 60_000);
    this.#minutes = Math.min(sessionMinutes.most, Math.max(sessionMinutes.least, minutes));
  }

  /** How long what is shown outlives this process, ms. */
  get leaseMs(): number {
    return this.#minutes * 60_000;
  }

  publish(person: Person, presence: Presence): Promise<PublishOutcome> {
    const shown = this.#shown.get(person.id) ?? this.#start(person, presence);
    this.#shown.set(person.id, shown);
    shown.presence = presence;
    shown.refresh?.[Symbol.dispose]();
    if (toTeamsSession(presence).kind === 'clear') shown.status = '';
    const applied = shown.tail.then(() => this.#apply(shown, presence));
    shown.tail = applied.catch(() => undefined);
    return applied;
  }

  remark(person: Person, remarks: Remarks): Promise<PublishOutcome> {
    const shown = this.#shown.get(person.id);
    if (!shown || toTeamsSession(shown.presence).kind !== 'set')
      return Promise.resolve({ kind: 'published' });
    const status = toStatusMessage(remarks);
    shown.status = status;
    const applied = shown.tail.then(() =>
      this.#request(shown, (there, signal) =>
        shown.status === status ? there.say(status, this.#minutes, signal) : Promise.resolve(undefined),
      ),
    );
    shown.tail = applied.catch(() => undefined);
    return applied;
  }

  leaveRemarks({ id }: Person): void {
    const shown = this.#shown.get(id);
    if (!shown) return;
    shown.status = '';
    shown.tail = shown.tail.then(() => {
      shown.held.status = false;
    });
  }

  /** What an earlier run may have left. */
  inherit(left: readonly OnShow[]): void {
    for (const { person, presence, remarks } of left) {
      const preferred = toTeamsPreferred(presence).kind === 'set';
      this.#inherited.set(person.id, { preferred, status: toStatusMessage(remarks) !== '' });
    }
  }

  /** Takes every presence away that is held by the gateway alone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort();
    const leaving = [...this.#shown.values()].filter(
      ({ presence }) => toTeamsSession(presence).kind === 'set',
    );
    for (const { refresh } of this.#shown.values()) refresh?.[Symbol.dispose]();
    this.#shown.clear();
    const signal = AbortSignal.timeout(leaveMs);
    await Promise.all(
      leaving.map(async (shown) => {
        await shown.tail;
        const there = this.#presenceOf(shown);
        await there?.clear(signal);
      }),
    );
  }

  #start(person: Person, presence: Presence): Shown {
    const held = this.#inherited.get(person.id) ?? { preferred: false, status: false };
    this.#inherited.delete(person.id);
    return {
      person,
      presence,
      status: '',
      held,
      refresh: undefined,
      tail: Promise.resolve(),
    };
  }

  #apply(shown: Shown, presence: Presence): Promise<PublishOutcome> {
    const session = toTeamsSession(presence);
    return this.#request(shown, async (there, signal) => {
      if (session.kind === 'clear' && this.#options.signOut === 'lazy') {
        this.#holdOrForget(shown, presence);
        return undefined;
      }
      const failure =
        session.kind === 'clear'
          ? await there.clear(signal)
          : await there.show(presence, this.#minutes, signal);
      if (failure === undefined) this.#holdOrForget(shown, presence);
      return failure;
    });
  }

  async #request(
    shown: Shown,
    ask: (there: PersonPresence, signal: AbortSignal) => Promise<GraphFailure | undefined>,
  ): Promise<PublishOutcome> {
    const { person } = shown;
    const there = this.#presenceOf(shown);
    const tenant = this.#options.tenants.of(person);
    if (!there || !tenant) return { kind: 'failed', refusal: refused('not-enabled', person).refusal };
    const failure = await this.#inTurn(tenant, person, (signal) => ask(there, signal));
    return failure === undefined
      ? { kind: 'published' }
      : { kind: 'failed', refusal: outcomeOf(failure, 'prepare', person.displayName).refusal };
  }

  async #inTurn(
    tenant: Tenant,
    { id }: Person,
    ask: (signal: AbortSignal) => Promise<GraphFailure | undefined>,
  ): Promise<GraphFailure | undefined> {
    using _turn = await this.#gate.enter();
    if (this.#throttle.left(tenant, id) > 0) return leftAlone;
    const failure = await ask(AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(requestMs)]));
    if (failure?.kind === 'answered' && failure.retryAfterMs !== undefined)
      this.#throttle.note(tenant, id, failure.retryAfterMs);
    return failure;
  }

  #presenceOf({ person, held }: Shown): PersonPresence | undefined {
    const tenant: Tenant | undefined = this.#options.tenants.of(person);
    return person.teams.kind === 'none' || tenant === undefined
      ? undefined
      : new PersonPresence(tenant, person.teams.objectId, held, this.#options.clock);
  }

  #holdOrForget(shown: Shown, presence: Presence): void {
    if (shown.presence !== presence) return;
    shown.refresh?.[Symbol.dispose]();
    if (this.#stopped.signal.aborted) return;
    if (toTeamsSession(presence).kind !== 'set') {
      this.#shown.delete(shown.person.id);
      return;
    }
    const ms = refreshMs.least + (refreshMs.most - refreshMs.least) * this.#options.random();
    shown.refresh = this.#options.clock.setTimer(ms, () => this.#refresh(shown));
  }

  #refresh(shown: Shown): void {
    const { presence } = shown;
    const again = shown.tail.then(async () => {
      if (shown.presence !== presence || this.#stopped.signal.aborted) return;
      const outcome = await this.#apply(shown, presence);
      const said =
        shown.status === ''
          ? outcome
          : await this.#request(shown, (there, signal) => there.say(shown.status, this.#minutes, signal));
      const failed = outcome.kind === 'failed' || said.kind === 'failed';
      if (failed && shown.presence === presence) this.#retry(shown);
    });
    shown.tail = again.catch(() => this.#retry(shown));
  }

  /** Sooner than the session ends, so that one lost request does not show. */
  #retry(shown: Shown): void {
    if (this.#stopped.signal.aborted) return;
    shown.refresh?.[Symbol.dispose]();
    const ms = 10_000 + 10_000 * this.#options.random();
    shown.refresh = this.#options.clock.setTimer(ms, () => this.#refresh(shown));
  }
}
