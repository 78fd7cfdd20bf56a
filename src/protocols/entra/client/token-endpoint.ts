import { randomUUID, X509Certificate } from 'node:crypto';
import { decodeJwt, importPKCS8, SignJWT } from 'jose';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { type Dispatcher, request } from 'undici';
import type { Clock } from '../clock.ts';

/** How our application proves itself. */
export type ClientCredential =
  | { readonly kind: 'none' }
  | { readonly kind: 'secret'; readonly secret: string }
  /** Both PEM; the key in PKCS #8. */
  | { readonly kind: 'certificate'; readonly key: string; readonly cert: string };

export interface EntraAppOptions {
  /** Without a slash at the end: `https://login.microsoftonline.com`. */
  readonly authority: string;
  /** Id or domain, or `organizations`. */
  readonly tenant: string;
  readonly clientId: string;
  readonly credential: ClientCredential;
  /** Owns the connections; the caller ends it. */
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
}

export interface IssuedTokens {
  readonly accessToken: string;
  /** Unix ms. */
  readonly expiresAt: number;
  /** Replaces the one that was used, when there is one. */
  readonly refreshToken: string | undefined;
  /** Who signed in, where `openid` was asked for. */
  readonly identity: { readonly tenantId: string; readonly userId: string } | undefined;
}

/** `refused`: the person has to sign in again, or the application is not allowed; trying again changes nothing. */
export type TokenFailure =
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'unavailable'; readonly detail: string; readonly retryAfterMs?: number };

export type TokenOutcome =
  | { readonly ok: true; readonly tokens: IssuedTokens }
  | { readonly ok: false; readonly failure: TokenFailure };

const tokenAnswer = Compile(
  Type.Object({
    access_token: Type.String({ minLength: 1 }),
    expires_in: Type.Number({ exclusiveMinimum: 0 }),
    refresh_token: Type.Optional(Type.String({ minLength: 1 })),
    id_token: Type.Optional(Type.String({ minLength: 1 })),
  }),
);
const idClaims = Compile(Type.Object({ tid: Type.String(), oid: Type.String() }));
const errorAnswer = Compile(
  Type.Object({ error: Type.String(), error_codes: Type.Optional(Type.Array(Type.Integer())) }),
);

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const assertionSeconds = 600;
const timeoutMs = 20_000;

/**
 * Redeems a grant at the token endpoint. Small on purpose: MSAL would keep id tokens, accounts and metadata
 * for each of the thousands of people linked.
 */
export async function redeem(
  options: EntraAppOptions,
  grant: Readonly<Record<string, string>>,
): Promise<TokenOutcome> {
  const endpoint = `${options.authority}/${options.tenant}/oauth2/v2.0/token`;
  try {
    const answer = await request(endpoint, {
      method: 'POST',
      dispatcher: options.dispatcher,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({
        client_id: options.clientId,
        ...(await proof(options, endpoint)),
        ...grant,
      }).toString(),
    });
    const body: unknown = await answer.body.json().catch(() => undefined);
    if (answer.statusCode === 200 && tokenAnswer.Check(body)) {
      const expiresAt = options.clock.now() + body.expires_in * 1000;
      return {
        ok: true,
        tokens: {
          accessToken: body.access_token,
          expiresAt,
          refreshToken: body.refresh_token,
          identity: body.id_token === undefined ? undefined : identityOf(body.id_token),
        },
      };
    }
    return { ok: false, failure: failureOf(answer.statusCode, answer.headers['retry-after'], body) };
  } catch (error) {
    const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
    return { ok: false, failure: { kind: 'unavailable', detail: `sign-in: ${String(code ?? name)}` } };
  }
}

/** Straight from the token endpoint over TLS, which stands in for its signature (OpenID Connect Core, 3.1.3.7). */
function identityOf(idToken: string): IssuedTokens['identity'] {
  try {
    const claims = decodeJwt(idToken);
    return idClaims.Check(claims) ? { tenantId: claims.tid, userId: claims.oid.toLowerCase() } : undefined;
  } catch {
    return undefined;
  }
}

/** Never the description: it can name people. */
function failureOf(status: number, retryAfter: unknown, body: unknown): TokenFailure {
  const known = errorAnswer.Check(body) ? body : undefined;
  const codes = (known?.error_codes ?? []).map((code) => `AADSTS${code}`).join(', ');
  const detail = `sign-in answered ${status} ${known?.error ?? ''} ${codes}`.trim();
  const mayPass =
    status >= 500 || status === 429 || known === undefined || known.error === 'temporarily_unavailable';
  if (!mayPass) return { kind: 'refused', detail };
  const seconds =
    typeof retryAfter === 'string' && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : undefined;
  return { kind: 'unavailable', detail, ...(seconds === undefined ? {} : { retryAfterMs: seconds * 1000 }) };
}

async function proof(options: EntraAppOptions, endpoint: string): Promise<Record<string, string>> {
  const { credential, clientId, clock } = options;
  switch (credential.kind) {
    case 'none':
      return {};
    case 'secret':
      return { client_secret: credential.secret };
    case 'certificate': {
      const now = Math.floor(clock.now() / 1000);
      const key = await importPKCS8(credential.key, 'PS256');
      const thumbprint = Buffer.from(thumbprintSha256(credential.cert), 'hex');
      const assertion = await new SignJWT({ aud: endpoint, iss: clientId, sub: clientId, jti: randomUUID() })
        .setProtectedHeader({ alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint.toString('base64url') })
        .setNotBefore(now)
        .setExpirationTime(now + assertionSeconds)
        .sign(key);
      return { client_assertion: assertion, client_assertion_type: assertionType };
    }
  }
}

/** Hex, without colons. */
export function thumbprintSha256(certificatePem: string): string {
  return new X509Certificate(certificatePem).fingerprint256.replaceAll(':', '');
}
