import {
  type AuthParam,
  type AuthValue,
  authParam,
  formatAuth,
  parseAuth,
  parseAuthInfo,
} from '../headers/auth.ts';
import { header, headerLines, type SipRequest, type SipResponse, withHeader } from '../message.ts';
import {
  type DigestAlgorithm,
  digestAlgorithm,
  digestAlgorithms,
  digestResponse,
  digestSecret,
} from './digest.ts';

export interface Account {
  readonly user: string;
  readonly password: string;
}

/** A challenge that we can answer, and how often we did. Keep it for later requests to the same realm. */
export interface DigestSession {
  readonly role: 'server' | 'proxy';
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly algorithm: DigestAlgorithm;
  readonly hasQop: boolean;
  /** Requests sent with this nonce. */
  readonly count: number;
}

export type ChallengeOutcome =
  | { readonly kind: 'answerable'; readonly session: DigestSession }
  /** The same nonce or realm was answered before and not taken: the password is wrong. */
  | { readonly kind: 'rejected' }
  /** No scheme, algorithm or qop that we know. */
  | { readonly kind: 'unsupported' };

/**
 * Reads the challenge of a 401 or 407: the strongest algorithm that we know. `before` is the session that the
 * refused request used; the answer to it was wrong unless the server calls its nonce stale.
 */
export function readChallenge(response: SipResponse, before?: DigestSession): ChallengeOutcome {
  const role = response.status === 407 ? 'proxy' : 'server';
  const lines = headerLines(response, role === 'proxy' ? 'Proxy-Authenticate' : 'WWW-Authenticate');
  const sessions = lines.flatMap((line) => {
    const value = parseAuth(line);
    const session = value === undefined ? undefined : readSession(value, role);
    return value === undefined || session === undefined
      ? []
      : [{ session, isStale: isTrue(authParam(value, 'stale')) }];
  });
  const best = sessions.toSorted((a, b) => strength(b.session) - strength(a.session))[0];
  if (best === undefined) return { kind: 'unsupported' };
  const { session, isStale } = best;
  const wasAnswered = before !== undefined && before.realm === session.realm && before.count > 0;
  return wasAnswered && !isStale ? { kind: 'rejected' } : { kind: 'answerable', session };
}

const isTrue = (value: string | undefined): boolean => value?.toLowerCase() === 'true';

const strength = ({ algorithm }: DigestSession): number => digestAlgorithms.indexOf(algorithm);

function readSession(value: AuthValue, role: 'server' | 'proxy'): DigestSession | undefined {
  const realm = authParam(value, 'realm');
  const nonce = authParam(value, 'nonce');
  const algorithm = digestAlgorithm(authParam(value, 'algorithm'));
  const qop = authParam(value, 'qop')
    ?.toLowerCase()
    .split(/\s*,\s*/);
  if (value.scheme !== 'digest' || realm === undefined || nonce === undefined || algorithm === undefined)
    return undefined;
  if (qop !== undefined && !qop.includes('auth')) return undefined;
  return {
    role,
    realm,
    nonce,
    opaque: authParam(value, 'opaque'),
    algorithm,
    hasQop: qop !== undefined,
    count: 0,
  };
}

/** The request with credentials, and the session to use for the next one. `cnonce`: unguessable, new each time. */
export function authorize(
  request: SipRequest,
  session: DigestSession,
  { user, password }: Account,
  cnonce: string,
): { readonly request: SipRequest; readonly session: DigestSession } {
  const { role, realm, nonce, opaque, algorithm, hasQop } = session;
  const count = session.count + 1;
  const nc = count.toString(16).padStart(8, '0');
  const secret = digestSecret(algorithm, user, realm, password);
  const qop = hasQop ? { cnonce, nc } : undefined;
  const response = digestResponse({
    algorithm,
    secret,
    nonce,
    qop,
    method: request.method,
    uri: request.uri,
  });
  const params: readonly AuthParam[] = [
    { name: 'username', value: user, quoted: true },
    { name: 'realm', value: realm, quoted: true },
    { name: 'nonce', value: nonce, quoted: true },
    { name: 'uri', value: request.uri, quoted: true },
    { name: 'response', value: response, quoted: true },
    { name: 'algorithm', value: algorithm, quoted: false },
    ...(opaque === undefined ? [] : [{ name: 'opaque', value: opaque, quoted: true }]),
    ...(qop === undefined
      ? []
      : [
          { name: 'qop', value: 'auth', quoted: false },
          { name: 'cnonce', value: cnonce, quoted: true },
          { name: 'nc', value: nc, quoted: false },
        ]),
  ];
  const name = role === 'proxy' ? 'Proxy-Authorization' : 'Authorization';
  return {
    request: withHeader(request, name, formatAuth({ scheme: 'digest', params })),
    session: { ...session, count },
  };
}

/**
 * Whether the server proved that it knows the password: `unproven` where its answer to `request` says nothing about
 * it, `false` where the proof is wrong.
 */
export function verifyServer(
  response: SipResponse,
  request: SipRequest,
  session: DigestSession,
  { user, password }: Account,
): boolean | 'unproven' {
  const isProxy = session.role === 'proxy';
  const info = parseAuthInfo(
    header(response, isProxy ? 'Proxy-Authentication-Info' : 'Authentication-Info') ?? '',
  );
  const sent = parseAuth(header(request, isProxy ? 'Proxy-Authorization' : 'Authorization') ?? '');
  const rspauth = info === undefined ? undefined : authParam(info, 'rspauth');
  if (rspauth === undefined || sent === undefined) return 'unproven';
  const { algorithm, realm, nonce } = session;
  const cnonce = authParam(sent, 'cnonce');
  const nc = authParam(sent, 'nc');
  const qop = cnonce === undefined || nc === undefined ? undefined : { cnonce, nc };
  const secret = digestSecret(algorithm, user, realm, password);
  const uri = authParam(sent, 'uri') ?? '';
  return digestResponse({ algorithm, secret, nonce, qop, method: '', uri }) === rspauth.toLowerCase();
}
