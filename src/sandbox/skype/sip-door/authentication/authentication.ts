import type { Header, SipMessage, SipRequest } from '../../../../protocols/sip/message.ts';
import type { Peer } from '../../../../protocols/sip/transport/options.ts';
import type { Refusal } from '../refusal.ts';

export type Verdict =
  /** The request is that person's. `headers` go into the answer. */
  | { readonly kind: 'granted'; readonly headers: readonly Header[] }
  | { readonly kind: 'challenge'; readonly status: 401 | 407; readonly headers: readonly Header[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Who is believed to be whom on one connection. */
export interface ConnectionAuthentication {
  /** A trusted application acts for everybody of the pool; anybody else for themselves. */
  readonly kind: 'person' | 'application';
  /** Whether the request comes from that person, whom its From names. */
  judge(request: SipRequest, address: string): Promise<Verdict>;
  /** Signs what goes out to somebody who signs. */
  seal(message: SipMessage): SipMessage;
}

/** How the peers of a door prove who they are. */
export type Authentication = (peer: Peer) => ConnectionAuthentication;
