import type { Clock } from '../../../core/clock.ts';
import type { SipUri } from '../../../core/people.ts';
import { toUcwaPreferred } from '../../../core/presence/scales.ts';
import {
  type Application,
  type ChannelTimers,
  type Discovery,
  type KeptApplication,
  keepApplication,
  limit,
  readContactModalities,
  type SendOutcome,
  type StartOutcome,
  search,
  signIn,
  stoppedError,
  type Transport,
} from '../../../protocols/ucwa/client/client.ts';
import type { DoorAccount, DoorEndpoint, DoorListener, InviteEnd, SendEnd } from '../door.ts';
import { type Failure, failureOfError, failureOfReason } from '../errors.ts';
import type { Gate } from '../gate.ts';
import { sipUri } from '../ids.ts';
import { createIncarnation, type Incarnation } from './incarnation.ts';

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
  readonly timers?: ChannelTimers;
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

const sessionEnded: Failure = { kind: 'ended', id: 'session-ended', detail: 'the session is over' };
const cannotReceive: Failure = {
  kind: 'refused',
  id: 'not-allowed',
  detail: 'an application that shows nothing gets no invitations',
};
const outcomeLost: Failure = {
  kind: 'uncertain',
  id: 'uncertain',
  detail: 'the endpoint was lost meanwhile',
};

export function openUcwaEndpoint(options: UcwaEndpointOptions): DoorEndpoint {
  const { account, listener, transport, discovery, clock } = options;
  let current: Incarnation | undefined;
  let watched: ReadonlySet<SipUri> = new Set();
  let note = '';

  const kept: KeptApplication = keepApplication({
    ...options,
    identity: { userAgent: 'Isthmus', culture: 'en-US' },
    mintEndpointId: () => options.endpointId,
    admit: (signal) => options.gate.enter(signal),
    signIn: (signal) => signIn({ transport, discovery, clock, signal, credentials: account }),
    opened(application) {
      const incarnation = createIncarnation({ ...options, application });
      current = incarnation;
      if (watched.size > 0) {
        void rewatch(incarnation);
      }
      if (note !== '') void renote(incarnation);
      return (notice) => incarnation.handle(notice);
    },
    closed() {
      current?.[Symbol.dispose]();
      current = undefined;
    },
    heard: options.reached,
    failed: options.failing,
    changed(state) {
      if (state.kind === 'running') options.reached();
      if (state.kind === 'stopped' && state.end.kind !== 'aborted') {
        listener.failed(failureOfError(stoppedError(state.end), false));
      }
      if (state.kind !== 'waiting') return;
      options.failing(state.failure);
      discovery.noteFailure(state.failure);
    },
  });

  async function rewatch(incarnation: Incarnation): Promise<void> {
    using limited = limit(clock, callMs);
    await incarnation
      .watch(watched, limited.signal)
      .catch((error: unknown) => listener.failed(failureOfError(error, false)));
  }

  async function renote({ application }: Incarnation): Promise<void> {
    using limited = limit(clock, callMs);
    await application
      .setNote(note, limited.signal)
      .catch((error: unknown) => listener.failed(failureOfError(error, false)));
  }

  const succeeded = <T>(outcome: T): T => {
    options.reached();
    return outcome;
  };

  /** The failure of a request in the words of this connector; the pool's health is noted beside. */
  const failed = (error: unknown, writes: boolean): Failure => {
    options.failing(error);
    return failureOfError(error, writes);
  };

  const running = async (signal: AbortSignal): Promise<Incarnation | Failure> => {
    try {
      await kept.running(signal);
      return current ?? sessionEnded;
    } catch (error) {
      return failed(error, false);
    }
  };

  return {
    get stopped() {
      return kept.state.kind === 'stopped';
    },

    async ready(signal) {
      const found = await running(signal);
      signal.throwIfAborted();
      return isFailure(found) ? found : undefined;
    },

    async show(presence) {
      const order = toUcwaPreferred(presence);
      if (order.kind !== 'set') return undefined;
      try {
        using limited = limit(clock, changeMs);
        await kept.show(order.availability, limited.signal);
        return undefined;
      } catch (error) {
        return failed(error, false);
      }
    },

    receive: async () => cannotReceive,

    async note(text) {
      note = text;
      using limited = limit(clock, callMs);
      const here = await running(limited.signal);
      if (isFailure(here)) return here;
      try {
        await here.application.setNote(text, limited.signal);
        return undefined;
      } catch (error) {
        return failed(error, false);
      }
    },

    async invite(dialog, to, text, { subject, thread }): Promise<InviteEnd> {
      using limited = limit(clock, inviteMs);
      const { signal } = limited;
      const here = await running(signal);
      if (isFailure(here)) return { kind: 'failed', failure: here };
      here.expect(dialog);
      try {
        const outcome = await here.messaging.start(
          {
            operationId: dialog,
            to,
            threadId: thread,
            content: { contentType: 'text/plain', text },
            ...(subject === undefined ? {} : { subject }),
          },
          signal,
        );
        return inviteEnd(succeeded(outcome), here, dialog, thread);
      } catch (error) {
        return { kind: 'failed', failure: failed(error, true) };
      } finally {
        here.forget(dialog);
      }
    },

    async cancel(dialog) {
      using limited = limit(clock, callMs);
      await quietly(current?.messaging.cancel(dialog, limited.signal));
    },

    async send(dialog, id, text): Promise<SendEnd> {
      const here = current;
      const conversation = here?.conversationOf(dialog);
      if (!here || conversation === undefined) return { kind: 'failed', failure: sessionEnded };
      try {
        const content = { contentType: 'text/plain', text } as const;
        using limited = limit(clock, sendMs);
        const outcome = await here.messaging.send(conversation, content, id, limited.signal);
        return sendEnd(succeeded(outcome), here);
      } catch (error) {
        return { kind: 'failed', failure: failed(error, true) };
      }
    },

    async accept(dialog) {
      const invitation = current?.invitationOf(dialog);
      if (!current || !invitation) return sessionEnded;
      try {
        using limited = limit(clock, callMs);
        const joined = await current.messaging.accept(invitation, limited.signal);
        return joined ? undefined : sessionEnded;
      } catch (error) {
        return failed(error, false);
      }
    },

    async decline(dialog) {
      const invitation = current?.invitationOf(dialog);
      if (!current || !invitation) return;
      using limited = limit(clock, callMs);
      await quietly(current.messaging.decline(invitation, 'Local', limited.signal));
    },

    async end(dialog) {
      const conversation = current?.conversationOf(dialog);
      if (!current || conversation === undefined) return;
      using limited = limit(clock, callMs);
      await quietly(current.messaging.stop(conversation, limited.signal));
    },

    async hasOthers(signal) {
      if (!current) return 'unknown';
      try {
        return await othersBeside(current.application, account.sip, signal);
      } catch {
        return 'unknown';
      }
    },

    async watch(people) {
      watched = new Set(people);
      try {
        using limited = limit(clock, changeMs);
        await kept.running(limited.signal);
        await current?.watch(watched, limited.signal);
        return undefined;
      } catch (error) {
        return failed(error, false);
      }
    },

    abandon: () => kept.abandon(),

    async [Symbol.asyncDispose]() {
      await kept[Symbol.asyncDispose]();
    },
  };
}

function inviteEnd(outcome: StartOutcome, here: Incarnation, dialog: string, thread: string): InviteEnd {
  switch (outcome.kind) {
    case 'accepted':
      return { kind: 'accepted', thread: outcome.threadId ?? thread, remote: here.nameOf(dialog) };
    case 'failed':
      return { kind: 'failed', failure: failureOfReason(outcome.reason) };
    case 'lost':
      return { kind: 'failed', failure: outcomeLost };
  }
}

function sendEnd(outcome: SendOutcome, here: Incarnation): SendEnd {
  switch (outcome.kind) {
    case 'sent':
      return { kind: 'sent', remote: here.nameOf(outcome.href) };
    case 'failed':
      return { kind: 'failed', failure: failureOfReason(outcome.reason) };
    case 'ended':
      return { kind: 'failed', failure: sessionEnded };
    case 'lost':
      return { kind: 'failed', failure: outcomeLost };
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
