import type { Side } from '../people.ts';
import { isSfbMode, type RouteFacts } from './facts.ts';

/**
 * Where the recipient's side wants a new conversation, under both policies. The first rule that applies holds; one
 * always does. `sameClient` is the client it was sent from.
 */
export interface LandingRule {
  readonly id: string;
  readonly applies: (facts: RouteFacts) => boolean;
  readonly lands: readonly Side[] | 'sameClient';
  /** For the sender or an administrator; follows "because". */
  readonly because: string;
}

export const landingRules = [
  {
    id: 'recipient-teams-only',
    applies: ({ to }) => to.mode === 'TeamsOnly',
    lands: ['teams'],
    because: 'The recipient is TeamsOnly, so the message lands in Teams.',
  },
  {
    id: 'recipient-without-client',
    applies: ({ to }) => isSfbMode(to.mode) && to.home === 'none',
    lands: [],
    because:
      "The recipient's mode keeps chats in Skype for Business, but the recipient is not enabled for Skype for Business.",
  },
  {
    id: 'recipient-sfb',
    applies: ({ to }) => isSfbMode(to.mode),
    lands: ['skype'],
    because: "The recipient's mode keeps chats in Skype for Business, so the message lands there.",
  },
  {
    id: 'recipient-in-teams-alone',
    applies: ({ scope, from, to }) => to.home === 'none' && scope === 'inTenant' && from.client === 'teams',
    lands: ['teams'],
    because: 'The recipient is not enabled for Skype for Business, so the message stays in Teams.',
  },
  {
    id: 'federated-to-islands',
    applies: ({ scope }) => scope === 'federated',
    lands: ['skype'],
    because:
      'Nobody knows whether a person of another tenant who may use both clients uses Teams, so the message lands in Skype for Business.',
  },
  {
    id: 'islands-same-client',
    applies: ({ to }) => to.mode === 'Islands',
    lands: 'sameClient',
    because:
      'The recipient is in Islands mode in the same tenant, so the message lands in the client it was sent from.',
  },
  {
    id: 'legacy-signed-in-to-teams',
    applies: ({ from, to }) => from.client === 'teams' && to.signedIn.includes('teams'),
    lands: ['teams'],
    because:
      'The recipient is in Legacy mode and signed in to Teams, so a message from Teams stays in Teams.',
  },
  {
    id: 'legacy-not-in-teams',
    applies: ({ from }) => from.client === 'teams',
    lands: ['skype'],
    because:
      'The recipient is in Legacy mode and not signed in to Teams, so a message from Teams lands in Skype for Business.',
  },
  {
    id: 'legacy-two-toasts',
    applies: ({ to }) => to.home === 'online' && to.signedIn.includes('teams'),
    lands: ['teams', 'skype'],
    because:
      'The recipient is in Legacy mode, homed online and signed in to Teams too, so a message from Skype for Business lands in both clients.',
  },
  {
    id: 'legacy-sfb',
    applies: () => true,
    lands: ['skype'],
    because:
      'The recipient is in Legacy mode and either homed on-prem or not signed in to Teams, so a message from Skype for Business stays there.',
  },
] as const satisfies readonly LandingRule[];

export type LandingRuleId = (typeof landingRules)[number]['id'];

/**
 * Where Microsoft's tables say "Not Possible" although the recipient could be reached. Policy `microsoft` refuses,
 * policy `bridged` goes on, and the rules after it look at where the message lands then. Often none applies.
 */
export interface ObstacleRule {
  readonly id: string;
  readonly applies: (facts: RouteFacts, lands: readonly Side[]) => boolean;
  readonly refusedBecause: string;
  /** Where the message lands all the same: where it would have, or somewhere else. */
  readonly bridged: readonly Side[] | 'asIntended';
  readonly bridgedBecause: string;
}

export const obstacleRules = [
  {
    id: 'recipient-not-enabled',
    applies: ({ to }, lands) => to.home === 'none' && lands.includes('skype'),
    refusedBecause: 'The recipient is not enabled for Skype for Business, where the message would land.',
    bridged: ['teams'],
    bridgedBecause:
      "The recipient is not enabled for Skype for Business: the gateway's own address for the recipient brings the message to Teams.",
  },
  {
    id: 'on-prem-sender',
    applies: ({ scope, from }, lands) =>
      from.client === 'teams' &&
      from.home === 'onPrem' &&
      !(scope === 'inTenant' && !lands.includes('skype')),
    refusedBecause:
      "The sender's Skype for Business account is homed on-prem, and Microsoft lets nobody homed there reach Skype for Business or another tenant from Teams.",
    bridged: 'asIntended',
    bridgedBecause: "The sender is homed on-prem: the gateway reaches the sender's pool itself.",
  },
  {
    id: 'sender-not-enabled',
    applies: ({ from }, lands) => from.client === 'teams' && from.home === 'none' && lands.includes('skype'),
    refusedBecause:
      'The sender is not enabled for Skype for Business, and Microsoft brings nothing of such a sender there.',
    bridged: 'asIntended',
    bridgedBecause:
      "The sender is not enabled for Skype for Business: the message comes from the gateway's own address for the sender.",
  },
] as const satisfies readonly ObstacleRule[];

export type ObstacleRuleId = (typeof obstacleRules)[number]['id'];
