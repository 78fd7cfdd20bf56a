import type { Clock } from '../../../core/clock.ts';
import type { SipUri } from '../../../core/people.ts';
import type { Presence } from '../../../core/presence/presence.ts';
import { toUcwaPreferred } from '../../../core/presence/scales.ts';
import {
  type Application,
  type ChannelHandler,
  type ChannelTimers,
  type Discovery,
  type KeptApplication,
  type KeptState,
  keepApplication,
  limit,
  readContactModalities,
  search,
  signIn,
  stoppedError,
  type Transport,
} from '../../../protocols/ucwa/client/client.ts';
import type {
  DialogId,
  DoorAccount,
  DoorEndpoint,
  DoorListener,
  InviteEnd,
  InviteOptions,
  SendEnd,
} from '../door.ts';
import { type Failure, failureOfError } from '../errors.ts';
import type { Gate } from '../gate.ts';
import { sipUri } from '../ids.ts';
import { Incarnation } from './incarnation.ts';
import { sessionEnded } from './talks.ts';

export interface UcwaEndpointOptions {
  readonly account: DoorAccount;
  readonly listener: DoorListener;
  readonly transport: Transport;
  readonly discovery: Discovery;
  readonly clock: Clock;
  readonly random: () => number;
  /** The same for an account at every start, so that a new application takes the place of one that a crash left. */
  readonly endpointId: string;
  readonly gate: Gate;
  /** How often it is checked that the pool still tells of who is watched, ms. */
  readonly checkEveryMs?: number;
  readonly reached: () => void;
  readonly failing: (error: unknown) => void;
}

const callMs = 15_000;
/** Showing and watching may have to wait for a sign-in, and that for its turn. */
const changeMs = 60_000;
/** An invitation that nobody answers ends at the pool long before. */
const inviteMs = 180_000;
/** The pool fails a message that no client fetches within 30 s. */
const sendMs = 60_000;

/**
 * A person's own endpoint is there to be seen and for texts, and those are of high urgency, which never waits. What is of
 * less urgency there is only the echo of what the gateway has shown itself. 180 s is the pool's own time of an empty answer.
 */
const unhurried: ChannelTimers = { low: 1_800, medium: 1_800, timeout: 180 };
const identity = { userAgent: 'Isthmus', culture: 'en-US' };
const nobody: ReadonlySet<SipUri> = new Set();

const cannotReceive: Failure = {
  kind: 'refused',
  id: 'not-allowed',
  detail: 'an application that shows nothing gets no invitations',
};
export function openUcwaEndpoint(options: UcwaEndpointOptions): DoorEndpoint {
  return new UcwaEndpoint(options);
}

class UcwaEndpoint implements DoorEndpoint {
  readonly #options: UcwaEndpointOptions;
  readonly #kept: KeptApplication;
  #current: Incarnation | undefined;
  #watched: ReadonlySet<SipUri> = nobody;
  #note = '';

  constructor(options: UcwaEndpointOptions) {
    const { account, transport, discovery, clock, endpointId, gate } = options;
    this.#options = options;
    this.#kept = keepApplication({
      clock,
      random: options.random,
      ...(account.of === 'person' ? { timers: unhurried } : {}),
      identity,
      mintEndpointId: () => endpointId,
      admit: (signal) => gate.enter(signal),
      signIn: (signal) => signIn({ transport, discovery, clock, signal, credentials: account }),
      opened: (application) => this.#opened(application),
      closed: () => this.#closed(),
      heard: options.reached,
      failed: options.failing,
      changed: (state) => this.#changed(state),
    });
  }

  get stopped(): boolean {
    return this.#kept.state.kind === 'stopped';
  }

  async ready(signal: AbortSignal): Promise<Failure | undefined> {
    const found = await this.#running(signal);
    signal.throwIfAborted();
    return isFailure(found) ? found : undefined;
  }

  async show(presence: Presence): Promise<Failure | undefined> {
    const order = toUcwaPreferred(presence);
    if (order.kind !== 'set') return undefined;
    try {
      using limited = limit(this.#options.clock, changeMs);
      await this.#kept.show(order.availability, limited.signal);
      return undefined;
    } catch (error) {
      return this.#failed(error, false);
    }
  }

  async receive(): Promise<Failure> {
    return cannotReceive;
  }

  async note(text: string): Promise<Failure | undefined> {
    this.#note = text;
    using limited = limit(this.#options.clock, callMs);
    const here = await this.#running(limited.signal);
    if (isFailure(here)) return here;
    try {
      await here.application.setNote(text, limited.signal);
      return undefined;
    } catch (error) {
      return this.#failed(error, false);
    }
  }

  async invite(dialog: DialogId, to: SipUri, text: string, options: InviteOptions): Promise<InviteEnd> {
    using limited = limit(this.#options.clock, inviteMs);
    const { signal } = limited;
    const here = await this.#running(signal);
    if (isFailure(here)) return { kind: 'failed', failure: here };
    try {
      const end = await here.withTalks().invite({ ...options, dialog, to, text }, signal);
      this.#options.reached();
      return end;
    } catch (error) {
      return { kind: 'failed', failure: this.#failed(error, true) };
    }
  }

  async cancel(dialog: DialogId): Promise<void> {
    using limited = limit(this.#options.clock, callMs);
    await quietly(this.#current?.talks?.cancel(dialog, limited.signal));
  }

  async send(dialog: DialogId, id: string, text: string): Promise<SendEnd> {
    const talks = this.#current?.talks;
    if (!talks) return { kind: 'failed', failure: sessionEnded };
    try {
      using limited = limit(this.#options.clock, sendMs);
      const end = await talks.send(dialog, id, text, limited.signal);
      this.#options.reached();
      return end;
    } catch (error) {
      return { kind: 'failed', failure: this.#failed(error, true) };
    }
  }

  async accept(dialog: DialogId): Promise<Failure | undefined> {
    const talks = this.#current?.talks;
    if (!talks) return sessionEnded;
    try {
      using limited = limit(this.#options.clock, callMs);
      return await talks.accept(dialog, limited.signal);
    } catch (error) {
      return this.#failed(error, false);
    }
  }

  async decline(dialog: DialogId): Promise<void> {
    using limited = limit(this.#options.clock, callMs);
    await quietly(this.#current?.talks?.decline(dialog, limited.signal));
  }

  async end(dialog: DialogId): Promise<void> {
    using limited = limit(this.#options.clock, callMs);
    await quietly(this.#current?.talks?.end(dialog, limited.signal));
  }

  async hasOthers(signal: AbortSignal): Promise<'yes' | 'unknown'> {
    if (!this.#current) return 'unknown';
    try {
      return await othersBeside(this.#current.application, this.#options.account.sip, signal);
    } catch {
      return 'unknown';
    }
  }

  async watch(people: ReadonlySet<SipUri>): Promise<Failure | undefined> {
    this.#watched = new Set(people);
    try {
      using limited = limit(this.#options.clock, changeMs);
      await this.#kept.running(limited.signal);
      await this.#current?.watch(this.#watched, limited.signal);
      return undefined;
    } catch (error) {
      return this.#failed(error, false);
    }
  }

  async signOut(): Promise<Failure | undefined> {
    try {
      await this.#kept.signOut();
      return undefined;
    } catch (error) {
      return this.#failed(error, false);
    }
  }

  abandon(): void {
    this.#kept.abandon();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#kept[Symbol.asyncDispose]();
  }

  #opened(application: Application): ChannelHandler {
    const incarnation = new Incarnation({ ...this.#options, application });
    this.#current = incarnation;
    if (this.#watched.size > 0) void this.#rewatch(incarnation);
    if (this.#note !== '') void this.#renote(incarnation);
    return (notice) => incarnation.handle(notice);
  }

  #closed(): void {
    this.#current?.[Symbol.dispose]();
    this.#current = undefined;
  }

  #changed(state: KeptState): void {
    const { listener, discovery, reached, failing } = this.#options;
    switch (state.kind) {
      case 'opening':
        break;
      case 'running':
        reached();
        break;
      case 'waiting':
        failing(state.failure);
        discovery.noteFailure(state.failure);
        break;
      case 'stopped':
        if (state.end.kind !== 'aborted') listener.failed(failureOfError(stoppedError(state.end), false));
    }
  }

  async #rewatch(incarnation: Incarnation): Promise<void> {
    using limited = limit(this.#options.clock, callMs);
    await this.#report(incarnation.watch(this.#watched, limited.signal));
  }

  async #renote({ application }: Incarnation): Promise<void> {
    using limited = limit(this.#options.clock, callMs);
    await this.#report(application.setNote(this.#note, limited.signal));
  }

  async #report(work: Promise<void>): Promise<void> {
    await work.catch((error: unknown) => this.#options.listener.failed(failureOfError(error, false)));
  }

  async #running(signal: AbortSignal): Promise<Incarnation | Failure> {
    try {
      await this.#kept.running(signal);
      return this.#current ?? sessionEnded;
    } catch (error) {
      return this.#failed(error, false);
    }
  }

  /** The failure of a request in the words of this connector; the pool's health is noted beside. */
  #failed(error: unknown, writes: boolean): Failure {
    this.#options.failing(error);
    return failureOfError(error, writes);
  }
}

/**
 * A pool shows what all clients of a person can do together. The gateway's endpoint takes messages alone: who can do more
 * has a client of their own.
 */
async function othersBeside(
  application: Application,
  own: SipUri,
  signal: AbortSignal,
): Promise<'yes' | 'unknown'> {
  const found = await search(application, own.slice('sip:'.length), 10, signal);
  const contact = found.find(({ uri }) => sipUri(uri) === own);
  const modalities = contact ? await readContactModalities(application, contact, signal) : [];
  return modalities.some((modality) => modality !== 'Messaging') ? 'yes' : 'unknown';
}

function isFailure(found: Incarnation | Failure): found is Failure {
  return !('application' in found);
}

/** For what is only tidying up: if it fails, the pool's own time limits do the same. */
async function quietly(request: Promise<unknown> | undefined): Promise<void> {
  try {
    await request;
  } catch {
    // The pool ends it by itself.
  }
}
