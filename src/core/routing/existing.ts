import type { Home, Side } from '../people.ts';
import { isSfbMode, type Policy, type RouteFacts } from './facts.ts';
import { type ConversationKind, type Route, route } from './route.ts';
import { obstacleRules } from './rules.ts';

/** A conversation that the two people have already, as it was when it was made. */
export interface ExistingThread {
  /** The side that the sender writes in. */
  readonly side: Side;
  readonly lands: readonly Side[];
  readonly conversation: ConversationKind;
  /** The recipient's home when the thread was made. */
  readonly toHome: Home;
  /** Of an SfB session: whether it still lives. A Teams thread persists. */
  readonly alive: boolean;
}

/** Whether an SfB session lives: `idleMs` of silence end it, and so does the end of the process that held it. */
export function isAlive(lastAt: number | undefined, now: number, idleMs: number): boolean {
  return lastAt !== undefined && now - lastAt < idleMs;
}

export type ExistingRoute =
  /** The message goes the way of its thread. */
  | {
      readonly kind: 'continues';
      readonly lands: readonly Side[];
      readonly conversation: ConversationKind;
      readonly because: string;
    }
  /** The thread's way is gone: nothing more can be sent in it. `cure` is for its writer. */
  | { readonly kind: 'closed'; readonly rule: ClosedRuleId; readonly because: string; readonly cure: string }
  /** The thread is over: this is a new conversation. */
  | { readonly kind: 'new'; readonly route: Route };

export type ClosedRuleId = 'upgraded' | 'lost-sfb' | 'lost-teams' | 'moved-home' | 'sender-lost-way';

/**
 * Where a message in an existing conversation lands. A Teams thread keeps its way as long as the way exists and is
 * closed when it does not; an SfB session keeps its way while it lives, and is followed by a new conversation.
 */
export function routeExisting(thread: ExistingThread, facts: RouteFacts, policy: Policy): ExistingRoute {
  if (thread.side === 'skype')
    return thread.alive
      ? continues(thread, 'The session is alive, so the message stays in it.')
      : { kind: 'new', route: route(facts, policy) };

  const rule = closedBy(thread, facts, policy);
  if (rule === undefined) return continues(thread, 'A Teams thread keeps the way it was made with.');
  return { kind: 'closed', rule, because: closedBecause[rule], cure: startAnew };
}

function continues({ lands, conversation }: ExistingThread, because: string): ExistingRoute {
  return { kind: 'continues', lands, conversation, because };
}

const startAnew = 'Start a new conversation with the person.';

const closedBecause: Readonly<Record<ClosedRuleId, string>> = {
  upgraded: 'The recipient uses Teams alone since, and this thread leads to Skype for Business.',
  'lost-sfb': 'The recipient is no longer enabled for Skype for Business, where this thread leads.',
  'lost-teams':
    "The recipient's mode keeps chats in Skype for Business since, and this thread leads to Teams.",
  'moved-home':
    "The recipient's Skype for Business account has moved to another home since this thread was made.",
  'sender-lost-way': 'The sender may no longer reach from Teams where this thread leads.',
};

function closedBy(thread: ExistingThread, facts: RouteFacts, policy: Policy): ClosedRuleId | undefined {
  const { scope, to } = facts;
  if (thread.lands.includes('skype')) {
    if (to.mode === 'TeamsOnly') return 'upgraded';
    if (to.home === 'none') return 'lost-sfb';
    if (policy === 'microsoft' && to.home !== thread.toHome) return 'moved-home';
  } else if (scope === 'federated' && isSfbMode(to.mode)) return 'lost-teams';
  if (policy === 'microsoft' && obstacleRules.some(({ applies }) => applies(facts, thread.lands)))
    return 'sender-lost-way';
  return undefined;
}
