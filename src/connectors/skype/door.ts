import type { RemoteId } from '../../core/ids.ts';
import type { Body } from '../../core/message.ts';
import type { SipUri } from '../../core/people.ts';
import type { Presence } from '../../core/presence/presence.ts';
import type { PreferredAvailability } from '../../protocols/ucwa/types.ts';
import type { Failure } from './errors.ts';

/** A way into one pool: as an endpoint of each person (UCWA), or as a trusted application (SIP). */
export interface Door extends AsyncDisposable {
  /** Makes an endpoint and keeps it alive until it is disposed. Returns at once; see `ready`. */
  open(account: DoorAccount, listener: DoorListener): DoorEndpoint;
  /** How the pool can be reached now, as far as its endpoints have noticed. */
  readonly health: DoorHealth;
}

export type DoorHealth =
  | { readonly kind: 'untried' }
  | { readonly kind: 'reached'; readonly since: number }
  | { readonly kind: 'failing'; readonly since: number; readonly failure: Failure };

export interface DoorAccount {
  readonly sip: SipUri;
  readonly username: string;
  readonly password: string;
}

/** One session between an endpoint and a peer. Minted by whoever starts it; unique within the endpoint. */
export type DialogId = string;

/** One endpoint of one account. No method throws for what the network does. */
export interface DoorEndpoint extends AsyncDisposable {
  /** Whether it has given up for good: the account is refused, or the pool wants no more of it. */
  readonly stopped: boolean;
  /** Undefined when the endpoint can be used, else why not. Rejects only with the signal's reason. */
  ready(signal: AbortSignal): Promise<Failure | undefined>;
  /** Publishes presence, now and after every loss; from then on invitations come. Undefined if it was taken. */
  show(availability: PreferredAvailability): Promise<Failure | undefined>;
  /** Opens a session with a first text, and waits for its fate. `dialog` is good at once for `cancel`. */
  invite(dialog: DialogId, to: SipUri, text: string, options: InviteOptions): Promise<InviteEnd>;
  /** Takes back an invitation that rings; its fate still comes through `invite`. */
  cancel(dialog: DialogId): Promise<void>;
  /** @param id unique within the endpoint, 50 characters at most */
  send(dialog: DialogId, id: string, text: string): Promise<SendEnd>;
  accept(dialog: DialogId): Promise<Failure | undefined>;
  /** Gives an invitation back to the person's other endpoints. */
  decline(dialog: DialogId): Promise<void>;
  end(dialog: DialogId): Promise<void>;
  /** From now on exactly these people's presence is reported. */
  watch(people: ReadonlySet<SipUri>): Promise<Failure | undefined>;
}

export interface InviteOptions {
  /** What the peer's client shows as the title of the session. */
  readonly subject?: string;
  readonly thread: string;
}

/** `remote` names the message within the endpoint's incarnation, stably. */
export type InviteEnd =
  | { readonly kind: 'accepted'; readonly thread: string; readonly remote: RemoteId }
  | { readonly kind: 'failed'; readonly failure: Failure };

export type SendEnd =
  | { readonly kind: 'sent'; readonly remote: RemoteId }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface DoorInvitation {
  readonly dialog: DialogId;
  readonly from: SipUri;
  readonly fromName: string;
  readonly thread: string;
  readonly remote: RemoteId;
  /** The first message, if it came with the invitation; it does not come again. */
  readonly body: Body | undefined;
  /** Unix ms. */
  readonly at: number;
}

export interface DoorMessage {
  readonly dialog: DialogId;
  readonly remote: RemoteId;
  readonly body: Body;
  /** Unix ms. */
  readonly at: number;
}

/**
 * What an endpoint hears. A promise holds back the acknowledgement to the pool until it settles; one that rejects
 * makes the door ask for the same again.
 */
export interface DoorListener {
  invited(invitation: DoorInvitation): Promise<void> | undefined;
  received(message: DoorMessage): Promise<void> | undefined;
  ended(dialog: DialogId): void;
  presence(person: SipUri, presence: Presence, observedAt: number): void;
  /** Something came that could not be understood or done. */
  failed(failure: Failure): void;
}
