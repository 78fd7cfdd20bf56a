import type { Clock } from '../../core/clock.ts';
import type { LinkStatus } from '../../gateway/connector.ts';
import type { GraphClient } from '../../protocols/graph/client/graph-client.ts';
import { describeFailure, type GraphFailure, type GraphResult } from '../../protocols/graph/client/result.ts';
import type { Subscription } from '../../protocols/graph/client/shapes.ts';
import {
  createSubscription,
  deleteSubscription,
  listSubscriptions,
  renewSubscription,
} from '../../protocols/graph/client/subscriptions.ts';
import type { KeyRing } from '../../protocols/graph/webhook/key-ring.ts';
import type { ReceivedLifecycle } from '../../protocols/graph/webhook/read-batch.ts';
import type { Opened } from './accounts.ts';
import { isNotFound, outcomeOf } from './errors.ts';

export interface SubscriptionOptions {
  /** Shown in the console: `messages of contoso.example`. */
  readonly name: string;
  readonly graph: GraphClient;
  readonly open: () => Promise<Opened>;
  readonly resource: string;
  readonly changeType: 'created' | 'updated';
  /** How long Graph keeps it without renewal, within what it allows for the resource. */
  readonly lifeMs: number;
  /** Where Graph sends notifications of both kinds. */
  readonly notificationUrl: string;
  /**
   * Whether one that an earlier run left goes on, with what Graph holds back for it. Else it is made anew: Graph tells a new
   * one at once, and an old one only when it next tries, minutes after an outage of the gateway.
   */
  readonly goesOn: boolean;
  /** Stable over restarts, so that what Graph still holds back is believed. */
  readonly clientState: string;
  readonly keys: KeyRing;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Notifications may have been lost: whatever they would have told must be read. */
  readonly onGap: () => void;
}

/** How often Graph is asked whether the subscription is still there, at most: it can lose one without a word. */
const longestRenewalMs = 15 * 60_000;
const firstRetryMs = 1_000;
const longestRetryMs = 60_000;
const endMs = 3_000;

type Held = { readonly id: string; readonly expiresAt: number };

/** Keeps one subscription alive: made, renewed long before its end, made again when Graph lost it. */
export class SubscriptionKeeper implements AsyncDisposable {
  readonly #options: SubscriptionOptions;
  readonly #stopped = new AbortController();
  #held: Held | undefined;
  #status: LinkStatus;
  #wake: () => void = () => {};
  #woken = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#status = { name: options.name, state: 'connecting', since: options.clock.now() };
  }

  get status(): LinkStatus {
    return this.#status;
  }

  get clientState(): string {
    return this.#options.clientState;
  }

  /** Resolves after the first attempt, whatever it came to; goes on in the background. */
  async start(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#running = this.#run(resolve).finally(resolve);
    await promise;
  }

  /** Asks Graph now whether the subscription is still there, by renewing it. */
  check(): void {
    this.#rouse();
  }

  /** Whether the event was of this subscription. */
  lifecycle({ subscriptionId, event }: ReceivedLifecycle): boolean {
    if (subscriptionId !== this.#held?.id) return false;
    switch (event) {
      case 'missed':
        this.#options.onGap();
        break;
      case 'subscriptionRemoved':
        this.#held = undefined;
        this.#rouse();
        break;
      case 'reauthorizationRequired':
        this.#rouse();
        break;
    }
    return true;
  }

  /** Takes the subscription away at Graph, too. */
  async end(): Promise<void> {
    const held = this.#held;
    await this[Symbol.asyncDispose]();
    const opened = await this.#options.open();
    if (held === undefined || opened.kind !== 'open') return;
    await deleteSubscription(this.#options.graph, opened.source, held.id, AbortSignal.timeout(endMs));
  }

  /** Stops keeping. The subscription itself stays: what Graph holds back until a restart is not lost. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort();
    this.#rouse();
    await this.#running;
  }

  #rouse(): void {
    this.#woken = true;
    this.#wake();
  }

  async #run(attempted: () => void): Promise<void> {
    let failures = 0;
    let hadOne = false;
    while (!this.#stopped.signal.aborted) {
      this.#woken = false;
      const before = this.#held;
      const result = await this.#establish().catch(defect);
      if (this.#stopped.signal.aborted) break;
      if (result.ok) {
        failures = 0;
        this.#held = result.value;
        this.#note({ state: 'connected' });
        if (hadOne && before?.id !== result.value.id) this.#options.onGap();
        hadOne = true;
        attempted();
        await this.#pause(this.#renewalIn(result.value));
      } else {
        failures += 1;
        this.#failed(result.failure);
        attempted();
        await this.#pause(this.#retryIn(failures, result.failure));
      }
    }
  }

  async #establish(): Promise<GraphResult<Held>> {
    const opened = await this.#options.open();
    if (opened.kind === 'absent') {
      const failure = {
        kind: 'refused',
        detail: 'no account of the gateway is configured or linked',
      } as const;
      return { ok: false, failure: { kind: 'no-token', failure } };
    }
    if (opened.kind === 'failed')
      return { ok: false, failure: { kind: 'no-token', failure: opened.failure } };
    const { graph, keys, clock } = this.#options;
    const signal = this.#stopped.signal;
    const key = await keys.current(clock);
    const fresh = {
      expirationDateTime: new Date(clock.now() + this.#options.lifeMs).toISOString(),
      encryptionCertificate: key.certificate,
      encryptionCertificateId: key.id,
    };
    if (this.#held === undefined) {
      const left = await listSubscriptions(graph, opened.source, signal);
      if (!left.ok) return left;
      this.#held = await this.#adopt(left.value, (id) =>
        deleteSubscription(graph, opened.source, id, signal),
      );
    }
    if (this.#held !== undefined) {
      const renewed = await renewSubscription(graph, opened.source, this.#held.id, fresh, signal);
      if (renewed.ok || !isNotFound(renewed.failure)) return heldOf(renewed);
      this.#held = undefined;
    }
    const { changeType, resource, notificationUrl, clientState } = this.#options;
    const made = await createSubscription(
      graph,
      opened.source,
      {
        ...fresh,
        changeType,
        resource,
        notificationUrl,
        lifecycleNotificationUrl: notificationUrl,
        clientState,
        includeResourceData: true,
      },
      signal,
    );
    return heldOf(made);
  }

  /** One of an earlier run goes on; those that differ are taken away, since Graph allows few for one resource. */
  async #adopt(
    left: readonly Subscription[],
    remove: (id: string) => Promise<unknown>,
  ): Promise<Held | undefined> {
    const { notificationUrl, resource, clientState, goesOn } = this.#options;
    let adopted: Held | undefined;
    for (const each of left) {
      if (each.notificationUrl !== notificationUrl || kindOf(each.resource) !== kindOf(resource)) continue;
      const same = goesOn && sameResource(each.resource, resource) && each.clientState === clientState;
      if (same && adopted === undefined) adopted = toHeld(each);
      else await remove(each.id);
    }
    return adopted;
  }

  #failed(failure: GraphFailure): void {
    const { refusal } = outcomeOf(failure, 'prepare', this.#options.name);
    const refused = refusal.id === 'link-refused' || refusal.id === 'not-allowed';
    this.#note({
      state: refused ? 'refused' : 'disconnected',
      refusal: { ...refusal, detail: describeFailure(failure) },
    });
    if (this.#held !== undefined && this.#held.expiresAt <= this.#options.clock.now()) this.#held = undefined;
  }

  #note(status: Pick<LinkStatus, 'state' | 'refusal'>): void {
    const since = status.state === this.#status.state ? this.#status.since : this.#options.clock.now();
    this.#status = { name: this.#options.name, ...status, since };
  }

  #renewalIn(held: Held): number {
    const left = held.expiresAt - this.#options.clock.now();
    return Math.max(
      firstRetryMs,
      Math.min(left, longestRenewalMs * 2) * (0.4 + 0.2 * this.#options.random()),
    );
  }

  #retryIn(failures: number, failure: GraphFailure): number {
    const wait = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures - 1, 10));
    const asked = failure.kind === 'answered' ? (failure.retryAfterMs ?? 0) : 0;
    return Math.max(asked, wait * (0.5 + 0.5 * this.#options.random()));
  }

  async #pause(ms: number): Promise<void> {
    if (this.#woken || this.#stopped.signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    using _timer = this.#options.clock.setTimer(ms, resolve);
    await promise;
  }
}

/** Whatever goes wrong in here, the subscription is tried again. */
function defect(error: unknown): GraphResult<Held> {
  const detail = error instanceof Error ? error.name : 'unknown';
  return { ok: false, failure: { kind: 'interrupted', detail } };
}

function heldOf(result: GraphResult<Subscription>): GraphResult<Held> {
  return result.ok ? { ok: true, value: toHeld(result.value) } : result;
}

function toHeld({ id, expirationDateTime }: Subscription): Held {
  const expiresAt = Date.parse(expirationDateTime);
  return { id, expiresAt: Number.isNaN(expiresAt) ? 0 : expiresAt };
}

/** Before its keys: what Graph allows one of. */
function kindOf(resource: string): string {
  return resource.replace(/^\//, '').split(/[?(]/)[0]?.toLowerCase() ?? '';
}

function sameResource(a: string, b: string): boolean {
  const bare = (resource: string): string => resource.replace(/^\//, '').toLowerCase();
  return bare(a) === bare(b);
}
