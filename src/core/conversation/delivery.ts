import type { RemoteId, ThreadKey } from '../ids.ts';
import type { Side } from '../people.ts';
import { catalogue, type Refusal } from '../refusals.ts';

/**
 * The life of one message after it is in the ledger, as a pure machine: {@link decide} takes the state and what
 * happened and returns the next state and what to do. The loop that runs it owns the clock and the networks.
 *
 *   routed ─► sending ─┬─► ended (delivered)
 *      │         ▲     ├─► asking ⇄ waitingToAsk (it did not say, and can)
 *      │         │     │      └─► ended
 *      │         └─ waiting ◄┘ (transient, or not there; time is left)
 *      └─► ended (native, echo, failed)
 */
export type DeliveryState =
  | { readonly kind: 'new' }
  | { readonly kind: 'sending'; readonly attempt: number }
  /** The outcome of an attempt is unknown and the network is being asked. */
  | (Doubt & { readonly kind: 'asking' })
  /** The network did not say, or said once that it is not there; it is asked again. */
  | (Doubt & { readonly kind: 'waitingToAsk' })
  /** Between two attempts; `refusal` says why the last one failed. */
  | { readonly kind: 'waiting'; readonly attempt: number; readonly refusal: Refusal }
  | { readonly kind: 'ended'; readonly end: End };

/** About an attempt; `refusal` says why it has no clear outcome. */
interface Doubt {
  readonly attempt: number;
  readonly refusal: Refusal;
  /** How often the network was asked, this time included. */
  readonly asked: number;
  /** It has said once that the message is not there. */
  readonly absent: boolean;
}

/** The one final state of a message. */
export type End =
  | {
      readonly kind: 'delivered';
      readonly side: Side;
      readonly thread: ThreadKey;
      readonly remoteId: RemoteId;
      readonly as: 'author' | 'gateway';
    }
  /** The network it was written in shows it to the recipient; there is nothing to bring anywhere. */
  | { readonly kind: 'native'; readonly rule: string }
  /** The gateway wrote it itself. */
  | { readonly kind: 'echo' }
  | { readonly kind: 'failed'; readonly refusal: Refusal };

/** What one attempt to bring a message to a network came to. */
export type DeliveryOutcome =
  /** `as` says in whose name it was written: the author's own, or the gateway's with the author named in the text. */
  | {
      readonly kind: 'delivered';
      readonly thread: ThreadKey;
      readonly remoteId: RemoteId;
      readonly as: 'author' | 'gateway';
    }
  /** It certainly was not shown and another attempt would end the same. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** It certainly was not shown; another attempt may do better, not sooner than `afterMs` if given. */
  | { readonly kind: 'transient'; readonly refusal: Refusal; readonly afterMs?: number }
  /** The network may or may not have taken it: it must be asked before another attempt. */
  | { readonly kind: 'uncertain'; readonly refusal: Refusal };

/** What a network answers when asked whether it has a message. */
export type Finding =
  | {
      readonly kind: 'found';
      readonly thread: ThreadKey;
      readonly remoteId: RemoteId;
      readonly as: 'author' | 'gateway';
    }
  | { readonly kind: 'absent' }
  /** The network cannot say. */
  | { readonly kind: 'unknown'; readonly refusal: Refusal };

export type DeliveryEvent =
  | { readonly kind: 'isEcho' }
  | { readonly kind: 'isNative'; readonly rule: string }
  | { readonly kind: 'isRefused'; readonly refusal: Refusal }
  /** It is to be brought to `side`. `attempted` is the number of attempts before a crash, 0 without one. */
  | { readonly kind: 'isRouted'; readonly attempted: number }
  | { readonly kind: 'attempted'; readonly outcome: DeliveryOutcome }
  /** The attempt was given up, because the recipient has read the message where it was written. */
  | { readonly kind: 'seen'; readonly rule: string }
  | { readonly kind: 'asked'; readonly finding: Finding }
  | { readonly kind: 'waited' };

export type DeliveryCommand =
  | { readonly kind: 'send'; readonly attempt: number }
  | { readonly kind: 'ask'; readonly attempt: number }
  | { readonly kind: 'wait'; readonly ms: number };

export interface DeliveryContext {
  /** The side that the message is brought to. */
  readonly side: Side;
  /** Unix ms. */
  readonly now: number;
  /** Unix ms: no attempt begins at or after it. */
  readonly deadlineAt: number;
  /** In [0, 1): spreads retries. */
  readonly random: number;
  readonly retry: RetryPolicy;
  /** Unix ms until which a network that could say for certain is asked again; undefined where none could. */
  readonly askUntil: number | undefined;
}

export interface RetryPolicy {
  /** Wait before the second attempt, ms; doubles with each further one. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
}

export const defaultRetry: RetryPolicy = { firstWaitMs: 250, longestWaitMs: 8_000 };

export interface Decision {
  readonly state: DeliveryState;
  readonly command: DeliveryCommand | undefined;
}

/** What to do next. Events that do not fit the state (late answers) change nothing. */
export function decide(state: DeliveryState, event: DeliveryEvent, context: DeliveryContext): Decision {
  switch (state.kind) {
    case 'new':
      return decideNew(state, event, context);
    case 'sending':
      if (event.kind === 'seen') return end({ kind: 'native', rule: event.rule });
      return event.kind === 'attempted'
        ? afterAttempt(state.attempt, event.outcome, context)
        : { state, command: undefined };
    case 'asking':
      return event.kind === 'asked'
        ? afterAsking(state, event.finding, context)
        : { state, command: undefined };
    case 'waitingToAsk':
      return event.kind === 'waited'
        ? ask({ ...state, asked: state.asked + 1 })
        : { state, command: undefined };
    case 'waiting':
      return event.kind === 'waited' ? send(state.attempt + 1) : { state, command: undefined };
    case 'ended':
      return { state, command: undefined };
  }
}

function decideNew(state: DeliveryState, event: DeliveryEvent, context: DeliveryContext): Decision {
  switch (event.kind) {
    case 'isEcho':
      return end({ kind: 'echo' });
    case 'isNative':
      return end({ kind: 'native', rule: event.rule });
    case 'isRefused':
      return fail(event.refusal);
    case 'isRouted': {
      const interrupted: Refusal = { id: 'uncertain', side: context.side };
      if (event.attempted > 0) return ask(doubt(event.attempted, interrupted));
      if (context.now >= context.deadlineAt) return fail({ id: 'deadline-passed', side: context.side });
      return send(1);
    }
    case 'attempted':
    case 'seen':
    case 'asked':
    case 'waited':
      return { state, command: undefined };
  }
}

function afterAttempt(attempt: number, outcome: DeliveryOutcome, context: DeliveryContext): Decision {
  switch (outcome.kind) {
    case 'delivered':
      return end({ ...outcome, side: context.side });
    case 'refused':
      return fail(outcome.refusal);
    case 'transient':
      return retryOrFail(attempt, outcome.refusal, outcome.afterMs ?? 0, context);
    case 'uncertain':
      return ask(doubt(attempt, outcome.refusal));
  }
}

function afterAsking(
  state: DeliveryState & { readonly kind: 'asking' },
  finding: Finding,
  context: DeliveryContext,
): Decision {
  switch (finding.kind) {
    case 'found':
      return end({ ...finding, kind: 'delivered', side: context.side });
    case 'absent': {
      const isSure = state.absent || context.askUntil === undefined;
      if (!isSure && context.now + settleMs < context.askUntil)
        return {
          state: { ...state, kind: 'waitingToAsk', absent: true },
          command: { kind: 'wait', ms: settleMs },
        };
      return retryOrFail(state.attempt, absentReason(state.refusal), 0, context);
    }
    case 'unknown': {
      const ms = backoffMs(state.asked, context.retry, context.random);
      if (context.askUntil === undefined || context.now + ms >= context.askUntil)
        return fail({ ...finding.refusal, id: 'uncertain' });
      return { state: { ...state, kind: 'waitingToAsk' }, command: { kind: 'wait', ms } };
    }
  }
}

/**
 * Between the two times that a network says that a message is not there, ms: a request whose connection broke may still
 * be on its way to it.
 */
const settleMs = 1_000;

/** Once the network has said that the message is not there, the failure is certain. */
function absentReason(refusal: Refusal): Refusal {
  return catalogue[refusal.id].certain ? refusal : { ...refusal, id: 'deadline-passed' };
}

function retryOrFail(attempt: number, refusal: Refusal, afterMs: number, context: DeliveryContext): Decision {
  const backoff = backoffMs(attempt, context.retry, context.random);
  // Everybody was asked to come back at the same time: they had better not.
  const asked = afterMs > 0 ? afterMs + Math.round(context.random * context.retry.firstWaitMs) : 0;
  const ms = Math.max(asked, backoff);
  if (context.now + ms >= context.deadlineAt) return fail(refusal);
  return { state: { kind: 'waiting', attempt, refusal }, command: { kind: 'wait', ms } };
}

/** Exponential with full jitter in the upper half, so that no two lanes retry in step. */
export function backoffMs(attempt: number, policy: RetryPolicy, random: number): number {
  const ceiling = Math.min(policy.longestWaitMs, policy.firstWaitMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}

function send(attempt: number): Decision {
  return { state: { kind: 'sending', attempt }, command: { kind: 'send', attempt } };
}

function doubt(attempt: number, refusal: Refusal): Doubt {
  return { attempt, refusal, asked: 1, absent: false };
}

function ask({ attempt, refusal, asked, absent }: Doubt): Decision {
  return { state: { kind: 'asking', attempt, refusal, asked, absent }, command: { kind: 'ask', attempt } };
}

function fail(refusal: Refusal): Decision {
  return end({ kind: 'failed', refusal });
}

function end(final: End): Decision {
  return { state: { kind: 'ended', end: final }, command: undefined };
}
