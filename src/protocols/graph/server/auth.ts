import { GraphError } from '../errors.ts';

/** What a verified access token says about its bearer. Expired, foreign and forged tokens never become claims. */
export type TokenClaims = DelegatedClaims | ApplicationClaims;

export interface DelegatedClaims {
  readonly kind: 'delegated';
  readonly tenantId: string;
  readonly appId: string;
  /** Object id of the signed-in user. */
  readonly userId: string;
  readonly scopes: readonly string[];
}

export interface ApplicationClaims {
  readonly kind: 'application';
  readonly tenantId: string;
  readonly appId: string;
  readonly roles: readonly string[];
}

/** Undefined: not a token that this Graph takes. Called for every request: verifiers keep what they have checked. */
export type VerifyToken = (bearer: string) => Promise<TokenClaims | undefined> | TokenClaims | undefined;

function unauthorized(message: string): GraphError {
  return new GraphError(401, 'InvalidAuthenticationToken', message, {
    headers: { 'www-authenticate': 'Bearer realm="", error="invalid_token"' },
  });
}

export async function authenticate(
  authorization: string | undefined,
  verify: VerifyToken,
): Promise<TokenClaims> {
  const bearer = authorization === undefined ? undefined : /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (bearer === undefined) throw unauthorized('Access token is empty.');
  const claims = await verify(bearer);
  if (claims === undefined) throw unauthorized('Access token validation failure.');
  return claims;
}

/** The user a delegated caller is, or undefined for an application. */
export function userOf(claims: TokenClaims): string | undefined {
  return claims.kind === 'delegated' ? claims.userId : undefined;
}

/** Of an application, its service principal; here the application id stands for it. */
export function creatorOf(claims: TokenClaims): string {
  return claims.kind === 'delegated' ? claims.userId : claims.appId;
}
