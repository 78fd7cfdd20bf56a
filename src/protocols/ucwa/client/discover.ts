import { expectShape, failureOf, headerText, jsonOf } from './answers.ts';
import { ConnectionFailed, RequestFailed, UnexpectedAnswer } from './failures.ts';
import type { HttpAnswer } from './http.ts';
import { checks } from './shapes.ts';
import type { Transport } from './transport.ts';
import { isWithin, mayFollow } from './trust.ts';
import { ticketServiceOf, type WebTicket } from './web-ticket.ts';

/** Where to ask for a sign-in address of this domain, best first. */
export function entriesOf(sipDomain: string): readonly URL[] {
  return [
    new URL(`https://lyncdiscoverinternal.${sipDomain}/`),
    new URL(`https://lyncdiscover.${sipDomain}/`),
  ];
}

/** What autodiscovery learnt of a pool and all its accounts share. */
export interface Discovery {
  /** Finds the application collection of one account, asking for a ticket where the servers want one. */
  locate(ticketAt: (service: URL) => WebTicket, signal: AbortSignal): Promise<Located>;
  /** To be told of every failure at the pool: some of them mean that what was learnt is out of date. */
  noteFailure(error: unknown): void;
}

export interface Located {
  readonly applications: URL;
  readonly ticket: WebTicket;
}

export interface DiscoveryOptions {
  readonly transport: Transport;
  /** Tried in this order. */
  readonly entries: readonly URL[];
  /** Domains that an answer over plain HTTP may lead to; the sign-in address's own belongs in it. */
  readonly trustedDomains: readonly string[];
}

const maxHops = 8;
const requestTimeoutMs = 15_000;
const connectionFailuresBeforeForgetting = 5;

/**
 * What was learnt is kept until a 403, a 502 or repeated connection failures, as the documentation prescribes;
 * no other status says anything about it.
 */
export function createDiscovery({ transport, entries, trustedDomains }: DiscoveryOptions): Discovery {
  let user: URL | undefined;
  const services = new Map<string, URL>();
  let failures = 0;

  const forget = (): void => {
    user = undefined;
    services.clear();
    failures = 0;
  };

  const follow = (href: string, from: URL): URL => {
    const to = URL.parse(href, from);
    if (!to || !mayFollow(from, to, trustedDomains)) {
      throw new UnexpectedAnswer(`autodiscover: ${from.host} leads to a place that is not trusted`);
    }
    return to;
  };

  /** An HTTP redirect is for getting to HTTPS; unlike a redirect link it may not lead to another domain. */
  const movedTo = (answer: HttpAnswer, from: URL): URL => {
    const to = follow(headerText(answer.headers, 'location') ?? '', from);
    const isOwn =
      to.hostname === from.hostname || trustedDomains.some((domain) => isWithin(to.hostname, domain));
    if (!isOwn) throw new RequestFailed(404, undefined);
    return to;
  };

  const get = (url: URL, token: string | undefined, signal: AbortSignal): Promise<HttpAnswer> =>
    transport.send({
      method: 'GET',
      url,
      headers: {
        accept: 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      signal,
      timeoutMs: requestTimeoutMs,
    });

  /** A ticket service gets a password, so where it stands is checked like a redirect. */
  const serviceAt = (url: URL, answer: HttpAnswer): URL => {
    const service = follow(ticketServiceOf(headerText(answer.headers, 'www-authenticate'), url).href, url);
    services.set(url.origin, service);
    return service;
  };

  const walk = async (
    start: URL,
    ticketAt: (service: URL) => WebTicket,
    signal: AbortSignal,
  ): Promise<Located> => {
    let url = start;
    let ticket: WebTicket | undefined;
    for (let hop = 0; hop < maxHops; hop += 1) {
      const known = services.get(url.origin);
      if (known && url.href === user?.href) ticket ??= ticketAt(known);
      let token = await ticket?.current(signal);
      let answer = await get(url, token, signal);
      if (answer.status === 401) {
        ticket = ticketAt(serviceAt(url, answer));
        token = token === undefined ? await ticket.current(signal) : await ticket.renewed(token, signal);
        answer = await get(url, token, signal);
      }
      if (answer.status >= 301 && answer.status <= 308) {
        url = movedTo(answer, url);
        continue;
      }
      if (answer.status !== 200) throw failureOf(answer);
      const links = expectShape(checks.autodiscover, jsonOf(answer), 'autodiscover')._links;
      if (links.applications && ticket) {
        return { applications: follow(links.applications.href, url), ticket };
      }
      const next = links.user ?? links.redirect;
      if (!next) throw new UnexpectedAnswer('autodiscover: neither user, redirect nor applications');
      const to = follow(next.href, url);
      if (links.user) user ??= to;
      if (to.origin !== url.origin) ticket = undefined;
      url = to;
    }
    throw new UnexpectedAnswer('autodiscover: too many redirects');
  };

  return {
    async locate(ticketAt, signal) {
      let last: unknown = new UnexpectedAnswer('autodiscover: no entry');
      for (const start of user ? [user] : entries) {
        try {
          const located = await walk(start, ticketAt, signal);
          failures = 0;
          return located;
        } catch (error) {
          last = error;
          const nextMayDoBetter =
            error instanceof ConnectionFailed || (error instanceof RequestFailed && error.status === 404);
          if (!nextMayDoBetter) break;
        }
      }
      throw last;
    },
    noteFailure(error) {
      if (error instanceof RequestFailed && (error.status === 403 || error.status === 502)) forget();
      if (!(error instanceof ConnectionFailed)) return;
      failures += 1;
      if (failures >= connectionFailuresBeforeForgetting) forget();
    },
  };
}
