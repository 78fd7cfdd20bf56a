import type { DataContent } from '../data-uri.ts';
import type {
  Availability,
  DeclineReason,
  DeviceType,
  Importance,
  MessageFormat,
  NoteType,
  PreferredAvailability,
  SourceNetwork,
} from '../types.ts';

/**
 * What the server asks of whoever holds people, presence and calls. Addresses are SIP addresses without the
 * scheme, in lower case. Every call is synchronous: what takes time is told through a sink.
 */
export interface UcwaBackend {
  signIn(username: string, password: string): SignInResult;
  /** `protocol`: the one over which the question came, so that the answer keeps to it. */
  homeOf(address: string, protocol: string): Home;
  /** One signed-in client. It publishes nothing until it is made available. */
  open(address: string, sink: EndpointSink): BackendEndpoint;
}

export type SignInResult =
  | { readonly kind: 'granted'; readonly address: string }
  | { readonly kind: 'denied' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number };

/** `elsewhere` carries the autodiscover root of the pool that has the person. */
export type Home =
  | { readonly kind: 'here' }
  | { readonly kind: 'elsewhere'; readonly root: string }
  | { readonly kind: 'unknown' };

export interface PersonCard {
  readonly address: string;
  readonly name: string;
  /** As the viewer sees it. */
  readonly sourceNetwork: SourceNetwork;
  readonly emailAddresses: readonly string[];
  readonly company?: string;
  readonly department?: string;
  readonly title?: string;
}

export interface PresenceView {
  readonly availability: Availability;
  readonly activity?: string;
  readonly deviceType: DeviceType;
  /** Unix ms; absent for somebody never seen. */
  readonly lastActive?: number;
}

export interface ContactGroup {
  readonly id: string;
  readonly name: string;
  readonly kind: 'pinned' | 'default' | 'custom';
  readonly contacts: readonly string[];
}

export type ContactChange = 'presence' | 'note' | 'location' | 'modalities';

export type GroupResult = 'done' | 'unknown' | 'exists' | 'tooMany' | 'fixed';

export interface MakeAvailable {
  readonly modalities: readonly string[];
  readonly formats: readonly MessageFormat[];
  readonly signInAs: PreferredAvailability | undefined;
  readonly inactiveAfterMs: number | undefined;
}

/** What stands beside a presence: the person's own words, or in their place the reply of a calendar. */
export interface NoteView {
  readonly message: string;
  readonly type: NoteType;
}

export interface BackendEndpoint {
  readonly me: PersonCard;
  makeAvailable(input: MakeAvailable): void;
  setFormats(formats: readonly MessageFormat[]): void;
  reportActivity(): void;
  presence(): PresenceView;
  /** Undefined takes the person's choice back. */
  choosePresence(choice: PreferredAvailability | undefined): void;
  note(): NoteView;
  setNote(text: string): void;
  location(): string;
  setLocation(text: string): void;

  /** Anybody with an address has a card, known or not. */
  card(address: string): PersonCard;
  search(query: string): readonly PersonCard[];
  presenceOf(address: string): PresenceView;
  noteOf(address: string): NoteView;
  locationOf(address: string): string;
  modalitiesOf(address: string): readonly string[];
  /**
   * Changes come through {@link EndpointSink.contactChanged} from now on. Who is watched already stays watched once.
   *
   * @returns the same address as the text that all who watch have in common: copies of their own would fill the memory.
   */
  watch(address: string): string;
  unwatch(address: string): void;

  contacts(): readonly string[];
  groups(): readonly ContactGroup[];
  addGroup(name: string): GroupResult;
  renameGroup(id: string, name: string): GroupResult;
  removeGroup(id: string): GroupResult;
  addToGroup(id: string, address: string): GroupResult;
  removeFromGroup(id: string, address: string): GroupResult;

  /** Nothing happens until `start`, so that the caller can make ready for what the sink will be told. */
  call(input: OutgoingCall, sink: CallSink): BackendCall;
  close(): void;
}

export interface EndpointSink {
  selfChanged(what: 'presence' | 'note' | 'location'): void;
  contactChanged(address: string, what: ContactChange): void;
  contactListChanged(change: ContactListChange): void;
  /** Undefined: no further call can be taken. */
  invited(invitation: IncomingInvitation, call: BackendCall): CallSink | undefined;
}

export type ContactListChange =
  | { readonly kind: 'group'; readonly id: string; readonly change: 'added' | 'updated' | 'deleted' }
  | {
      readonly kind: 'contact';
      readonly address: string;
      readonly groupId: string;
      readonly change: 'added' | 'deleted';
    };

export interface OutgoingCall {
  readonly to: string;
  readonly subject: string;
  readonly importance: Importance;
  readonly threadId: string;
  readonly message: DataContent | undefined;
}

export interface IncomingInvitation {
  readonly from: PersonCard;
  readonly subject: string;
  readonly importance: Importance;
  readonly threadId: string;
  readonly message: DataContent | undefined;
}

/** One endpoint's hold on a call. Calls on a call that is over do nothing. */
export interface BackendCall {
  start(): void;
  /** False if another endpoint was first, or the caller gave up. */
  accept(): boolean;
  decline(reason: DeclineReason): void;
  /** Cancels while it rings, hangs up afterwards. */
  hangUp(): void;
  /** `settled` is called exactly once. */
  send(content: DataContent, settled: (outcome: SendOutcome) => void): void;
  typing(): void;
}

export interface CallSink {
  connected(peer: PersonCard, formats: readonly MessageFormat[]): void;
  /** `taken` when the client has proved receipt. Disposed to withdraw a message whose time is over. */
  message(content: DataContent, taken: () => void): Disposable;
  peerTyping(on: boolean): void;
  over(reason: CallEnd): void;
}

export const callEnds = [
  'unknown',
  'notAllowed',
  'offline',
  'unreachable',
  'doNotDisturb',
  'busy',
  'declined',
  'noAnswer',
  'missed',
  'cancelledByMe',
  'cancelledByPeer',
  'connectedElsewhere',
  'endedByMe',
  'endedByPeer',
  'silence',
] as const;

export type CallEnd = (typeof callEnds)[number];

export type SendOutcome = 'delivered' | 'timeout' | 'ended' | 'unreachable';
