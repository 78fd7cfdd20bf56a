import type { RemoteId } from '../../core/ids.ts';
import type { DialogId } from './door.ts';
import type { Failure } from './errors.ts';

/** A text to be brought to the peer; named by who sends it. */
export type TextId = string;

/** How the sending of a text ended. */
export type TextEnd =
  | { readonly kind: 'delivered'; readonly dialog: DialogId; readonly remote: RemoteId }
  | { readonly kind: 'failed'; readonly failure: Failure };

/**
 * The sessions of one endpoint with one peer, reduced to the one that texts are sent in. At most one text is under
 * way at a time.
 *
 *   none ─► inviting ─► open ─► none           a text finds no session and opens one
 *   none ─► joining  ─► open                   the peer opens one
 *   none ─► ringing  ─► joining | none         the peer opens one, which is left ringing at first
 *   inviting ─► yielding ─► joining | open     both do: theirs is taken up, ours taken back
 *   any ─► leaving                             the endpoint is about to go
 */
export type SessionState =
  | { readonly kind: 'none' }
  /** Ours rings. Without a `text` nobody waits for it any more. */
  | {
      readonly kind: 'inviting';
      readonly dialog: DialogId;
      readonly text: TextId | undefined;
      readonly givenUp: boolean;
    }
  /**
   * Theirs rings, here and at the person's own clients. A text to be sent waits until it is taken up: what rang may not
   * be in the ledger yet, and the peer would be told that it has arrived.
   */
  | { readonly kind: 'ringing'; readonly dialog: DialogId; readonly waiting: Waiting | undefined }
  /** Theirs is being taken up; `waiting` is sent in it then. */
  | { readonly kind: 'joining'; readonly dialog: DialogId; readonly waiting: Waiting | undefined }
  /** Glare: ours is being taken back, but the peer may have taken it up in that moment. */
  | {
      readonly kind: 'yielding';
      readonly ours: DialogId;
      readonly theirs: DialogId;
      readonly theirsIs: 'joining' | 'open' | 'gone';
      readonly text: Waiting | undefined;
    }
  | {
      readonly kind: 'open';
      readonly dialog: DialogId;
      /** Unix ms of the last message either way. */
      readonly lastAt: number;
      readonly sending: Waiting | undefined;
      /** The session ended while a text was under way in it. */
      readonly gone: boolean;
      /** The peer has opened another one meanwhile. */
      readonly successor: DialogId | undefined;
    }
  /** Nothing is begun any more; what rang is being taken back. */
  | { readonly kind: 'leaving'; readonly underWay: UnderWay | undefined };

/** A text whose fate is open while the endpoint leaves. */
export interface UnderWay {
  readonly text: TextId;
  /** Where it is. */
  readonly dialog: DialogId;
  /** What to say of it where nobody took it up before it was taken back. */
  readonly unanswered: Failure;
}

/** `fresh` is an unused name for a session, should this text have to open one. */
export interface Waiting {
  readonly text: TextId;
  readonly fresh: DialogId;
}

export type SessionEvent =
  | { readonly kind: 'send'; readonly text: TextId; readonly fresh: DialogId; readonly at: number }
  /** The peer's invitation; what it said has been taken. */
  | { readonly kind: 'invited'; readonly dialog: DialogId }
  /** The peer's invitation, to be left ringing until `invited` comes for it. */
  | { readonly kind: 'rang'; readonly dialog: DialogId }
  | { readonly kind: 'joined'; readonly dialog: DialogId; readonly at: number }
  | { readonly kind: 'accepted'; readonly dialog: DialogId; readonly remote: RemoteId; readonly at: number }
  | {
      readonly kind: 'inviteFailed';
      readonly dialog: DialogId;
      readonly failure: Failure;
      readonly at: number;
    }
  | { readonly kind: 'sent'; readonly text: TextId; readonly remote: RemoteId; readonly at: number }
  | { readonly kind: 'sendFailed'; readonly text: TextId; readonly failure: Failure }
  | { readonly kind: 'heard'; readonly dialog: DialogId; readonly at: number }
  | { readonly kind: 'ended'; readonly dialog: DialogId }
  /** The endpoint is about to go. */
  | { readonly kind: 'leave' }
  /** The deadline of a text. */
  | { readonly kind: 'deadline'; readonly text: TextId }
  /** Some time after the deadline: the network has not said what became of the text. */
  | { readonly kind: 'overdue'; readonly text: TextId }
  | { readonly kind: 'tick'; readonly at: number };

export type SessionCommand =
  | { readonly kind: 'invite'; readonly dialog: DialogId; readonly text: TextId }
  | { readonly kind: 'cancel'; readonly dialog: DialogId }
  | { readonly kind: 'join'; readonly dialog: DialogId }
  | { readonly kind: 'post'; readonly dialog: DialogId; readonly text: TextId }
  | { readonly kind: 'stop'; readonly dialog: DialogId }
  | { readonly kind: 'settle'; readonly text: TextId; readonly end: TextEnd };
