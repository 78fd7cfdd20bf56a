import type { Chat, ChatViewpoint, ConversationMember } from '../../protocols/graph/resources.ts';
import type { ChatRecord } from '../../protocols/graph/server/backend.ts';
import type { MessageLog } from './message-log.ts';

/** One chat of the sandbox. `chat` and `members` are replaced, never changed, so that they can be handed out. */
export interface ChatState extends ChatRecord {
  chat: Chat;
  members: readonly ConversationMember[];
  readonly log: MessageLog;
  /** By user id; who has none has read nothing and hidden nothing. */
  readonly viewpoints: Map<string, ChatViewpoint>;
}

export const untouched: ChatViewpoint = { isHidden: false, lastMessageReadDateTime: null };
