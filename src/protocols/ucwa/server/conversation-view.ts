import type { DataContent } from '../data-uri.ts';
import type { ConversationState, Direction, InvitationState, MessageFormat } from '../types.ts';
import type { ApplicationScope } from './application-scope.ts';
import type { OutgoingCall, PersonCard } from './backend.ts';

/** The states of a conversation between two people. */
export type TalkState = Extract<ConversationState, 'Connecting' | 'Incoming' | 'Connected' | 'Disconnected'>;

/** What stays as it is from the invitation on. */
export interface ConversationFacts {
  readonly subject: string;
  readonly importance: OutgoingCall['importance'];
  readonly threadId: string;
  readonly direction: Direction;
  /** Text of the invitation. */
  readonly message: DataContent | undefined;
  readonly operationId: string | undefined;
}

/** A conversation as its resources and events show it. */
export interface ConversationView {
  readonly app: ApplicationScope;
  readonly id: string;
  readonly invitationId: string;
  readonly facts: ConversationFacts;
  readonly state: TalkState;
  readonly invitationState: InvitationState;
  readonly peer: PersonCard;
  readonly formats: readonly MessageFormat[];
}

export interface StoredMessage {
  readonly number: number;
  readonly direction: Direction;
  readonly content: DataContent;
  /** Unix ms. */
  readonly at: number;
  readonly operationId: string | undefined;
}
