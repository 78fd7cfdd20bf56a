import { createHash } from 'node:crypto';
import type { MessageId, RemoteId, ThreadKey } from '../../core/ids.ts';
import type { SipUri } from '../../core/people.ts';

/** What a thread of this side is: whose endpoint, with whom, and the pool's own name for it. */
export interface SkypeThread {
  readonly pool: string;
  /** The endpoint's account: a person's, or the gateway's own. */
  readonly owner: SipUri;
  readonly peer: SipUri;
  /** The thread id that both clients know. Opaque; it may outlive one session and be taken up by the next. */
  readonly thread: string;
}

export function threadKey({ pool, owner, peer, thread }: SkypeThread): ThreadKey {
  return [pool, owner, peer, thread].map(encodeURIComponent).join('/') as ThreadKey;
}

/**
 * The pool's name for the thread that a message begins, the same at every attempt to bring it: a client that has seen the first
 * ring shows the second in the same conversation, also when another endpoint or another run of the gateway rings.
 */
export function threadBegunBy(message: MessageId): string {
  return createHash('sha256').update(`thread ${message}`).digest('base64url').slice(0, 24);
}

/** Undefined for a key that this connector did not mint. */
export function parseThreadKey(key: ThreadKey): SkypeThread | undefined {
  const parts = key.split('/');
  if (parts.length !== 4) return undefined;
  try {
    const [pool = '', owner = '', peer = '', thread = ''] = parts.map(decodeURIComponent);
    return isSip(owner) && isSip(peer) ? { pool, owner, peer, thread } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A message's name: its address at the pool, within one incarnation of an endpoint, since a pool may give the same
 * addresses out again. The same package sent twice yields the same names.
 */
export function remoteId(incarnation: string, address: string): RemoteId {
  return createHash('sha256')
    .update(incarnation)
    .update('\n')
    .update(address)
    .digest('base64url')
    .slice(0, 24) as RemoteId;
}

/** `SIP:Bob@Contoso.example;gruu` → `sip:bob@contoso.example`; undefined if it is no SIP address. */
export function sipUri(address: string): SipUri | undefined {
  const found = /^(?:sips?:)?([^\s;?@:/]+@[^\s;?@:/]+)/i.exec(address.trim())?.[1];
  return found === undefined ? undefined : `sip:${found.toLowerCase()}`;
}

function isSip(text: string): text is SipUri {
  return text.startsWith('sip:');
}
