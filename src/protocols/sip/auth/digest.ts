import { createHash } from 'node:crypto';

/** RFC 7616 section 6.1, weakest first. */
export const digestAlgorithms = ['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess'] as const;
export type DigestAlgorithm = (typeof digestAlgorithms)[number];

/** The spelling of an algorithm parameter in any case; MD5 where there is none, `undefined` for unknown ones. */
export function digestAlgorithm(written: string | undefined): DigestAlgorithm | undefined {
  if (written === undefined) return 'MD5';
  const lower = written.toLowerCase();
  return digestAlgorithms.find((each) => each.toLowerCase() === lower);
}

function hash(algorithm: DigestAlgorithm, text: string): string {
  return createHash(algorithm.startsWith('MD5') ? 'md5' : 'sha256')
    .update(text, 'utf8')
    .digest('hex');
}

/** What a server keeps in place of a password: the hash of user, realm and password. As secret as the password. */
export function digestSecret(
  algorithm: DigestAlgorithm,
  user: string,
  realm: string,
  password: string,
): string {
  return hash(algorithm, `${user}:${realm}:${password}`);
}

export interface DigestInput {
  readonly algorithm: DigestAlgorithm;
  /** See {@link digestSecret}. */
  readonly secret: string;
  readonly nonce: string;
  /** `undefined`: the form of RFC 2069, without client nonce and count. */
  readonly qop: { readonly cnonce: string /** Eight hexadecimal digits. */; readonly nc: string } | undefined;
  readonly method: string;
  /** The `uri` parameter as the client wrote it. */
  readonly uri: string;
}

/** The `response` parameter for qop `auth`. With an empty method it is `rspauth` (RFC 7616 section 3.5). */
export function digestResponse({ algorithm, secret, nonce, qop, method, uri }: DigestInput): string {
  const isSession = algorithm.endsWith('-sess');
  const a1 = isSession ? hash(algorithm, `${secret}:${nonce}:${qop?.cnonce ?? ''}`) : secret;
  const a2 = hash(algorithm, `${method}:${uri}`);
  return hash(
    algorithm,
    qop === undefined ? `${a1}:${nonce}:${a2}` : `${a1}:${nonce}:${qop.nc}:${qop.cnonce}:auth:${a2}`,
  );
}
