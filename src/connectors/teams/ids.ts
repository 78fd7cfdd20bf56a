import type { RemoteId, ThreadKey } from '../../core/ids.ts';

/** What a thread of this side is, and the id of its chat. */
export type TeamsThread =
  /** The one-to-one chat of the two people. */
  | { readonly kind: 'direct'; readonly chatId: string }
  /** A group of the gateway's account and one of the two, in which the gateway writes for the other. */
  | { readonly kind: 'proxy'; readonly chatId: string };

const proxyMark = 'proxy/';

export function threadKey(thread: TeamsThread): ThreadKey {
  return (thread.kind === 'proxy' ? proxyMark + thread.chatId : thread.chatId) as ThreadKey;
}

export function parseThreadKey(key: ThreadKey): TeamsThread {
  return key.startsWith(proxyMark)
    ? { kind: 'proxy', chatId: key.slice(proxyMark.length) }
    : { kind: 'direct', chatId: key };
}

/** Graph's message ids are unique inside their chat. */
export function remoteId(messageId: string): RemoteId {
  return messageId as RemoteId;
}
