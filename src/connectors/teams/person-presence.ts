import type { Clock } from '../../core/clock.ts';
import type { Presence } from '../../core/presence/presence.ts';
import { preferredFirst, toTeamsPreferred, toTeamsSession } from '../../core/presence/scales.ts';
import {
  clearPreferredPresence,
  clearPresence,
  clearStatusMessage,
  setPreferredPresence,
  setPresence,
  setStatusMessage,
} from '../../protocols/graph/client/presence.ts';
import type { GraphFailure, GraphResult } from '../../protocols/graph/client/result.ts';
import { isNotFound } from './errors.ts';
import type { Tenant } from './tenants.ts';

/** What of a person's presence in Teams, beside the session, is of the gateway's making. */
export interface Held {
  preferred: boolean;
  status: boolean;
}

const done: GraphResult<true> = { ok: true, value: true };

/** The requests that make up what the gateway shows of one person in Teams. Every answer is the failure, if there was one. */
export class PersonPresence {
  readonly #tenant: Tenant;
  readonly #userId: string;
  readonly #held: Held;
  readonly #clock: Clock;

  constructor(tenant: Tenant, userId: string, held: Held, clock: Clock) {
    this.#tenant = tenant;
    this.#userId = userId;
    this.#held = held;
    this.#clock = clock;
  }

  /** Ends by itself after so many minutes. */
  async show(presence: Presence, minutes: number, signal: AbortSignal): Promise<GraphFailure | undefined> {
    const session = toTeamsSession(presence);
    if (session.kind !== 'set') return undefined;
    const { graph, accounts, clientId } = this.#tenant;
    const { availability, activity } = session;
    const hold = (): Promise<GraphResult<true>> => {
      const order = { availability, activity, sessionId: clientId, minutes };
      return setPresence(graph, accounts.application, this.#userId, order, signal);
    };
    const prefer = (): Promise<GraphResult<true>> => this.#prefer(presence, minutes, signal);
    for (const step of preferredFirst(presence) ? [prefer, hold] : [hold, prefer]) {
      const result = await step();
      if (!result.ok) return result.failure;
    }
    return undefined;
  }

  /** Takes away the session, and whatever else is of the gateway's making. One that does not exist is away already. */
  async clear(signal: AbortSignal): Promise<GraphFailure | undefined> {
    const { graph, accounts, clientId } = this.#tenant;
    const preferred = await this.#unprefer(signal);
    if (!preferred.ok) return preferred.failure;
    const cleared = await clearPresence(graph, accounts.application, this.#userId, clientId, signal);
    if (!cleared.ok && !isNotFound(cleared.failure)) return cleared.failure;
    return await this.say('', 0, signal);
  }

  /** The status message; an empty one takes away what the gateway set, and nothing else. */
  async say(text: string, minutes: number, signal: AbortSignal): Promise<GraphFailure | undefined> {
    const { graph, accounts } = this.#tenant;
    if (text === '' && !this.#held.status) return undefined;
    const expiresAt = this.#clock.now() + minutes * 60_000;
    const said =
      text === ''
        ? await clearStatusMessage(graph, accounts.application, this.#userId, signal)
        : await setStatusMessage(graph, accounts.application, this.#userId, { text, expiresAt }, signal);
    if (!said.ok) return said.failure;
    this.#held.status = text !== '';
    return undefined;
  }

  async #prefer(presence: Presence, minutes: number, signal: AbortSignal): Promise<GraphResult<true>> {
    const preferred = toTeamsPreferred(presence);
    if (preferred.kind !== 'set') return await this.#unprefer(signal);
    const { graph, accounts } = this.#tenant;
    const { availability, activity } = preferred;
    const order = { availability, activity, minutes };
    const set = await setPreferredPresence(graph, accounts.application, this.#userId, order, signal);
    if (set.ok) this.#held.preferred = true;
    return set;
  }

  async #unprefer(signal: AbortSignal): Promise<GraphResult<true>> {
    if (!this.#held.preferred) return done;
    const { graph, accounts } = this.#tenant;
    const cleared = await clearPreferredPresence(graph, accounts.application, this.#userId, signal);
    if (cleared.ok) this.#held.preferred = false;
    return cleared;
  }
}
