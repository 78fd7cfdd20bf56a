import type { Clock } from '../core/clock.ts';
import {
  type DeliveryCommand,
  type DeliveryEvent,
  type DeliveryOutcome,
  type DeliveryState,
  decide,
  type End,
  type Finding,
  type RetryPolicy,
} from '../core/conversation/delivery.ts';
import type { Body } from '../core/message.ts';
import type { Person, Side } from '../core/people.ts';
import type { Refusal } from '../core/refusals.ts';
import { deadline, pause } from './clock.ts';
import type { Connector, DeliveryOrder } from './connector.ts';
import type { Draining } from './draining.ts';
import type { Report } from './events.ts';
import type { Ledger, StoredMessage } from './ledger.ts';
import type { OwnWrites } from './own-writes.ts';
import { createReadMirror } from './read-mirror.ts';
import type { ThreadMemory } from './threads.ts';
import { createUntilKept } from './until-kept.ts';

/** Where a message is to go, decided before its first attempt. */
export type Route =
  | { readonly kind: 'echo' }
  | { readonly kind: 'native'; readonly rule: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | {
      readonly kind: 'bring';
      readonly side: Side;
      readonly author: Person;
      readonly recipient: Person;
      readonly body: Body;
      readonly rule: string;
    };

export interface DeliveryOptions {
  readonly ledger: Ledger;
  readonly threads: ThreadMemory;
  /** Told of every write at once, so that its echo is known for one. */
  readonly ownWrites: OwnWrites;
  readonly connectors: Readonly<Record<Side, Connector>>;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly retry: RetryPolicy;
  /** Further attempts wait for a turn: a side that is there again is not stormed. Left out: they do not wait. */
  readonly turns?: Readonly<Record<Side, Draining>>;
  readonly report: Report;
}

/** Kept of the deadline for asking the network about an attempt that had no answer, ms. */
const askingTimeMs = 1_500;
/** How long past the deadline a network may take to say whether it has the message, ms. */
const graceMs = 3_000;
/**
 * The same past a start after the deadline, ms. Longer: everything that the last run left is asked about at once, and to
 * be right is worth more to a sender who has waited anyway.
 */
const lateAskingMs = 15_000;

/**
 * Brings one message to its final state and records it. Runs the machine of `core/conversation` against the
 * clock and the networks. Rejects only when `signal` aborts (the gateway stops): then the message has no final
 * state and is found again at the next start.
 */
export type Deliver = (message: StoredMessage, route: Route, signal: AbortSignal) => Promise<End>;

export function createDelivery(options: DeliveryOptions): Deliver {
  const { ledger, connectors, clock, report } = options;
  const readMirror = createReadMirror({
    connectors,
    clock,
    fault: (error) => report({ kind: 'fault', where: 'read state', error }),
  });
  const untilKept = createUntilKept(options);

  function firstEvent(message: StoredMessage, route: Route): DeliveryEvent {
    switch (route.kind) {
      case 'echo':
        return { kind: 'isEcho' };
      case 'native':
        return { kind: 'isNative', rule: route.rule };
      case 'refused':
        return { kind: 'isRefused', refusal: route.refusal };
      case 'bring':
        return { kind: 'isRouted', attempted: message.attempts };
    }
  }

  async function perform(
    command: DeliveryCommand,
    message: StoredMessage,
    bring: Bring,
    askUntil: number,
    signal: AbortSignal,
  ): Promise<DeliveryEvent> {
    const now = clock.now();
    switch (command.kind) {
      case 'send': {
        const { side, rule } = bring;
        using limit = deadline(clock, message.deadlineAt - askingTimeMs - now, signal);
        using turn = await turnFor(side, command.attempt, limit.signal);
        signal.throwIfAborted();
        if (!turn) return { kind: 'attempted', outcome: noTurn(side) };
        const recorded = ledger.attempt({
          message: message.id,
          attempt: command.attempt,
          side,
          rule,
          at: now,
        });
        const order = await orderFor(message, bring, command.attempt, now);
        if (connectors[side].capabilities.canFind) watched(recorded);
        else if (!(await isKept(recorded))) return { kind: 'attempted', outcome: cannotRecord(side) };
        report({ kind: 'attempt', message: message.id, side: bring.side, attempt: command.attempt });
        using reading = readMirror.attempt(message, order, limit.signal);
        const outcome = await guarded(
          () => connectors[bring.side].deliver(order, reading.signal),
          bring.side,
        );
        signal.throwIfAborted();
        reading.ended(outcome);
        if (reading.wasRead && outcome.kind !== 'delivered') return { kind: 'seen', rule: 'read-in-teams' };
        noteOutcome(message, outcome);
        return { kind: 'attempted', outcome };
      }
      case 'ask': {
        using limit = deadline(clock, Math.max(0, askUntil - now) + graceMs, signal);
        const order = await orderFor(message, bring, command.attempt, now);
        const finding = await guarded(() => connectors[bring.side].find(order, limit.signal), bring.side);
        signal.throwIfAborted();
        ledger.note(message.id, { at: clock.now(), step: 'asked', detail: finding.kind });
        return { kind: 'asked', finding: asFinding(finding) };
      }
      case 'wait':
        ledger.note(message.id, { at: now, step: 'wait', detail: `${command.ms} ms` });
        await pause(clock, command.ms, signal);
        return { kind: 'waited' };
    }
  }

  /** Undefined where there was none in time. */
  function turnFor(side: Side, attempt: number, signal: AbortSignal): Promise<Disposable | undefined> {
    const turns = attempt > 1 ? options.turns?.[side] : undefined;
    return turns ? turns.turn(signal).catch(() => undefined) : Promise.resolve(atOnce);
  }

  async function orderFor(
    message: StoredMessage,
    bring: Bring,
    attempt: number,
    now: number,
  ): Promise<DeliveryOrder> {
    const threads = await options.threads.of(message.conversation);
    return {
      message: message.id,
      conversation: message.conversation,
      author: bring.author,
      recipient: bring.recipient,
      body: bring.body,
      writtenAt: message.writtenAt,
      writtenIn: message.side,
      thread: threads[bring.side],
      attempt,
      firstAttemptAt: message.firstAttemptAt ?? now,
    };
  }

  /**
   * A record that nothing waits for: lost with the process, it is found out again by asking the network. Later calls of
   * the ledger see it in any case.
   */
  function watched(recorded: Promise<void>): void {
    recorded.catch((error: unknown) => report({ kind: 'fault', where: 'the ledger', error }));
  }

  async function isKept(recorded: Promise<void>): Promise<boolean> {
    try {
      await recorded;
      return true;
    } catch (error) {
      report({ kind: 'fault', where: 'the ledger', error });
      return false;
    }
  }

  /**
   * Nothing waits for the end of a message that was shown. Of one that failed nobody is told before it is on record: a
   * crash in between would have it tried again, and shown after its sender was told otherwise.
   */
  async function recordEnd(message: StoredMessage, end: End, at: number, signal: AbortSignal): Promise<void> {
    const kept = untilKept(() => ledger.end(message.id, end, at), signal);
    if (end.kind === 'failed') await kept;
    else kept.catch(() => undefined);
  }

  function noteOutcome(message: StoredMessage, outcome: DeliveryOutcome): void {
    if (outcome.kind === 'delivered') return;
    const { id, detail } = outcome.refusal;
    const words = detail ? `${outcome.kind}: ${id} (${detail})` : `${outcome.kind}: ${id}`;
    ledger.note(message.id, { at: clock.now(), step: 'outcome', detail: words });
  }

  return async (message, route, signal) => {
    const side = route.kind === 'bring' ? route.side : message.side;
    const begunAt = clock.now();
    const isLate = begunAt >= message.deadlineAt;
    const askUntil = isLate ? begunAt + lateAskingMs : message.deadlineAt;
    let state: DeliveryState = { kind: 'new' };
    let event = firstEvent(message, route);
    for (;;) {
      const decision = decide(state, event, {
        side,
        now: clock.now(),
        deadlineAt: message.deadlineAt - askingTimeMs,
        random: options.random(),
        retry: options.retry,
        askUntil: connectors[side].capabilities.canFind ? askUntil : undefined,
      });
      state = decision.state;
      if (state.kind === 'ended') break;
      if (!decision.command || route.kind !== 'bring') throw new Error(`a message is stuck in ${state.kind}`);
      event = await perform(decision.command, message, route, askUntil, signal);
    }
    const at = clock.now();
    if (state.end.kind === 'delivered') {
      options.ownWrites.add(state.end.side, state.end.thread, state.end.remoteId);
      options.threads.note(message.conversation, state.end.side, state.end.thread);
    }
    await recordEnd(message, state.end, at, signal);
    report({
      kind: 'message-ended',
      message: message.id,
      conversation: message.conversation,
      from: message.side,
      end: state.end,
      tookMs: at - message.takenAt,
    });
    return state.end;
  };
}

const atOnce: Disposable = { [Symbol.dispose]: () => undefined };

function noTurn(side: Side): DeliveryOutcome {
  return { kind: 'transient', refusal: { id: 'overloaded', side } };
}

type Bring = Route & { readonly kind: 'bring' };

/** An attempt that could not be found out about after a crash is not made. */
function cannotRecord(side: Side): DeliveryOutcome {
  return { kind: 'transient', refusal: { id: 'ledger-full', side } };
}

/** A connector that throws has a defect; its outcome is unknown and the message goes on to a definite end. */
async function guarded<T extends DeliveryOutcome | Finding>(
  call: () => Promise<T>,
  side: Side,
): Promise<T | { readonly kind: 'uncertain'; readonly refusal: Refusal }> {
  try {
    return await call();
  } catch (error) {
    return { kind: 'uncertain', refusal: { id: 'uncertain', side, detail: String(error) } };
  }
}

function asFinding(finding: Finding | { readonly kind: 'uncertain'; readonly refusal: Refusal }): Finding {
  return finding.kind === 'uncertain' ? { kind: 'unknown', refusal: finding.refusal } : finding;
}
