import type { Clock } from '../clock.ts';
import type { SipLimits } from '../limits.ts';

/** Times of a connection in ms. 0 turns a limit off. */
export interface ConnectionTimes {
  /** To connect and to shake hands. */
  readonly open: number;
  /** From a message's first byte to its last: who sends a byte a second is cut off. Time that we are busy is not counted. */
  readonly message: number;
  /** Without a byte from the peer. */
  readonly idle: number;
  /** How often to ping; the peer has `pong` to answer with. */
  readonly ping: number;
  /** 0: an answer is not expected, as from Microsoft's clients and servers. */
  readonly pong: number;
  /** To let what is written go out after `close`. */
  readonly drain: number;
}

export const defaultTimes: ConnectionTimes = {
  open: 10_000,
  message: 15_000,
  idle: 900_000,
  ping: 0,
  pong: 10_000,
  drain: 2_000,
};

export interface ConnectionOptions {
  readonly clock: Clock;
  readonly times?: Partial<ConnectionTimes>;
  readonly limits?: SipLimits;
  /** Bytes that may wait for a peer who does not read; beyond it the connection is closed. 4 MiB unless said. */
  readonly maxQueued?: number;
  /** Whether a ping is answered (RFC 5626). Microsoft's clients want no answer. True unless said. */
  readonly answersPings?: boolean;
}

/** Who is at the other end. */
export interface Peer {
  readonly address: string;
  readonly port: number;
  readonly security:
    | { readonly kind: 'none' }
    /** `certificate`: the one that the peer showed, checked against our authorities; `undefined` if it showed none. */
    | { readonly kind: 'tls'; readonly certificate: PeerCertificate | undefined };
}

export interface PeerCertificate {
  /** Host names of the subject alternative names, lower case; the common name where there are none. */
  readonly names: readonly string[];
  /** SHA-256 of the certificate, upper-case hexadecimal pairs with colons. */
  readonly fingerprint: string;
}
