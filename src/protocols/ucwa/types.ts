import type { Reason } from './errors.ts';
import type { Link, ResourceInput } from './hal.ts';

export const availabilities = [
  'Online',
  'IdleOnline',
  'Busy',
  'IdleBusy',
  'DoNotDisturb',
  'BeRightBack',
  'Away',
  'Offline',
] as const;

/** What a reader of presence sees. `None`, or nothing at all, stands for a person who has published none. */
export type Availability = (typeof availabilities)[number];

export const preferredAvailabilities = [
  'Online',
  'Busy',
  'DoNotDisturb',
  'BeRightBack',
  'Away',
  'Offwork',
] as const;

/** What a person may choose. `Offwork` is read back as `Away` with the activity `off-work`. */
export type PreferredAvailability = (typeof preferredAvailabilities)[number];

export const conversationStates = [
  'Conferenced',
  'Conferencing',
  'Connected',
  'Connecting',
  'Disconnected',
  'Disconnecting',
  'Incoming',
  'InLobby',
] as const;
export type ConversationState = (typeof conversationStates)[number];

export const invitationStates = [
  'Alerting',
  'Cancelled',
  'Connected',
  'Connecting',
  'Declined',
  'Failed',
  'Forwarded',
  'TeamRing',
] as const;
export type InvitationState = (typeof invitationStates)[number];

export type MessagingState = 'Connecting' | 'Connected' | 'Disconnecting' | 'Disconnected';

export const messageFormats = ['Plain', 'Html'] as const;
export type MessageFormat = (typeof messageFormats)[number];

export const importances = ['Normal', 'Urgent', 'Emergency'] as const;
export type Importance = (typeof importances)[number];

export type Direction = 'Incoming' | 'Outgoing';

export const declineReasons = ['Local', 'Global', 'Unknown'] as const;
/** `Local`: this endpoint alone gives up; the others go on ringing. */
export type DeclineReason = (typeof declineReasons)[number];

export const contactTypes = ['User', 'Phone', 'Bot', 'ReplayBot'] as const;
export type ContactType = (typeof contactTypes)[number];

export const sourceNetworks = ['SameEnterprise', 'Federated', 'PublicCloud', 'Everyone', 'Unknown'] as const;
export type SourceNetwork = (typeof sourceNetworks)[number];

export const deviceTypes = ['Unknown', 'PC', 'Mobile', 'Web', 'DeskPhone'] as const;
export type DeviceType = (typeof deviceTypes)[number];

export type SubscriptionState = 'Connected' | 'Connecting' | 'Disconnected' | 'Disconnecting';

export type NoteType = 'Personal' | 'OutOfOffice';

/** Resources are added, updated and deleted; operations are started, updated and completed. */
export type EventType = 'added' | 'updated' | 'deleted' | 'started' | 'completed';

export interface EventLink extends Link {
  readonly rel: string;
}

/**
 * One event of a package. `_embedded` may be missing: then the link is to be read. `in` says which collection
 * the target entered or left: a `participant` in `typingParticipants` is no joining.
 */
export interface UcwaEvent {
  readonly link: EventLink;
  readonly type: EventType;
  readonly in?: EventLink;
  readonly status?: 'Success' | 'Failure';
  readonly reason?: Reason;
  readonly _embedded?: Readonly<Record<string, ResourceInput>>;
}

/** Events of one sender. The same sender may occur again later in the package: the order is global. */
export interface EventSender {
  readonly rel: string;
  readonly href: string;
  readonly events: readonly UcwaEvent[];
}

/**
 * The answer to a P-GET. Exactly one of `next`, `resume` (transient state was dropped, go on from here) and
 * `resync` (acknowledged out of window, read again) leads on.
 */
export interface EventPackage {
  readonly _links: {
    readonly self?: Link;
    readonly next?: Link;
    readonly resume?: Link;
    readonly resync?: Link;
  };
  readonly sender: readonly EventSender[];
}

/** Answer of the web ticket service to a granted request. */
export interface TokenResponse {
  /** Starts with `cwt=`, and goes into the header just so: `Authorization: Bearer cwt=…`. */
  readonly access_token: string;
  /** Seconds. */
  readonly expires_in: number;
  readonly ms_rtc_identityscope: 'local';
  readonly token_type: 'Bearer';
}

export const ucwaMediaType = 'application/vnd.microsoft.com.ucwa+json';
