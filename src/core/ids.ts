declare const brand: unique symbol;

/** A string that only the function minting it can produce; the compiler keeps different kinds apart. */
export type Brand<B extends string> = string & { readonly [brand]: B };

/** One human, named by the lower-cased user principal name (`alice@contoso.example`). */
export type PersonId = Brand<'PersonId'>;
/** Two people who chat, whatever chats and sessions carry it; see {@link conversationOf}. */
export type ConversationId = Brand<'ConversationId'>;
/** What somebody wrote; minted at intake, sorts by time of intake. */
export type MessageId = Brand<'MessageId'>;
/** A network's own name for a thread (Teams chat id, SfB session); minted and parsed by its connector alone. */
export type ThreadKey = Brand<'ThreadKey'>;
/** A network's own name for one message, unique inside its thread; minted and parsed by its connector alone. */
export type RemoteId = Brand<'RemoteId'>;

export type Pair = readonly [PersonId, PersonId];

export function personId(upn: string): PersonId {
  return upn.trim().toLowerCase() as PersonId;
}

/** The conversation of two people: the same id whoever is named first. */
export function conversationOf(a: PersonId, b: PersonId): ConversationId {
  return (a < b ? `${a}|${b}` : `${b}|${a}`) as ConversationId;
}

export function pairOf(conversation: ConversationId): Pair {
  const bar = conversation.indexOf('|');
  return [conversation.slice(0, bar) as PersonId, conversation.slice(bar + 1) as PersonId];
}
