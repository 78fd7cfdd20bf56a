import type { Clock } from '../../core/clock.ts';
import type { PersonId } from '../../core/ids.ts';
import type { Person } from '../../core/people.ts';
import type { Presence } from '../../core/presence/presence.ts';
import { preferredFirst, toTeamsPreferred, toTeamsSession } from '../../core/presence/scales.ts';
import type { PublishOutcome } from '../../gateway/connector.ts';
import {
  clearPreferredPresence,
  clearPresence,
  setPreferredPresence,
  setPresence,
} from '../../protocols/graph/client/presence.ts';
import type { GraphFailure, GraphResult } from '../../protocols/graph/client/result.ts';
import { refused } from './deliver.ts';
import { isNotFound, outcomeOf } from './errors.ts';
import type { Tenant, Tenants } from './tenants.ts';

/** The shortest that Graph takes: how long a presence outlives a gateway that crashed. */
const sessionMinutes = 5;
/** Graph lets an available session fade after five minutes unless it is set again. */
const refreshMs = { least: 3 * 60_000, most: 4 * 60_000 } as const;
const requestMs = 15_000;
const leaveMs = 3_000;

interface Shown {
  readonly person: Person;
  presence: Presence;
  /** The preferred presence is of our making. */
  preferred: boolean;
  refresh: Disposable | undefined;
  /** One person's requests follow each other. */
  tail: Promise<unknown>;
}

/** The presences that the gateway shows in Teams, each held by a session of our application. */
export class Publications implements AsyncDisposable {
  readonly #tenants: Tenants;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #shown = new Map<PersonId, Shown>();
  readonly #stopped = new AbortController();

  constructor(tenants: Tenants, clock: Clock, random: () => number) {
    this.#tenants = tenants;
    this.#clock = clock;
    this.#random = random;
  }

  publish(person: Person, presence: Presence): Promise<PublishOutcome> {
    const shown = this.#shown.get(person.id) ?? {
      person,
      presence,
      preferred: false,
      refresh: undefined,
      tail: Promise.resolve(),
    };
    this.#shown.set(person.id, shown);
    shown.presence = presence;
    shown.refresh?.[Symbol.dispose]();
    const applied = shown.tail.then(() => this.#apply(shown, presence));
    shown.tail = applied.catch(() => undefined);
    return applied;
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
      leaving.map(async ({ person, preferred, tail }) => {
        await tail;
        const tenant = this.#tenants.of(person);
        if (tenant !== undefined) await clear(tenant, person, preferred, signal);
      }),
    );
  }

  async #apply(shown: Shown, presence: Presence): Promise<PublishOutcome> {
    const { person } = shown;
    const tenant = this.#tenants.of(person);
    if (person.teams.kind === 'none' || tenant === undefined) {
      return { kind: 'failed', refusal: refused('not-enabled', person).refusal };
    }
    const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(requestMs)]);
    const failure = await this.#show(shown, tenant, person.teams.objectId, presence, signal);
    if (failure !== undefined) {
      return { kind: 'failed', refusal: outcomeOf(failure, 'prepare', person.displayName).refusal };
    }
    if (shown.presence === presence) this.#holdOrForget(shown);
    return { kind: 'published' };
  }

  async #show(
    shown: Shown,
    tenant: Tenant,
    userId: string,
    presence: Presence,
    signal: AbortSignal,
  ): Promise<GraphFailure | undefined> {
    const { graph, accounts, clientId } = tenant;
    const session = toTeamsSession(presence);
    switch (session.kind) {
      case 'keep':
        return undefined;
      case 'clear': {
        const failure = await clear(tenant, shown.person, shown.preferred, signal);
        if (failure === undefined) shown.preferred = false;
        return failure;
      }
      case 'set': {
        const hold = async (): Promise<GraphResult<true>> => {
          const pair = { ...pairOf(session), sessionId: clientId, minutes: sessionMinutes };
          return setPresence(graph, accounts.application, userId, pair, signal);
        };
        const prefer = (): Promise<GraphResult<true>> =>
          this.#prefer(shown, tenant, userId, presence, signal);
        for (const step of preferredFirst(presence) ? [prefer, hold] : [hold, prefer]) {
          const done = await step();
          if (!done.ok) return done.failure;
        }
        return undefined;
      }
    }
  }

  async #prefer(
    shown: Shown,
    { graph, accounts }: Tenant,
    userId: string,
    presence: Presence,
    signal: AbortSignal,
  ): Promise<GraphResult<true>> {
    const preferred = toTeamsPreferred(presence);
    if (preferred.kind === 'set') {
      const pair = { ...pairOf(preferred), minutes: sessionMinutes };
      const set = await setPreferredPresence(graph, accounts.application, userId, pair, signal);
      if (set.ok) shown.preferred = true;
      return set;
    }
    if (!shown.preferred) return { ok: true, value: true };
    const cleared = await clearPreferredPresence(graph, accounts.application, userId, signal);
    if (cleared.ok) shown.preferred = false;
    return cleared;
  }

  #holdOrForget(shown: Shown): void {
    shown.refresh?.[Symbol.dispose]();
    if (this.#stopped.signal.aborted) return;
    if (toTeamsSession(shown.presence).kind !== 'set') {
      this.#shown.delete(shown.person.id);
      return;
    }
    const ms = refreshMs.least + (refreshMs.most - refreshMs.least) * this.#random();
    shown.refresh = this.#clock.setTimer(ms, () => this.#refresh(shown));
  }

  #refresh(shown: Shown): void {
    const { presence } = shown;
    const again = shown.tail.then(async () => {
      if (shown.presence !== presence || this.#stopped.signal.aborted) return;
      const outcome = await this.#apply(shown, presence);
      if (outcome.kind === 'failed' && shown.presence === presence) this.#retry(shown);
    });
    shown.tail = again.catch(() => this.#retry(shown));
  }

  /** Sooner than the session ends, so that one lost request does not show. */
  #retry(shown: Shown): void {
    if (this.#stopped.signal.aborted) return;
    shown.refresh?.[Symbol.dispose]();
    shown.refresh = this.#clock.setTimer(10_000 + 10_000 * this.#random(), () => this.#refresh(shown));
  }
}

async function clear(
  tenant: Tenant,
  person: Person,
  preferred: boolean,
  signal: AbortSignal,
): Promise<GraphFailure | undefined> {
  if (person.teams.kind === 'none') return undefined;
  const { graph, accounts, clientId } = tenant;
  const { objectId } = person.teams;
  if (preferred) {
    const cleared = await clearPreferredPresence(graph, accounts.application, objectId, signal);
    if (!cleared.ok) return cleared.failure;
  }
  return failureUnlessGone(await clearPresence(graph, accounts.application, objectId, clientId, signal));
}

function pairOf({ availability, activity }: { readonly availability: string; readonly activity: string }) {
  return { availability, activity };
}

/** A session that does not exist is taken away already. */
function failureUnlessGone(result: GraphResult<true>): GraphFailure | undefined {
  return result.ok || isNotFound(result.failure) ? undefined : result.failure;
}
