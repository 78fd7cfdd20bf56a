import type { ShownPresence } from '../shared/presence/badge.ts';
import type { Reason } from './ucwa/events.ts';

const byAvailability: Readonly<Record<string, ShownPresence>> = {
  Online: { badge: 'available', words: 'Available' },
  IdleOnline: { badge: 'available', words: 'Inactive' },
  Busy: { badge: 'busy', words: 'Busy' },
  IdleBusy: { badge: 'busy', words: 'Busy (inactive)' },
  DoNotDisturb: { badge: 'do-not-disturb', words: 'Do Not Disturb' },
  BeRightBack: { badge: 'away', words: 'Be Right Back' },
  Away: { badge: 'away', words: 'Away' },
  Offline: { badge: 'offline', words: 'Offline' },
};

const byActivity: Readonly<Record<string, string>> = {
  'in-a-call': 'In a call',
  'on-the-phone': 'In a call',
  'in-a-conference': 'In a conference call',
  'in-a-meeting': 'In a meeting',
  presenting: 'Presenting',
  'in-presentation': 'Presenting',
  'off-work': 'Off Work',
  'out-of-office': 'Out of office',
  'urgent-interruptions-only': 'Urgent interruptions only',
};

/** A presence in the SfB client's words. An activity it does not know is drawn as it stands: pools localise it. */
export function shownPresence(availability: string, activity = ''): ShownPresence {
  const base = Object.hasOwn(byAvailability, availability) ? byAvailability[availability] : undefined;
  if (!base) return { badge: 'unknown', words: 'Presence unknown' };
  if (activity === '' || base.badge === 'offline') return base;
  const words = Object.hasOwn(byActivity, activity.toLowerCase())
    ? byActivity[activity.toLowerCase()]
    : activity;
  return { badge: activity === 'out-of-office' ? 'out-of-office' : base.badge, words: words ?? base.words };
}

/** What a person may choose to be shown as (PreferredAvailability). */
export const choices = [
  { words: 'Available', badge: 'available', availability: 'Online' },
  { words: 'Busy', badge: 'busy', availability: 'Busy' },
  { words: 'Do Not Disturb', badge: 'do-not-disturb', availability: 'DoNotDisturb' },
  { words: 'Be Right Back', badge: 'away', availability: 'BeRightBack' },
  { words: 'Off Work', badge: 'away', availability: 'Offwork' },
  { words: 'Appear Away', badge: 'away', availability: 'Away' },
] as const;
export type PresenceChoice = (typeof choices)[number];

/** Why a message did not reach `name`, as an SfB client tells it. */
export function failureWords(reason: Reason | undefined, name: string): string {
  switch (reason?.subcode ?? '') {
    case 'DoNotDisturb':
      return `${name} does not want to be disturbed.`;
    case 'Busy':
      return `${name} is busy and cannot take this message.`;
    case 'Declined':
    case 'Denied':
      return `${name} did not take up the conversation.`;
    case 'DestinationNotFound':
    case 'NormalizationFailed':
      return `${name} cannot be found. Check the address.`;
    case 'Timeout':
    case 'Missed':
      return `${name} did not answer.`;
    case 'Canceled':
      return 'The conversation was cancelled before the message arrived.';
    case 'FederationRequired':
    case 'NotAllowed':
    case 'InviteesOnly':
      return `Your organisation or that of ${name} does not allow this.`;
    case 'UnsupportedMediaType':
    case 'ModalityNotSupported':
    case 'NotAcceptable':
      return `${name} uses a client that does not take this kind of message.`;
    case 'Unavailable':
    case 'TemporarilyUnavailable':
    case 'Unreachable':
      return `${name} is unavailable or offline.`;
    case 'Ended':
    case 'ConversationNotFound':
    case 'CallTerminated':
      return 'The conversation has ended. Send the message again to start a new one.';
    default:
      break;
  }
  switch (reason?.code) {
    case 'ServiceFailure':
    case 'ServiceUnavailable':
    case 'GatewayTimeout':
      return 'The service is not available at the moment.';
    case 'EntityTooLarge':
      return 'The message is too long.';
    case undefined:
      return `${name} is unavailable or offline.`;
    default:
      return reason?.message || `${name} is unavailable or offline.`;
  }
}

/** The status line of a conversation that nobody is in any more. */
export function endWords(reason: Reason | undefined, name: string): string {
  switch (reason?.subcode ?? '') {
    case 'Removed':
    case 'Ejected':
      return 'You were removed from the conversation.';
    case 'Timeout':
    case 'Expired':
      return 'The conversation ended after a time of silence.';
    default:
      return `${name} has left the conversation.`;
  }
}
