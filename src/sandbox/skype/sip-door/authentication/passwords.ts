import { digestSecret } from '../../../../protocols/sip/auth/digest.ts';
import {
  challenge,
  checkDigest,
  type DigestRealm,
  digestCredentials,
} from '../../../../protocols/sip/auth/digest-server.ts';
import type { Nonces } from '../../../../protocols/sip/auth/nonces.ts';
import { ntHash } from '../../../../protocols/sip/auth/ntlm/keys.ts';
import { NtlmServer } from '../../../../protocols/sip/auth/ntlm-server.ts';
import { parseNameAddr } from '../../../../protocols/sip/headers/name-addr.ts';
import { type Header, header, type SipMessage, type SipRequest } from '../../../../protocols/sip/message.ts';
import { domainOf } from '../../account.ts';
import type { SignInGuard } from '../../sign-in.ts';
import { addressOfUri } from '../address.ts';
import { type Refusal, refusals } from '../refusal.ts';
import type { Authentication, ConnectionAuthentication, Verdict } from './authentication.ts';

export type PasswordScheme = 'ntlm' | 'digest';

export interface PasswordOptions {
  /** Offered to who shows no credentials. */
  readonly schemes: readonly PasswordScheme[];
  readonly guard: SignInGuard;
  readonly nonces: Nonces;
  /** The name that NTLM clients sign for. */
  readonly fqdn: string;
  readonly random: (size: number) => Uint8Array;
}

/** What Microsoft's servers call theirs. */
const realm = 'SIP Communications Service';

/** People whose word is remembered on one connection; beyond it the oldest is asked again. */
const maxRemembered = 64;

/** Passwords, by NTLM with signed messages or by Digest. */
export function byPassword(options: PasswordOptions): Authentication {
  return () => new PasswordConnection(options);
}

class PasswordConnection implements ConnectionAuthentication {
  readonly kind = 'person';
  readonly #options: PasswordOptions;
  readonly #ntlm: NtlmServer;
  readonly #realms: readonly DigestRealm[];
  /** Who proved themselves here, with the NTLM association that signs for them. */
  readonly #granted = new Map<string, string | undefined>();
  /** Whose each association is: its user's name alone does not say so. */
  readonly #owners = new Map<string, string>();

  constructor(options: PasswordOptions) {
    this.#options = options;
    const { fqdn, random, nonces, schemes } = options;
    const [netbiosComputer = fqdn, ...rest] = fqdn.split('.');
    const dnsDomain = rest.join('.') || fqdn;
    this.#ntlm = new NtlmServer({
      realm,
      targetName: fqdn,
      names: {
        netbiosDomain: (rest[0] ?? netbiosComputer).toUpperCase(),
        netbiosComputer: netbiosComputer.toUpperCase(),
        dnsDomain,
        dnsComputer: fqdn,
      },
      random,
    });
    // COMPAT: SIPE takes Digest as a proxy's challenge only; others take it from either, and with NTLM beside it from a 401.
    const roles = schemes.includes('ntlm') ? (['server', 'proxy'] as const) : (['proxy', 'server'] as const);
    this.#realms = roles.map((role) => ({ role, realm, algorithms: ['MD5'], nonces }));
  }

  async judge(request: SipRequest, address: string): Promise<Verdict> {
    for (const each of this.#realms) {
      const credentials = digestCredentials(request, each);
      if (credentials === undefined || !this.#options.schemes.includes('digest')) continue;
      const user = this.#addressOf(credentials.user, '', address);
      const password = this.#options.guard.passwordOf(user);
      const secret =
        password === undefined
          ? undefined
          : digestSecret(credentials.algorithm, credentials.user, realm, password);
      const verdict = checkDigest(request, credentials, secret, each);
      switch (verdict.kind) {
        case 'accepted':
          return this.#settle(user, address, true, [verdict.info], undefined);
        case 'challenge':
          return { kind: 'challenge', ...verdict.challenge };
        case 'wrong':
          return this.#settle(user, address, false, [], undefined);
      }
    }
    return this.#options.schemes.includes('ntlm')
      ? this.#judgeNtlm(request, address)
      : this.#remembered(address);
  }

  seal(message: SipMessage): SipMessage {
    // A challenge starts afresh; the client has thrown its keys away.
    if (message.kind === 'response' && (message.status === 401 || message.status === 407)) return message;
    const client = parseNameAddr(header(message, message.kind === 'request' ? 'To' : 'From') ?? '');
    const association = this.#granted.get((client && addressOfUri(client.uri)) ?? '');
    const signature = association === undefined ? undefined : this.#ntlm.sign(message, association);
    return signature === undefined ? message : { ...message, headers: [...message.headers, signature] };
  }

  async #judgeNtlm(request: SipRequest, address: string): Promise<Verdict> {
    const known = this.#granted.get(address);
    const isSigned = header(request, 'Authorization') ?? header(request, 'Proxy-Authorization');
    if (isSigned === undefined && known === undefined && this.#granted.has(address))
      return { kind: 'granted', headers: [] };
    const { guard } = this.#options;
    let claimed: string | undefined;
    const verdict = await this.#ntlm.judge(request, async ({ user, domain }) => {
      claimed = this.#addressOf(user, domain, address);
      const password = guard.passwordOf(claimed);
      return password === undefined ? undefined : ntHash(password);
    });
    switch (verdict.kind) {
      case 'challenge': {
        this.#granted.delete(address);
        const isHandshake = header(request, 'Authorization') !== undefined;
        return {
          kind: 'challenge',
          status: 401,
          headers: [verdict.header, ...(isHandshake ? [] : this.#digestOffer())],
        };
      }
      case 'accepted': {
        const owner = claimed ?? this.#owners.get(verdict.association) ?? '';
        keep(this.#owners, verdict.association, owner);
        return this.#settle(owner, address, true, [], verdict.association);
      }
      case 'wrong':
        return this.#settle(claimed ?? address, address, false, [], undefined);
    }
  }

  #remembered(address: string): Verdict {
    if (this.#granted.has(address)) return { kind: 'granted', headers: [] };
    const [first] = this.#realms;
    if (first === undefined) return { kind: 'refused', refusal: refusals.wrongPassword };
    return { kind: 'challenge', ...challenge(first) };
  }

  #digestOffer(): readonly Header[] {
    const [first] = this.#realms;
    return first !== undefined && this.#options.schemes.includes('digest') ? challenge(first).headers : [];
  }

  #settle(
    user: string,
    address: string,
    isRight: boolean,
    headers: readonly Header[],
    association: string | undefined,
  ): Verdict {
    const outcome = this.#options.guard.settle(user, isRight);
    switch (outcome.kind) {
      case 'throttled':
        return { kind: 'refused', refusal: throttled(outcome.retryAfterSeconds) };
      case 'denied':
        return { kind: 'refused', refusal: refusals.wrongPassword };
      case 'granted':
        if (user !== address) return { kind: 'refused', refusal: refusals.notYou };
        keep(this.#granted, address, association);
        return { kind: 'granted', headers };
    }
  }

  /** People write `alice`, `alice@contoso.example`, `sip:alice@contoso.example` or `CONTOSO\alice`. */
  #addressOf(user: string, domain: string, from: string): string {
    const name = user
      .slice(user.lastIndexOf('\\') + 1)
      .toLowerCase()
      .replace(/^sip:/, '');
    if (name.includes('@')) return name;
    return `${name}@${domain.includes('.') ? domain.toLowerCase() : domainOf(from)}`;
  }
}

function keep<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (oldest !== undefined && map.size > maxRemembered) map.delete(oldest);
}

const throttled = (seconds: number): Refusal => ({
  status: 403,
  code: 4004,
  reason: 'Too many wrong passwords: try again later',
  headers: [{ name: 'Retry-After', value: String(seconds) }],
});
