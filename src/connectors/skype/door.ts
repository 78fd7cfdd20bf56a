import type { RemoteId } from '../../core/ids.ts';
import type { Body } from '../../core/message.ts';
import type { SipUri } from '../../core/people.ts';
import type { Presence } from '../../core/presence/presence.ts';
import type { Remarks } from '../../core/presence/remarks.ts';
import type { Failure } from './errors.ts';

/** A way into one pool: as an endpoint of each person (UCWA), or as a trusted application (SIP). */
export interface Door extends AsyncDisposable {
  /** Makes an endpoint and keeps it alive until it is disposed. Returns at once; see `ready`. */
  open(account: DoorAccount, listener: DoorListener): DoorEndpoint;
  /** How the pool can be reached now, as far as its endpoints have noticed. */
  readonly health: DoorHealth;
  /**
   * How long the pool surely lets an invitation ring at the endpoints of whom it is for, ms. What is to be taken up at
   * all must be taken up before.
   */
  readonly ringMs: number;
  /** Whether an endpoint that shows nothing may receive: whoever is shown Offline can then be written to. */
  readonly receivesUnseen: boolean;
}

export type DoorHealth =
  | { readonly kind: 'untried' }
  | { readonly kind: 'reached'; readonly since: number }
  | { readonly kind: 'failing'; readonly since: number; readonly failure: Failure };

export interface DoorAccount {
  /** Everybody at a pool is watched through the gateway's own account there, and nobody through anybody else's. */
  readonly of: 'person' | 'gateway';
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
  show(presence: Presence): Promise<Failure | undefined>;
  /** Shows nothing from now on, and still has invitations come. Only where {@link Door.receivesUnseen}. */
  receive(): Promise<Failure | undefined>;
  /**
   * Shows nothing from now on and receives nothing new; what is under way goes on. Left out where an endpoint has to go in
   * order to be unseen.
   */
  hide?(): Promise<Failure | undefined>;
  /**
   * Takes back what it shows as the person's own choice, before it goes: clients of the person's own would go on showing
   * that. Left out where what an endpoint shows goes with it.
   */
  release?(): Promise<Failure | undefined>;
  /** The person's note, now and after every loss, while the endpoint shows presence; an empty text takes it away. */
  note(text: string): Promise<Failure | undefined>;
  /** The note is the person's own by now: nothing of it is written again. */
  leaveNote(): void;
  /** Opens a session with a first text, and waits for its fate. `dialog` is good at once for `cancel`. */
  invite(dialog: DialogId, to: SipUri, text: string, options: InviteOptions): Promise<InviteEnd>;
  /** Takes back an invitation that rings; its fate still comes through `invite`. */
  cancel(dialog: DialogId): Promise<void>;
  /** @param id unique within the endpoint, 50 characters at most */
  send(dialog: DialogId, id: string, text: string): Promise<SendEnd>;
  /**
   * Takes up an invitation, at any time while it rings; it stops ringing at the person's other endpoints. Undefined when
   * texts can be sent. A failure of kind `ended`: it rings no more; `ended` of the listener says why.
   */
  accept(dialog: DialogId): Promise<Failure | undefined>;
  /** Gives an invitation back to the person's other endpoints, where it goes on ringing. */
  decline(dialog: DialogId): Promise<void>;
  end(dialog: DialogId): Promise<void>;
  /**
   * Whether the account's owner has a client of their own signed in beside this endpoint. `unknown` where the pool shows
   * only what all of them come to, and never rejects.
   */
  hasOthers(signal: AbortSignal): Promise<'yes' | 'no' | 'unknown'>;
  /** From now on exactly these people's presence is reported. */
  watch(people: ReadonlySet<SipUri>): Promise<Failure | undefined>;
  /**
   * As disposal, and says whether the pool has taken it: if not, it may be called again. Only where the pool would show the
   * person for minutes otherwise.
   */
  signOut?(): Promise<Failure | undefined>;
  /**
   * Goes without a word, as a client that crashes does: the pool is left to find out. Ends a disposal that still tries, too.
   * Nothing may be asked afterwards.
   */
  abandon(): void;
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
 * How a dialog ended, as far as the pool told this endpoint. All but `over` and `lost` are of an invitation that rang
 * here and was not taken up here.
 */
export type DialogEnd =
  /** A session that was taken up here; or the pool gave no reason that is known. */
  | 'over'
  /** The person has taken it up at another endpoint: the two go on talking there. */
  | 'answered-elsewhere'
  /** Declined here, or by the person at another endpoint for all of them. */
  | 'declined'
  /** Nobody took it up while the pool let it ring. */
  | 'missed'
  /** Whoever invited has taken the invitation back, or gone. */
  | 'caller-gave-up'
  /** This endpoint has lost its hold; at the person's other endpoints it may go on ringing. */
  | 'lost';

/**
 * What an endpoint hears. A promise holds back the acknowledgement to the pool until it settles; one that rejects
 * makes the door ask for the same again.
 */
export interface DoorListener {
  /**
   * It rings, here and at the person's other endpoints, and goes on ringing after the promise has settled: until
   * `accept` or `decline` is called, or `ended` says that it is over. The door never takes it up by itself.
   */
  invited(invitation: DoorInvitation): Promise<void> | undefined;
  received(message: DoorMessage): Promise<void> | undefined;
  /** Once for each dialog, also for one that was declined here or never taken up. */
  ended(dialog: DialogId, how: DialogEnd): void;
  presence(person: SipUri, presence: Presence, observedAt: number): void;
  remarks(person: SipUri, remarks: Remarks, observedAt: number): void;
  /** When the person last used a client, Unix ms. */
  lastActive(person: SipUri, at: number): void;
  /** Something came that could not be understood or done. */
  failed(failure: Failure): void;
}

/** Hears nothing: for who only registers, shows or watches through another endpoint. */
export const deaf: DoorListener = {
  invited: () => undefined,
  received: () => undefined,
  ended: () => undefined,
  presence: () => undefined,
  remarks: () => undefined,
  lastActive: () => undefined,
  failed: () => undefined,
};
