import type { ChatMessage } from '../../resources.ts';

/**
 * A message as a client may see it: members of an enumeration that came after `unknownFutureValue` are
 * named only to those who ask for them.
 */
export function visibleMessage(message: ChatMessage, unknownEnumMembers: boolean): ChatMessage {
  return message.messageType === 'systemEventMessage' && !unknownEnumMembers
    ? { ...message, messageType: 'unknownFutureValue' }
    : message;
}
