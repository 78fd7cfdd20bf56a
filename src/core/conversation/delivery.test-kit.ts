import type { RemoteId, ThreadKey } from '../ids.ts';
import type { Refusal } from '../refusals.ts';
import {
  type DeliveryCommand,
  type DeliveryContext,
  type DeliveryEvent,
  type DeliveryState,
  decide,
  defaultRetry,
} from './delivery.ts';

export const thread = 'chat' as ThreadKey;
export const remoteId = '1' as RemoteId;
export const refusal: Refusal = { id: 'unreachable', side: 'skype' };

export function context(now = 0, canFind = false): DeliveryContext {
  return {
    side: 'skype',
    now,
    deadlineAt: 30_000,
    random: 0.5,
    retry: defaultRetry,
    askUntil: canFind ? 30_000 : undefined,
  };
}

/** What the machine makes of these events, one after another. */
export function run(
  events: readonly DeliveryEvent[],
  now = 0,
  canFind = false,
): { state: DeliveryState; commands: DeliveryCommand[] } {
  let state: DeliveryState = { kind: 'new' };
  const commands: DeliveryCommand[] = [];
  for (const event of events) {
    const decision = decide(state, event, context(now, canFind));
    state = decision.state;
    if (decision.command) commands.push(decision.command);
  }
  return { state, commands };
}
