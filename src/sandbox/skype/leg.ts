export type Format = 'Plain' | 'Html';

export interface Text {
  readonly contentType: 'text/plain' | 'text/html';
  readonly text: string;
}

/** What a caller asks for, and what rings at the callee. */
export interface Invitation {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly importance: 'Normal' | 'Urgent' | 'Emergency';
  readonly threadId: string;
  readonly message: Text | undefined;
}

/** How a session, or an attempt at one, is over for one of its ends. */
export type SessionEnd =
  | 'unknown'
  | 'notAllowed'
  | 'offline'
  | 'unreachable'
  | 'doNotDisturb'
  | 'busy'
  | 'declined'
  | 'noAnswer'
  | 'missed'
  | 'cancelledByMe'
  | 'cancelledByPeer'
  | 'connectedElsewhere'
  | 'endedByMe'
  | 'endedByPeer'
  | 'silence';

/** `refused`: the other client answered that it does not take the message. */
export type SendOutcome = 'delivered' | 'refused' | 'timeout' | 'ended' | 'unreachable';

/** One endpoint's hold on a session. What comes after its end does nothing. */
export interface Leg {
  /** Rings the other side. For the caller alone. */
  start(): void;
  /** False if another endpoint was first, or the caller has given up. */
  accept(): boolean;
  /** `endpoint`: the person's other endpoints go on ringing. */
  decline(scope: 'endpoint' | 'person'): void;
  /** Cancels while it rings, leaves afterwards. */
  hangUp(): void;
  /** `settled` is called exactly once. */
  send(text: Text, settled: (outcome: SendOutcome) => void): void;
  typing(): void;
}

/** Through which a leg's door is told of things. */
export interface LegSink {
  connected(peer: string, formats: readonly Format[]): void;
  /** `settled` once, when the client has taken or refused the message. Disposed to withdraw one whose time is over. */
  message(text: Text, settled: (isTaken: boolean) => void): Disposable;
  peerTyping(on: boolean): void;
  over(end: SessionEnd): void;
}
