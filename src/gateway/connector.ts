import type { DeliveryOutcome, Finding } from '../core/conversation/delivery.ts';
import type { ConversationId, MessageId, Pair, PersonId, RemoteId, ThreadKey } from '../core/ids.ts';
import type { Body } from '../core/message.ts';
import type { Person, Side } from '../core/people.ts';
import type { Presence } from '../core/presence/presence.ts';
import type { Remarks } from '../core/presence/remarks.ts';
import type { Refusal } from '../core/refusals.ts';

export type { DeliveryOutcome, Finding } from '../core/conversation/delivery.ts';

/**
 * One network behind the gateway. A connector translates and keeps sessions; it decides nothing about
 * routing, order, retries or deadlines, and keeps no message longer than the call that carries it.
 */
export interface Connector extends AsyncDisposable {
  readonly side: Side;
  readonly capabilities: Capabilities;

  /** Called once, before any other method. Resolves when the network can be heard (or is being retried). */
  start(sink: Sink): Promise<void>;

  /**
   * Brings one message to its recipient. Never called twice at a time for one conversation. Must settle
   * soon after `signal` aborts (the deadline); what it then answers is final for this attempt.
   * It never throws for what the network does: every outcome is a value.
   */
  deliver(order: DeliveryOrder, signal: AbortSignal): Promise<DeliveryOutcome>;

  /** Asks the network whether a write whose outcome is unknown is there. Called before any second attempt. */
  find(order: DeliveryOrder, signal: AbortSignal): Promise<Finding>;

  /**
   * Whether both people of a thread on this side see by themselves what is written in it; cheap, no I/O. Left out: they do
   * in every thread.
   */
  bothSee?(thread: ThreadKey): boolean;

  /** Tells the sender, in the client they wrote in, that their message failed and why. Same rules as `deliver`. */
  tell(notice: Notice, signal: AbortSignal): Promise<DeliveryOutcome>;

  /**
   * Shows `person` on this side with this presence, through an endpoint of the gateway's making.
   * `Offline` takes that endpoint away. Resolves when the network has taken it; latest call wins.
   */
  publish(person: Person, presence: Presence): Promise<PublishOutcome>;

  /** Whether this side can show the person at all, with what is linked now. */
  canShow(person: Person): Promise<boolean>;

  /**
   * Says this beside the presence with which `person` is shown on this side; without effect where they are not shown. It
   * goes when that presence does. Resolves when the network has taken it; latest call wins.
   */
  remark(person: Person, remarks: Remarks): Promise<PublishOutcome>;
  /**
   * The person has put their own words in the place of what was said there: it is neither to be said again, nor to be
   * taken away with the presence.
   */
  leaveRemarks(person: Person): void;

  /**
   * Called once after `start`: an earlier run ended with these people on show here. `Offline` for one of them takes away
   * what that run left, although this one has made no endpoint.
   */
  inherit(left: readonly OnShow[]): void;

  /**
   * From now on exactly these people's presence is reported to the sink; replaces the set before. How those are who are
   * new in it is reported at once.
   */
  watch(people: readonly Person[]): Promise<void>;

  /**
   * From now on exactly these people receive here what is sent to them also while they are shown `Offline`, where their
   * network lets an endpoint be there that shows nothing; replaces the set before. Left out where no network does.
   */
  receive?(people: readonly Person[]): Promise<void>;

  /** How the network can be reached now, for the console; cheap, no I/O. */
  status(): readonly LinkStatus[];

  /** Left out where the network keeps no read state of its people. */
  readonly reading?: Reading;

  /**
   * Whether what `author` writes reaches `recipient` in a session that both have taken up; cheap, no I/O. Left out where
   * a network has no sessions.
   */
  isTalking?(author: Person, recipient: Person): boolean;
}

/** Read state, as each person alone has it. Best effort: where the person is not linked, nothing is known or done. */
export interface Reading {
  /** Whether `person` has read this message, as far as can be told now; undefined where it never can. */
  hasRead(
    person: Person,
    thread: ThreadKey,
    message: RemoteId,
    signal: AbortSignal,
  ): Promise<boolean | undefined>;
  /** Marks everything in the thread as read by `person`. */
  markRead(person: Person, thread: ThreadKey, signal: AbortSignal): Promise<void>;
}

export interface Capabilities {
  /** Longest body, in bytes of UTF-8, that the network takes in one message. */
  readonly maxBodyBytes: number;
  /**
   * Whether `find` can say for certain that a write is not there. Then an attempt need not be on record before it is
   * made: after a crash the network is asked in any case.
   */
  readonly canFind: boolean;
  /** Formats `deliver` takes; the gateway converts to one of them. */
  readonly formats: readonly Body['format'][];
  /** How long what is published outlives a gateway that ended without a word, ms: the shortest that the network offers. */
  readonly endpointLeaseMs: number;
}

/** The gateway as a connector sees it. */
export interface Sink {
  /**
   * Hands over what somebody wrote. Resolves when it is in the ledger, on disk: only then may the network be
   * told that it was taken. Rejects with {@link IntakeRefused} when it cannot be kept; then it must not be acknowledged.
   */
  take(message: IncomingMessage): Promise<Taken>;

  /**
   * Somebody opens a conversation with a person whose own clients it may ring at, too. Resolves when it is decided what
   * becomes of it, and that is done as far as it is to be done at once. Rejects like `take`: then it is to be declined.
   * Left out: whatever rings is taken, and taken up, at once.
   */
  rings?(ring: IncomingRing): Promise<RingWatch>;

  /** What a watched person's side shows now. Reports of the gateway's own publications are expected and recognised. */
  presence(observed: PresenceObservation): void;

  /** What a watched person's side says beside their presence now; the same rules as for `presence`. */
  remarks(observed: RemarksObservation): void;

  /** When a watched person last used a client there, Unix ms. For who looks on: nothing is decided by it. */
  lastActive(side: Side, person: PersonId, at: number): void;

  /** The two people of a thread that the gateway has met before, or undefined. */
  peopleOf(side: Side, thread: ThreadKey): Promise<Pair | undefined>;

  /**
   * Whether it is on record how this came to be there, as a write of the gateway's or as somebody's own message: then it
   * is not the write whose answer was lost.
   */
  isAccountedFor(side: Side, thread: ThreadKey, remoteId: RemoteId): Promise<boolean>;

  /**
   * Called once before each acknowledgement of something taken. Resolves at once, unless the gateway has taken much upon
   * itself: then some time later, 2 s at most, so that the network sends less.
   */
  beforeAcknowledging(): Promise<void>;

  /**
   * So many messages came up by reading that no notification had told of: after a `gap` that was known (the gateway was
   * down, a subscription was lost), or out of `silence`. They were taken in like any other.
   */
  found(side: Side, messages: number, after: 'gap' | 'silence'): void;

  /** Input that was refused at the edge; counted by `id`, logged without content. */
  refused(side: Side, refusal: Refusal): void;
}

export type Taken = 'taken' | 'duplicate' | 'echo';

export class IntakeRefused extends Error {
  override name = 'IntakeRefused';
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.id);
    this.refusal = refusal;
  }
}

export interface IncomingMessage {
  readonly side: Side;
  readonly thread: ThreadKey;
  /** With `side` and `thread` it names the message for ever: the key that duplicates and echoes are known by. */
  readonly remoteId: RemoteId;
  readonly author: PersonId;
  readonly recipient: PersonId;
  readonly body: Body;
  /** Unix ms, by the network's clock. */
  readonly writtenAt: number;
  /** Unix ms, if the network has held it for the gateway since then: the deadline counts from there. */
  readonly heldSince?: number;
}

/** A conversation that rings at the gateway's endpoint of the recipient, and has not been taken up there. */
export interface IncomingRing {
  /** The text that it was opened with. Not handed to `take`: who is told of the ring does that. */
  readonly message: IncomingMessage;
  /** How long the network surely lets it ring, ms. */
  readonly ringMs: number;
  /** Whether the recipient has clients of their own there. Never rejects. */
  hasOthers(signal: AbortSignal): Promise<'yes' | 'no' | 'unknown'>;
  /** Takes it up, if it still rings; it stops ringing at the recipient's clients, and its author is told. */
  accept(): void;
}

/** Who wants to know what becomes of a ring. */
export interface RingWatch {
  /** Called once. */
  ended(how: RingEnd): void;
}

/** `over`: a session that was taken up has ended; `lost`: the gateway has lost its hold on it. */
export type RingEnd = 'answered-elsewhere' | 'declined' | 'missed' | 'caller-gave-up' | 'over' | 'lost';

export interface PresenceObservation {
  readonly side: Side;
  readonly person: PersonId;
  readonly presence: Presence;
  /** Unix ms; an observation older than the newest one of the same person and side is ignored. */
  readonly observedAt: number;
}

/** Somebody whom the gateway shows on a side where the authority over their presence is not. */
export interface OnShow {
  readonly person: Person;
  readonly presence: Presence;
  readonly remarks: Remarks;
}

export interface RemarksObservation {
  readonly side: Side;
  readonly person: PersonId;
  readonly remarks: Remarks;
  /** Unix ms; an observation older than the newest one of the same person and side is ignored. */
  readonly observedAt: number;
}

export interface DeliveryOrder {
  readonly message: MessageId;
  readonly conversation: ConversationId;
  readonly author: Person;
  readonly recipient: Person;
  readonly body: Body;
  readonly writtenAt: number;
  /** The side it was written in; the other one unless given. */
  readonly writtenIn?: Side;
  /** The thread on this side that carried this conversation last, if one did. It may have ended since. */
  readonly thread: ThreadKey | undefined;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Unix ms of the first attempt, where `find` starts to look. */
  readonly firstAttemptAt: number;
}

export interface Notice {
  readonly message: MessageId;
  readonly conversation: ConversationId;
  /** Who is told: the author of the failed message. */
  readonly to: Person;
  /** Whom the message was for. */
  readonly about: Person;
  readonly refusal: Refusal;
  /** Where and as what the failed message was written, so that the notice can point at it. */
  readonly thread: ThreadKey;
  readonly remoteId: RemoteId;
  /** The failed message's text, to be quoted (shortened by the connector). */
  readonly body: Body;
}

export type PublishOutcome =
  | { readonly kind: 'published' }
  | { readonly kind: 'failed'; readonly refusal: Refusal };

export type LinkStatus = {
  /** What is linked: a pool's name, `graph`, a person's endpoint. */
  readonly name: string;
  readonly state: 'connecting' | 'connected' | 'disconnected' | 'refused';
  readonly refusal?: Refusal;
  /** Unix ms. */
  readonly since: number;
};
