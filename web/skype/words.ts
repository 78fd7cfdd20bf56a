import type { Reason } from './ucwa/events.ts';

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
