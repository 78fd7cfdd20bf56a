import { grantTypes, parseChallenges } from '../www-authenticate.ts';
import { expectShape, failureOf, jsonOf } from './answers.ts';
import { type Clock, limit, orAbort } from './clock.ts';
import { RequestFailed, SignInRefused } from './failures.ts';
import { checks } from './shapes.ts';
import type { Transport } from './transport.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/**
 * Where a 401 says that a password buys a token.
 * @throws {SignInRefused} if it offers no such way
 * @throws {RequestFailed} if it offers none at all: then it is not a pool that answers
 */
export function ticketServiceOf(wwwAuthenticate: string | undefined, base: URL): URL {
  const challenges = parseChallenges(wwwAuthenticate ?? '');
  for (const challenge of challenges) {
    if (challenge.scheme !== 'MsRtcOAuth' || !challenge.grantTypes.includes(grantTypes.password)) continue;
    const href = URL.parse(challenge.href, base);
    if (href) return href;
  }
  if (challenges.length === 0) throw new RequestFailed(401, undefined);
  throw new SignInRefused('no-known-grant');
}

/** The token of one account at one web ticket service. */
export interface WebTicket {
  /** A token that is good for a while yet, bought if need be. */
  current(signal: AbortSignal): Promise<string>;
  /** A token other than `refused`. However many ask at once, one is bought. */
  renewed(refused: string, signal: AbortSignal): Promise<string>;
}

export interface WebTicketOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly service: URL;
  readonly credentials: Credentials;
}

interface Held {
  readonly token: string;
  readonly renewAt: number;
  readonly expiresAt: number;
}

const requestTimeoutMs = 30_000;
const maxMarginMs = 5 * 60_000;

export function createWebTicket(options: WebTicketOptions): WebTicket {
  return new KeptTicket(options);
}

class KeptTicket implements WebTicket {
  readonly #options: WebTicketOptions;
  #held: Held | undefined;
  #buying: Promise<Held> | undefined;

  constructor(options: WebTicketOptions) {
    this.#options = options;
  }

  async current(signal: AbortSignal): Promise<string> {
    const now = this.#options.clock.now();
    const held = this.#held;
    if (held && now < held.renewAt) return held.token;
    try {
      return (await this.#buy(signal)).token;
    } catch (error) {
      if (held && now < held.expiresAt && !signal.aborted && !(error instanceof SignInRefused))
        return held.token;
      throw error;
    }
  }

  async renewed(refused: string, signal: AbortSignal): Promise<string> {
    if (this.#held && this.#held.token !== refused) return this.#held.token;
    return (await this.#buy(signal)).token;
  }

  #buy(signal: AbortSignal): Promise<Held> {
    this.#buying ??= buyToken(this.#options)
      .then((bought) => {
        this.#held = bought;
        return bought;
      })
      .finally(() => {
        this.#buying = undefined;
      });
    return orAbort(this.#buying, signal);
  }
}

/** Not bound to one caller's signal: others may wait for the same token. */
async function buyToken({ transport, clock, service, credentials }: WebTicketOptions): Promise<Held> {
  using buying = limit(clock, requestTimeoutMs);
  const answer = await transport.send({
    method: 'POST',
    url: service,
    headers: {
      'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
      accept: 'application/json',
    },
    body: new URLSearchParams({
      grant_type: grantTypes.password,
      username: credentials.username,
      password: credentials.password,
    }).toString(),
    signal: buying.signal,
    timeoutMs: requestTimeoutMs,
  });
  const body = jsonOf(answer);
  // Without a word of OAuth it is not the ticket service that refuses, but something in between, or behind it.
  if ([400, 401, 403].includes(answer.status) && checks.tokenRefusal.Check(body)) {
    if (body.error !== 'server_error') throw new SignInRefused(body.error);
  }
  if (answer.status !== 200) throw failureOf(answer);
  const { access_token, expires_in } = expectShape(checks.token, body, 'token');
  const lifetime = expires_in * 1000;
  const now = clock.now();
  return {
    token: access_token,
    renewAt: now + lifetime - Math.min(maxMarginMs, lifetime / 10),
    expiresAt: now + lifetime,
  };
}
