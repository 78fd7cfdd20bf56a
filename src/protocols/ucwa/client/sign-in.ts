import type { Clock } from './clock.ts';
import type { Discovery, Located } from './discover.ts';
import { createRequester, type Requester } from './requester.ts';
import type { Transport } from './transport.ts';
import { type Credentials, createWebTicket, type WebTicket } from './web-ticket.ts';

export interface SignInOptions {
  readonly transport: Transport;
  readonly discovery: Discovery;
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface SignedIn {
  readonly applications: URL;
  readonly requester: Requester;
}

/**
 * Finds where the account's applications are made, with a ticket for them.
 * @throws a `ClientFailure`, or the signal's reason
 */
export async function signIn({
  transport,
  discovery,
  credentials,
  clock,
  signal,
}: SignInOptions): Promise<SignedIn> {
  const tickets = new Map<string, WebTicket>();
  const ticketAt = (service: URL): WebTicket => {
    const known = tickets.get(service.href);
    if (known) return known;
    const ticket = createWebTicket({ transport, clock, service, credentials });
    tickets.set(service.href, ticket);
    return ticket;
  };
  let located: Located;
  try {
    located = await discovery.locate(ticketAt, signal);
  } catch (error) {
    discovery.noteFailure(error);
    throw error;
  }
  return { applications: located.applications, requester: createRequester(transport, located) };
}
