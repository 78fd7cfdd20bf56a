import { otherSide, type Side, sides } from '../../core/people.ts';
import type { Policy, RouteFacts } from '../../core/routing/facts.ts';
import type { OwnClient } from '../../core/toasts/clients.ts';
import { planToast } from '../../core/toasts/plan.ts';
import type { ToastPolicy, ToastSettings } from '../../core/toasts/policy.ts';

/** Where a conversation pops up for a recipient who has a client on both sides, and where after that if nobody takes it up there. */
export interface ToastAnswer {
  readonly policy: ToastPolicy;
  readonly first: readonly Side[];
  readonly fallsOverTo: Side | null;
  /** When it falls over to `fallsOverTo`. */
  readonly afterMs: number | null;
}

const there: OwnClient = { there: 'yes', presence: undefined, usedAt: undefined };

/**
 * Undefined where there is nothing to choose: the message comes from Teams, lands in Teams alone, or the recipient is not
 * signed in on both sides. Of the two clients neither counts as idle, or as used last.
 */
export function explainToast(
  facts: RouteFacts,
  lands: readonly Side[],
  routing: Policy,
  configured: ToastPolicy,
  { fallOverMs, inDoNotDisturb }: Pick<ToastSettings, 'fallOverMs' | 'inDoNotDisturb'>,
): ToastAnswer | undefined {
  const onBoth = sides.every((side) => facts.to.signedIn.includes(side));
  if (facts.from.client !== 'skype' || !onBoth || !lands.includes('skype')) return undefined;
  const policy = routing === 'bridged' ? configured : lands.length === 2 ? 'dual' : 'single';
  const clients = { teams: there, skype: there };
  const plan = planToast({ policy, routing, lands, clients, inDoNotDisturb });
  switch (plan.kind) {
    case 'take':
      return undefined;
    case 'both':
      return { policy, first: ['teams', 'skype'], fallsOverTo: null, afterMs: null };
    case 'first':
      return plan.only
        ? { policy, first: [plan.side], fallsOverTo: null, afterMs: null }
        : { policy, first: [plan.side], fallsOverTo: otherSide(plan.side), afterMs: fallOverMs };
  }
}

const names: Readonly<Record<Side, string>> = { teams: 'Teams', skype: 'Skype for Business' };

export function toastText({ first, fallsOverTo, afterMs }: ToastAnswer): string {
  const where = first.map((side) => names[side]).join(' and in ');
  if (fallsOverTo === null) return `Pops up in ${where}.`;
  const seconds = (afterMs ?? 0) / 1000;
  return `Pops up in ${where}, or in the client that the recipient is active in or used last; after ${seconds} s in the other one.`;
}
