import { otherSide, type Side, sides } from '../people.ts';
import type { Availability } from '../presence/presence.ts';
import type { Policy } from '../routing/facts.ts';
import { type OwnClient, type OwnClients, usedLast } from './clients.ts';
import type { ToastPolicy } from './policy.ts';

/** All that decides where a conversation that somebody opens in SfB pops up. */
export interface ToastFacts {
  readonly policy: ToastPolicy;
  /** The policy by which the message is routed: by `microsoft` it is shown where it lands, and nowhere else. */
  readonly routing: Policy;
  /** Where routing lets the message land; never empty. */
  readonly lands: readonly Side[];
  readonly clients: OwnClients;
  readonly inDoNotDisturb: boolean;
}

/** Where a conversation pops up. Whatever is planned, the message comes to lie in Teams unless it is answered in SfB. */
export type ToastPlan =
  /** There is nothing to choose: the gateway takes it up at once and brings it to Teams. */
  | { readonly kind: 'take'; readonly because: TakeReason }
  /** In both clients at once. */
  | { readonly kind: 'both' }
  /**
   * In one client; in the other one later, unless it is to be `only` there. Where Teams comes later and the person does
   * not want to be disturbed there, it waits there without a toast.
   */
  | { readonly kind: 'first'; readonly side: Side; readonly only: boolean };

export type TakeReason =
  | 'lands-in-teams'
  /** No client of the person's own is known to be signed in to SfB. */
  | 'no-client-in-skype'
  /** The person wants no toast in either client. */
  | 'do-not-disturb';

export function planToast(facts: ToastFacts): ToastPlan {
  const { lands, clients, routing } = facts;
  if (!lands.includes('skype')) return { kind: 'take', because: 'lands-in-teams' };
  if (clients.skype.there === 'no') return { kind: 'take', because: 'no-client-in-skype' };

  if (routing === 'microsoft') {
    if (clients.skype.there === 'unknown') return { kind: 'take', because: 'no-client-in-skype' };
    return lands.includes('teams') ? { kind: 'both' } : { kind: 'first', side: 'skype', only: true };
  }

  const open = sides.filter((side) => mayPopUp(side, facts));
  const [alone] = open;
  if (alone === undefined) return { kind: 'take', because: 'do-not-disturb' };
  if (open.length === 1) return { kind: 'first', side: alone, only: alone === 'teams' };
  if (facts.policy === 'dual')
    return clients.skype.there === 'yes' ? { kind: 'both' } : { kind: 'take', because: 'no-client-in-skype' };
  return { kind: 'first', side: firstSide(facts), only: false };
}

function mayPopUp(side: Side, { clients, inDoNotDisturb }: ToastFacts): boolean {
  return inDoNotDisturb || clients[side].presence?.availability !== 'DoNotDisturb';
}

/** The client that the person is at: not the one that stands idle, else the one used last. */
function firstSide({ clients, lands }: ToastFacts): Side {
  const idle = sides.filter((side) => isIdle(clients[side]));
  const [alone] = idle;
  if (alone !== undefined && idle.length === 1 && clients[otherSide(alone)].there === 'yes')
    return otherSide(alone);
  const unknown = sides.find((side) => clients[side].there !== 'yes');
  if (unknown !== undefined && clients[otherSide(unknown)].there === 'yes') return otherSide(unknown);
  return usedLast(clients) ?? (lands.includes('teams') ? 'teams' : 'skype');
}

const idleOnes: ReadonlySet<Availability> = new Set([
  'AvailableIdle',
  'BusyIdle',
  'BeRightBack',
  'Away',
  'Offline',
]);

function isIdle({ presence }: OwnClient): boolean {
  return presence !== undefined && idleOnes.has(presence.availability);
}
