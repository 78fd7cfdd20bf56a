import { timingSafeEqual } from 'node:crypto';
import { type AuthParam, type AuthValue, authParam, formatAuth, parseAuth } from '../headers/auth.ts';
import { type Header, headerLines, type SipRequest } from '../message.ts';
import { type DigestAlgorithm, digestAlgorithm, digestResponse } from './digest.ts';
import type { Nonces } from './nonces.ts';

/** Whose password is wanted: `server` is 401, `proxy` 407 (Microsoft's clients take Digest there only). */
export type AuthRole = 'server' | 'proxy';

const names = {
  server: {
    status: 401,
    challenge: 'WWW-Authenticate',
    credentials: 'Authorization',
    info: 'Authentication-Info',
  },
  proxy: {
    status: 407,
    challenge: 'Proxy-Authenticate',
    credentials: 'Proxy-Authorization',
    info: 'Proxy-Authentication-Info',
  },
} as const;

export interface DigestRealm {
  readonly role: AuthRole;
  readonly realm: string;
  /** Offered in this order, best first. */
  readonly algorithms: readonly DigestAlgorithm[];
  readonly nonces: Nonces;
}

/** What to answer a request with that is not authenticated. */
export interface Challenge {
  readonly status: 401 | 407;
  readonly headers: readonly Header[];
}

/** Digest credentials for one realm, not checked yet. */
export interface DigestCredentials {
  readonly user: string;
  readonly algorithm: DigestAlgorithm;
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  readonly qop: { readonly cnonce: string; readonly nc: string } | undefined;
}

export type DigestVerdict =
  /** `info` is for the final response: it proves to the client that the server knows the password too. */
  | { readonly kind: 'accepted'; readonly user: string; readonly info: Header }
  /** Ask (again): the nonce is old, foreign, or this count of it was used before. */
  | { readonly kind: 'challenge'; readonly challenge: Challenge }
  | { readonly kind: 'wrong'; readonly user: string };

export function challenge(realm: DigestRealm, stale = false): Challenge {
  const { status, challenge: name } = names[realm.role];
  const nonce = realm.nonces.issue();
  const headers = realm.algorithms.map((algorithm) => ({
    name,
    value: formatAuth({
      scheme: 'digest',
      params: [
        quoted('realm', realm.realm),
        quoted('nonce', nonce),
        ...(stale ? [bare('stale', 'true')] : []),
        bare('algorithm', algorithm),
        quoted('qop', 'auth'),
      ],
    }),
  }));
  return { status, headers };
}

const quoted = (name: string, value: string): AuthParam => ({ name, value, quoted: true });
const bare = (name: string, value: string): AuthParam => ({ name, value, quoted: false });

/** The credentials for this realm. Other schemes and realms, and what is malformed, count as none. */
export function digestCredentials(
  request: SipRequest,
  { role, realm }: DigestRealm,
): DigestCredentials | undefined {
  for (const line of headerLines(request, names[role].credentials)) {
    const value = parseAuth(line);
    if (value?.scheme !== 'digest' || authParam(value, 'realm') !== realm) continue;
    const credentials = readCredentials(value);
    if (credentials !== undefined) return credentials;
  }
  return undefined;
}

function readCredentials(value: AuthValue): DigestCredentials | undefined {
  const user = authParam(value, 'username');
  const nonce = authParam(value, 'nonce');
  const uri = authParam(value, 'uri');
  const response = authParam(value, 'response')?.toLowerCase();
  const algorithm = digestAlgorithm(authParam(value, 'algorithm'));
  const qop = authParam(value, 'qop')?.toLowerCase();
  if (user === undefined || nonce === undefined || uri === undefined || algorithm === undefined)
    return undefined;
  if (response === undefined || !/^[0-9a-f]+$/.test(response)) return undefined;
  if (qop === undefined) return { user, algorithm, nonce, uri, response, qop: undefined };
  const cnonce = authParam(value, 'cnonce');
  const nc = authParam(value, 'nc');
  if (qop !== 'auth' || cnonce === undefined || nc === undefined || !/^[0-9a-fA-F]{8}$/.test(nc))
    return undefined;
  return { user, algorithm, nonce, uri, response, qop: { cnonce, nc } };
}

/**
 * Checks credentials against the user's secret (see `digestSecret`, of the credentials' own algorithm); `undefined`
 * for an unknown user takes as long and says the same as a wrong password. A count is used up by right credentials
 * only, so nobody can burn another's nonce. COMPAT: the `uri` parameter is not compared with the Request-URI: SIPE
 * writes `(null)`, and proxies change the latter.
 */
export function checkDigest(
  request: SipRequest,
  credentials: DigestCredentials,
  secret: string | undefined,
  realm: DigestRealm,
): DigestVerdict {
  const { user, algorithm, nonce, uri, qop } = credentials;
  const again = (): DigestVerdict => ({ kind: 'challenge', challenge: challenge(realm, true) });
  if (!realm.algorithms.includes(algorithm)) return { kind: 'challenge', challenge: challenge(realm) };
  if (realm.nonces.inspect(nonce) !== 'fresh') return again();
  const input = { algorithm, secret: secret ?? 'no such user', nonce, qop, uri };
  const expected = Buffer.from(digestResponse({ ...input, method: request.method }));
  const given = Buffer.from(credentials.response);
  const isRight = expected.length === given.length && timingSafeEqual(expected, given);
  if (!isRight || secret === undefined) return { kind: 'wrong', user };
  if (realm.nonces.use(nonce, qop === undefined ? 0 : Number.parseInt(qop.nc, 16)) !== 'fresh')
    return again();
  const params = [
    ...(qop === undefined ? [] : [bare('qop', 'auth'), quoted('cnonce', qop.cnonce), bare('nc', qop.nc)]),
    quoted('rspauth', digestResponse({ ...input, method: '' })),
  ];
  return {
    kind: 'accepted',
    user,
    info: { name: names[realm.role].info, value: formatAuth({ scheme: '', params }) },
  };
}
