import type { Side } from './people.ts';

/**
 * Every reason for which the gateway does not do what it was asked to, in one catalogue. `id` is stable and
 * documented; `cause` and `cure` are written for the person who is told. `certain` means the message surely
 * was not shown; `retry` means that another attempt inside the deadline may do better.
 */
export interface RefusalRule {
  readonly cause: string;
  readonly cure: string;
  readonly certain: boolean;
  readonly retry: boolean;
}

export const catalogue = {
  'no-such-person': {
    cause: '{person} is not known in {side}.',
    cure: 'Check the address, or ask your administrator to add the person to the directory.',
    certain: true,
    retry: false,
  },
  'not-enabled': {
    cause: '{person} is not enabled for {side}.',
    cure: 'Reach the person in another way, or ask your administrator to enable the account.',
    certain: true,
    retry: false,
  },
  'not-linked': {
    cause: 'The gateway may not act for {person} in {side}.',
    cure: 'Link the account in the console (people, link).',
    certain: true,
    retry: false,
  },
  'link-refused': {
    cause: '{side} refused the linked account of {person}.',
    cure: 'Sign in again for the gateway in the console (people, link).',
    certain: true,
    retry: false,
  },
  offline: {
    cause: '{person} is offline in {side}.',
    cure: 'Send the message again when the person is signed in.',
    certain: true,
    retry: false,
  },
  declined: {
    cause: '{person} declined the conversation.',
    cure: 'Try again later, or reach the person in another way.',
    certain: true,
    retry: false,
  },
  'do-not-disturb': {
    cause: '{person} does not want to be disturbed.',
    cure: 'Try again when the presence of the person has changed.',
    certain: true,
    retry: false,
  },
  'no-answer': {
    cause: '{person} did not take up the message in time.',
    cure: 'Send the message again, or reach the person in another way.',
    certain: true,
    retry: false,
  },
  'too-long': {
    cause: 'The message is longer than {side} takes.',
    cure: 'Send it in several shorter messages.',
    certain: true,
    retry: false,
  },
  empty: {
    cause: 'Nothing of the message can be shown in {side}.',
    cure: 'Send text; pictures, cards and files do not cross.',
    certain: true,
    retry: false,
  },
  'not-allowed': {
    cause: '{side} does not allow this message.',
    cure: 'Ask your administrator which policy of {side} forbids it.',
    certain: true,
    retry: false,
  },
  'not-possible': {
    cause: 'The coexistence rules refuse a message from you to {person}.',
    cure: 'Ask your administrator; `isthmus explain` shows the rule.',
    certain: true,
    retry: false,
  },
  'thread-closed': {
    cause:
      'This conversation led to {person} in Skype for Business on a way that is gone, because an account has changed since.',
    cure: 'Send the message again: that starts a new conversation with the person. If it is refused again, open a chat with the person in Teams.',
    certain: true,
    retry: false,
  },
  'domain-blocked': {
    cause: 'The organisations of you and {person} may not chat: one is on the block list for federation.',
    cure: 'Ask your administrator; the list is `federation.block` of the configuration.',
    certain: true,
    retry: false,
  },
  'domain-not-allowed': {
    cause: 'The organisations of you and {person} may not chat: one is not on the allow list for federation.',
    cure: 'Ask your administrator; the list is `federation.allow` of the configuration.',
    certain: true,
    retry: false,
  },
  unreachable: {
    cause: '{side} could not be reached.',
    cure: 'Send the message again later.',
    certain: true,
    retry: true,
  },
  throttled: {
    cause: '{side} is limiting how much the gateway may send.',
    cure: 'Send the message again later.',
    certain: true,
    retry: true,
  },
  'session-ended': {
    cause: 'The session in {side} ended before the message arrived.',
    cure: 'Send the message again.',
    certain: true,
    retry: true,
  },
  'unexpected-answer': {
    cause: '{side} gave an answer that the gateway does not understand.',
    cure: 'Ask your administrator to look at the trace of this message.',
    certain: true,
    retry: false,
  },
  uncertain: {
    cause: '{side} did not confirm the message: it may have been shown to {person}, or not.',
    cure: 'Ask the person before sending it again.',
    certain: false,
    retry: true,
  },
  'deadline-passed': {
    cause: 'The message could not be brought to {person} in time.',
    cure: 'Send the message again later.',
    certain: true,
    retry: false,
  },
  'ledger-full': {
    cause: 'The gateway cannot store messages at the moment.',
    cure: 'Send the message again later; the administrator must free disk space.',
    certain: true,
    retry: true,
  },
  overloaded: {
    cause: 'The gateway has too many messages under way.',
    cure: 'Send the message again later.',
    certain: true,
    retry: true,
  },
  malformed: {
    cause: '{side} sent something that does not follow its own rules.',
    cure: 'Ask your administrator to look at the log.',
    certain: true,
    retry: false,
  },
  unauthenticated: {
    cause: 'Something that claims to come from {side} could not prove it.',
    cure: 'Check the address and the secrets that the subscription was made with.',
    certain: true,
    retry: false,
  },
} as const satisfies Record<string, RefusalRule>;

export type RefusalId = keyof typeof catalogue;

/** A refusal in one case: which rule, where, about whom, and what the network said (never message text). */
export interface Refusal {
  readonly id: RefusalId;
  readonly side: Side;
  /** Display name or address of the person it is about. */
  readonly person?: string;
  /** For the administrator and the trace: status, code and diagnostics of the network. */
  readonly detail?: string;
}

const sideNames: Record<Side, string> = { teams: 'Teams', skype: 'Skype for Business' };

/** The two sentences a person reads. */
export function explain(refusal: Refusal): { readonly cause: string; readonly cure: string } {
  const rule = catalogue[refusal.id];
  const fill = (text: string): string =>
    text.replaceAll('{side}', sideNames[refusal.side]).replaceAll('{person}', refusal.person ?? 'The person');
  return { cause: fill(rule.cause), cure: fill(rule.cure) };
}
