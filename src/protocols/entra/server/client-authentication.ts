import { createHash, timingSafeEqual, X509Certificate } from 'node:crypto';
import { compactVerify, decodeJwt, decodeProtectedHeader, importSPKI } from 'jose';
import type { SignInApp } from './backend.ts';
import { EntraError } from './entra-error.ts';
import type { SignInService } from './service.ts';
import type { TokenRequest } from './token-request.ts';
import { isConfidential } from './tokens.ts';

export interface AuthenticatedClient {
  readonly app: SignInApp;
  /** It proved itself by a secret or a certificate. */
  readonly proven: boolean;
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** Seconds by which a client's clock may differ. */
const clockSkew = 300;

/**
 * The application that speaks, with its proof checked if it brought one. A confidential application must.
 * @param audiences addresses that a client assertion may be made out to
 * @throws {EntraError}
 */
export async function authenticateClient(
  service: SignInService,
  request: TokenRequest,
  realm: string,
  audiences: readonly string[],
): Promise<AuthenticatedClient> {
  if (request.client_id === undefined) throw new EntraError(900144, 'client_id');
  const app = service.backend.app(request.client_id);
  if (app === undefined) throw new EntraError(700016, request.client_id.slice(0, 100), realm);
  const { client_secret: secret, client_assertion: assertion } = request;
  if (!isConfidential(app)) {
    if (secret !== undefined || assertion !== undefined) throw new EntraError(700025);
    return { app, proven: false };
  }
  if (assertion !== undefined) {
    if (request.client_assertion_type !== assertionType) throw new EntraError(90014, 'client_assertion_type');
    await checkAssertion(service, app, assertion, audiences);
  } else if (secret === undefined) throw new EntraError(7000218);
  else if (!app.secrets.some((known) => sameText(known, secret))) throw new EntraError(7000215, app.clientId);
  return { app, proven: true };
}

async function checkAssertion(
  service: SignInService,
  app: SignInApp,
  assertion: string,
  audiences: readonly string[],
): Promise<void> {
  const { alg, x5t, 'x5t#S256': x5tS256 } = headerOf(assertion) as Readonly<Record<string, unknown>>;
  if (alg !== 'RS256' && alg !== 'PS256') throw new EntraError(50027);
  const certificate = app.certificates
    .map((pem) => new X509Certificate(pem))
    .find(({ raw }) => x5tS256 === thumbprint('sha256', raw) || x5t === thumbprint('sha1', raw));
  if (certificate === undefined) throw new EntraError(700027, app.clientId);
  const spki = certificate.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const key = await importSPKI(spki, alg);
  await compactVerify(assertion, key).catch(() => {
    throw new EntraError(700027, app.clientId);
  });
  const claims = claimsOf(assertion);
  if (claims.iss !== app.clientId || claims.sub !== app.clientId) throw new EntraError(50027);
  const audience = typeof claims.aud === 'string' ? [claims.aud] : (claims.aud ?? []);
  if (!audience.some((each) => audiences.includes(each))) throw new EntraError(700023);
  const now = service.options.clock.now() / 1000;
  const tooOld = typeof claims.exp !== 'number' || claims.exp + clockSkew <= now;
  const tooNew = typeof claims.nbf === 'number' && claims.nbf - clockSkew > now;
  if (tooOld || tooNew) throw new EntraError(700024);
}

function headerOf(assertion: string): ReturnType<typeof decodeProtectedHeader> {
  try {
    return decodeProtectedHeader(assertion);
  } catch {
    throw new EntraError(50027);
  }
}

function claimsOf(assertion: string): ReturnType<typeof decodeJwt> {
  try {
    return decodeJwt(assertion);
  } catch {
    throw new EntraError(50027);
  }
}

function thumbprint(hash: 'sha1' | 'sha256', der: Buffer): string {
  return createHash(hash).update(der).digest('base64url');
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
