/** Resources of Graph v1.0 as they stand on the wire: what both ends of the protocol share. Dates are ISO 8601 in UTC. */

export interface User {
  readonly id: string;
  readonly userPrincipalName: string;
  readonly displayName: string;
  readonly givenName: string | null;
  readonly surname: string | null;
  readonly mail: string | null;
  readonly jobTitle: string | null;
  readonly mobilePhone: string | null;
  readonly officeLocation: string | null;
  readonly preferredLanguage: string | null;
  readonly businessPhones: readonly string[];
}

/** With what Graph tells of a user only where `$select` names it. */
export interface DirectoryUser extends User {
  readonly accountEnabled: boolean;
  readonly userType: 'Member' | 'Guest';
  /** `SMTP:…`, `SIP:…`, `X500:…`: in capitals the primary one of its kind, in small letters the others. */
  readonly proxyAddresses: readonly string[];
  readonly onPremisesExtensionAttributes: ExtensionAttributes;
}

/** `extensionAttribute1` to `extensionAttribute15`. */
export type ExtensionAttributes = Readonly<Record<`extensionAttribute${number}`, string | null>>;

export type ChatType = 'oneOnOne' | 'group' | 'meeting' | 'unknownFutureValue';

export interface Chat {
  readonly id: string;
  readonly topic: string | null;
  readonly createdDateTime: string;
  readonly lastUpdatedDateTime: string;
  readonly chatType: ChatType;
  readonly webUrl: string | null;
  /** The tenant in which the chat was created. */
  readonly tenantId: string | null;
  readonly onlineMeetingInfo: null;
  readonly isHiddenForAllMembers?: boolean;
  /** Only in answers to delegated requests: the caller's own state. */
  readonly viewpoint?: ChatViewpoint;
  /** Only with `$expand=members`. */
  readonly members?: readonly ConversationMember[];
  /** Only with `$expand=lastMessagePreview`. */
  readonly lastMessagePreview?: ChatMessageInfo | null;
}

export interface ChatViewpoint {
  readonly isHidden: boolean;
  readonly lastMessageReadDateTime: string | null;
}

export interface ConversationMember {
  readonly '@odata.type': '#microsoft.graph.aadUserConversationMember';
  /** Names the membership, not the user; opaque. */
  readonly id: string;
  readonly roles: readonly string[];
  readonly displayName: string;
  readonly visibleHistoryStartDateTime: string | null;
  readonly userId: string;
  readonly email: string | null;
  readonly tenantId: string;
}

export type UserIdentityType =
  | 'aadUser'
  | 'onPremiseAadUser'
  | 'anonymousGuest'
  | 'federatedUser'
  | 'personalMicrosoftAccountUser'
  | 'skypeUser'
  | 'phoneUser'
  | 'unknownFutureValue'
  | 'emailUser';

export interface UserIdentity {
  readonly '@odata.type'?: '#microsoft.graph.teamworkUserIdentity';
  readonly id: string;
  readonly displayName: string | null;
  readonly userIdentityType?: UserIdentityType;
  readonly tenantId?: string;
}

export interface ApplicationIdentity {
  readonly id: string;
  readonly displayName: string | null;
  readonly applicationIdentityType?: string;
}

export interface IdentitySet {
  readonly application: ApplicationIdentity | null;
  readonly device: null;
  readonly user: UserIdentity | null;
}

export interface ItemBody {
  readonly contentType: 'text' | 'html';
  readonly content: string;
}

export type ChatMessageType =
  | 'message'
  | 'chatEvent'
  | 'typing'
  | 'unknownFutureValue'
  | 'systemEventMessage';

export interface ChatMessage {
  /** Unix ms as a string, strictly increasing inside a chat. */
  readonly id: string;
  /** Unix ms of the last change as a string: changes with every edit and reaction. */
  readonly etag: string;
  readonly replyToId: null;
  readonly messageType: ChatMessageType;
  readonly createdDateTime: string;
  readonly lastModifiedDateTime: string;
  readonly lastEditedDateTime: string | null;
  readonly deletedDateTime: string | null;
  readonly subject: string | null;
  readonly summary: string | null;
  readonly chatId: string;
  readonly importance: 'normal' | 'high' | 'urgent';
  readonly locale: string;
  readonly webUrl: string | null;
  readonly channelIdentity: null;
  readonly policyViolation: Readonly<Record<string, unknown>> | null;
  readonly eventDetail: EventMessageDetail | null;
  /** Null for system events. */
  readonly from: IdentitySet | null;
  readonly body: ItemBody;
  readonly attachments: readonly ChatMessageAttachment[];
  readonly mentions: readonly ChatMessageMention[];
  readonly reactions: readonly ChatMessageReaction[];
  /** Left out where nothing happened to the message since it was written. */
  readonly messageHistory?: readonly ChatMessageHistoryItem[];
}

export interface ChatMessageInfo {
  readonly id: string;
  readonly createdDateTime: string;
  readonly isDeleted: boolean;
  readonly messageType: ChatMessageType;
  readonly from: IdentitySet | null;
  readonly body: ItemBody;
  readonly eventDetail: EventMessageDetail | null;
}

export interface ChatMessageAttachment {
  readonly id: string | null;
  readonly contentType: string | null;
  readonly contentUrl: string | null;
  readonly content: string | null;
  readonly name: string | null;
  readonly thumbnailUrl: string | null;
}

export interface ChatMessageMention {
  /** Matches `<at id="…">` in the body. */
  readonly id: number;
  readonly mentionText: string;
  readonly mentioned: IdentitySet & { readonly conversation: null };
}

export interface ChatMessageReaction {
  /** A Unicode emoji, or one of the old names (`like`, `heart`, …). */
  readonly reactionType: string;
  readonly displayName: string | null;
  readonly reactionContentUrl: string | null;
  readonly createdDateTime: string;
  readonly user: IdentitySet;
}

export interface ChatMessageHistoryItem {
  readonly modifiedDateTime: string;
  readonly actions: 'reactionAdded' | 'reactionRemoved' | 'actionUndefined' | 'unknownFutureValue';
  readonly reaction: ChatMessageReaction | null;
}

export type EventMessageDetail =
  | {
      readonly '@odata.type':
        | '#microsoft.graph.membersAddedEventMessageDetail'
        | '#microsoft.graph.membersDeletedEventMessageDetail';
      readonly members: readonly UserIdentity[];
      readonly initiator: IdentitySet | null;
      readonly visibleHistoryStartDateTime?: string | null;
    }
  | {
      readonly '@odata.type': '#microsoft.graph.chatRenamedEventMessageDetail';
      readonly chatId: string;
      readonly chatDisplayName: string | null;
      readonly initiator: IdentitySet | null;
    };

/** An answer that carries several resources. `@odata.nextLink` is opaque: follow it as it is. */
export interface Collection<T> {
  readonly '@odata.context'?: string;
  readonly '@odata.count'?: number;
  readonly '@odata.nextLink'?: string;
  readonly value: readonly T[];
}
