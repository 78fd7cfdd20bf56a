import { timingSafeEqual } from 'node:crypto';
import { type AuthParam, type AuthValue, authParam, formatAuth, parseAuth } from '../headers/auth.ts';
import { type Header, headerLines, type SipMessage, type SipRequest } from '../message.ts';
import { verifyAuthenticate } from './ntlm/handshake.ts';
import { ntlmSignature, type SessionKeys } from './ntlm/keys.ts';
import {
  challengeFlags,
  type NtlmAuthenticate,
  parseAuthenticate,
  type TargetNames,
  targetInfo,
  writeChallenge,
} from './ntlm/messages.ts';
import { ReplayWindow } from './replay-window.ts';
import { signedText } from './signing.ts';

export interface NtlmOptions {
  readonly realm: string;
  /** The name of this server that clients sign for. */
  readonly targetName: string;
  readonly names: TargetNames;
  /** So many unguessable bytes. */
  readonly random: (size: number) => Uint8Array;
  /** Associations of one connection; beyond it the oldest is forgotten. 64 unless said. */
  readonly max?: number;
}

type Association =
  | { readonly phase: 'challenged'; readonly challenge: Uint8Array }
  | {
      readonly phase: 'established';
      readonly user: string;
      readonly keys: SessionKeys;
      readonly counts: ReplayWindow;
      /** Of the last message that we signed. */
      sent: number;
    };

export type NtlmVerdict =
  /** Answer 401 with this header. */
  | { readonly kind: 'challenge'; readonly header: Header }
  /** Signed as it should be. Sign the answer, and what is sent to this user, with {@link NtlmServer.sign}. */
  | { readonly kind: 'accepted'; readonly user: string; readonly association: string }
  /** Wrong password, unknown user, or a signature that does not fit: answer 401 (anew) or 403, and log it. */
  | { readonly kind: 'wrong'; readonly user: string | undefined };

const defaultMax = 64;

/**
 * NTLM of one connection as Skype for Business clients speak it ([MS-SIPAE], protocol version 4, datagram NTLMv2):
 * three REGISTERs set up an association, from then on both sides sign what they send. Make one for each connection:
 * an association is worth nothing on another.
 */
export class NtlmServer {
  readonly #options: NtlmOptions;
  readonly #associations = new Map<string, Association>();

  constructor(options: NtlmOptions) {
    this.#options = options;
  }

  /**
   * Judges a request. `hashOf` gives the NT hash of a user's password (see `ntHash`); user and domain are as the
   * client wrote them. The request must be signed, the third REGISTER too.
   */
  async judge(
    request: SipRequest,
    hashOf: (who: { readonly user: string; readonly domain: string }) => Promise<Uint8Array | undefined>,
  ): Promise<NtlmVerdict> {
    const credentials = ntlmCredentials(request, this.#options.realm);
    if (credentials === undefined) return this.#offer();
    const opaque = authParam(credentials, 'opaque');
    const data = authParam(credentials, 'gssapi-data');
    const association = opaque === undefined ? undefined : this.#associations.get(opaque);
    if (opaque === undefined || association === undefined)
      return data === '' ? this.#challenge() : this.#offer();
    if (association.phase === 'established') return this.#verify(request, credentials, opaque, association);
    if (data === undefined) return this.#offer();
    const message = parseAuthenticate(Buffer.from(data, 'base64'));
    // A challenge is good for one answer.
    this.#associations.delete(opaque);
    if (message === undefined) return { kind: 'wrong', user: undefined };
    return this.#establish(
      request,
      credentials,
      opaque,
      association.challenge,
      message,
      await hashOf(message),
    );
  }

  /** The header that signs a message of ours; `undefined` if the association is gone. Add it last. */
  sign(message: SipMessage, id: string): Header | undefined {
    const association = this.#associations.get(id);
    if (association?.phase !== 'established') return undefined;
    association.sent++;
    const { realm, targetName } = this.#options;
    const random = Buffer.from(this.#options.random(4)).toString('hex');
    const number = String(association.sent);
    const text = signedText(message, { scheme: 'NTLM', realm, targetName, random, number });
    const rspauth = ntlmSignature(association.keys.server, Buffer.from(text)).toString('hex');
    const params = [
      ...values({
        qop: 'auth',
        opaque: id,
        srand: random,
        snum: number,
        rspauth,
        targetname: targetName,
        realm,
      }),
      version,
    ];
    return { name: 'Authentication-Info', value: formatAuth({ scheme: 'ntlm', params }) };
  }

  #offer(): NtlmVerdict {
    const { realm, targetName } = this.#options;
    return challengeWith([...values({ realm, targetname: targetName }), version]);
  }

  #challenge(): NtlmVerdict {
    const { realm, targetName, names, random } = this.#options;
    const challenge = random(8);
    const opaque = Buffer.from(random(16)).toString('hex').toUpperCase();
    this.#remember(opaque, { phase: 'challenged', challenge });
    const message = { flags: challengeFlags, challenge, targetInfo: targetInfo(names) };
    const data = writeChallenge(message, names.netbiosDomain).toString('base64');
    return challengeWith([
      ...values({ opaque, 'gssapi-data': data, targetname: targetName, realm }),
      version,
    ]);
  }

  #establish(
    request: SipRequest,
    credentials: AuthValue,
    opaque: string,
    challenge: Uint8Array,
    message: NtlmAuthenticate,
    hash: Uint8Array | undefined,
  ): NtlmVerdict {
    const { user } = message;
    const keys = verifyAuthenticate(message, challenge, hash);
    if (keys === undefined) return { kind: 'wrong', user };
    const counts = new ReplayWindow(-1);
    const association: Association = { phase: 'established', user, keys, counts, sent: 0 };
    this.#remember(opaque, association);
    return this.#verify(request, credentials, opaque, association);
  }

  #verify(
    request: SipRequest,
    credentials: AuthValue,
    id: string,
    association: Association & { readonly phase: 'established' },
  ): NtlmVerdict {
    const { user, keys, counts } = association;
    const random = authParam(credentials, 'crand') ?? '';
    const number = authParam(credentials, 'cnum') ?? '';
    const { realm, targetName } = this.#options;
    const text = signedText(request, { scheme: 'NTLM', realm, targetName, random, number });
    const expected = ntlmSignature(keys.client, Buffer.from(text));
    const given = Buffer.from(authParam(credentials, 'response') ?? '', 'hex');
    const isRight = given.length === expected.length && timingSafeEqual(given, expected);
    if (!isRight || !/^\d{1,10}$/.test(number) || !counts.take(Number(number)))
      return { kind: 'wrong', user };
    return { kind: 'accepted', user, association: id };
  }

  #remember(id: string, association: Association): void {
    this.#associations.delete(id);
    this.#associations.set(id, association);
    const [oldest] = this.#associations.keys();
    if (oldest !== undefined && this.#associations.size > (this.#options.max ?? defaultMax))
      this.#associations.delete(oldest);
  }
}

function ntlmCredentials(request: SipRequest, realm: string): AuthValue | undefined {
  for (const line of [
    ...headerLines(request, 'Authorization'),
    ...headerLines(request, 'Proxy-Authorization'),
  ]) {
    const value = parseAuth(line);
    if (value?.scheme === 'ntlm' && authParam(value, 'realm') === realm) return value;
  }
  return undefined;
}

const version: AuthParam = { name: 'version', value: '4', quoted: false };

const values = (all: Readonly<Record<string, string>>): readonly AuthParam[] =>
  Object.entries(all).map(([name, value]) => ({ name, value, quoted: true }));

const challengeWith = (params: readonly AuthParam[]): NtlmVerdict => ({
  kind: 'challenge',
  header: { name: 'WWW-Authenticate', value: formatAuth({ scheme: 'ntlm', params }) },
});
