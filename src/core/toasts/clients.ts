import { type Side, sides } from '../people.ts';
import { isSignedIn, type Presence } from '../presence/presence.ts';

/** What is known of a person's own client on one side; the gateway's endpoint is none. */
export interface OwnClient {
  /** `unknown` where the side shows only what the gateway itself published there. */
  readonly there: 'yes' | 'no' | 'unknown';
  /** What it showed when that could be told last; undefined while it cannot. */
  readonly presence: Presence | undefined;
  /** Unix ms at which the person last wrote, read or answered there; undefined if never. */
  readonly usedAt: number | undefined;
}

export type OwnClients = Readonly<Record<Side, OwnClient>>;

export type ClientEvent =
  /** The side reports something; `own` is the person's own part of it, undefined if the gateway's explains it. */
  | { readonly kind: 'seen'; readonly side: Side; readonly own: Presence | undefined }
  /** The person wrote, read or answered there. */
  | { readonly kind: 'used'; readonly side: Side; readonly at: number }
  /** A toast found somebody there, or nobody. */
  | { readonly kind: 'present' | 'absent'; readonly side: Side };

const unheardOf: OwnClient = { there: 'unknown', presence: undefined, usedAt: undefined };
export const unknownClients: OwnClients = { teams: unheardOf, skype: unheardOf };

/**
 * Follows where a person has clients. While the gateway shows the person on a side, a client there that shows the same
 * comes and goes unseen: one that was there counts as there until it is found absent.
 */
export function noteClient(clients: OwnClients, event: ClientEvent): OwnClients {
  return { ...clients, [event.side]: noted(clients[event.side], event) };
}

function noted(client: OwnClient, event: ClientEvent): OwnClient {
  switch (event.kind) {
    case 'seen':
      if (event.own === undefined)
        return { ...client, there: client.there === 'yes' ? 'yes' : 'unknown', presence: undefined };
      return { ...client, there: isSignedIn(event.own) ? 'yes' : 'no', presence: event.own };
    case 'used':
      return { ...client, there: 'yes', usedAt: Math.max(event.at, client.usedAt ?? event.at) };
    case 'present':
      return { ...client, there: 'yes' };
    case 'absent':
      return { ...client, there: 'no', presence: undefined };
  }
}

/** The side that the person used later; undefined if neither is known to have been used. */
export function usedLast(clients: OwnClients): Side | undefined {
  const [first] = sides
    .filter((side) => clients[side].usedAt !== undefined)
    .sort((a, b) => (clients[b].usedAt ?? 0) - (clients[a].usedAt ?? 0));
  return first;
}
