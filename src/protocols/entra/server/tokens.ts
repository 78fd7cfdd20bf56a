import { randomUUID } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { SignInApp, SignInUser } from './backend.ts';
import { graphResource, type RequestedScopes } from './scopes.ts';
import type { SignInOptions } from './service.ts';

/** The token endpoint's answer. */
export interface TokenResponse {
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly ext_expires_in: number;
  readonly access_token: string;
  readonly scope?: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
  readonly client_info?: string;
}

/** What a refresh token carries, sealed. */
const RefreshContent = Type.Object({
  tid: Type.String(),
  oid: Type.String(),
  cid: Type.String(),
  scope: Type.String(),
  /** Unix ms, of issue. */
  at: Type.Number(),
});
export type RefreshContent = Static<typeof RefreshContent>;
export const refreshContent = Compile(RefreshContent);
export const refreshPurpose = 'refresh';

export function issuerOf(options: SignInOptions, tenantId: string): string {
  return `${options.publicUrl()}/${tenantId}/v2.0`;
}

const defaultAccessSeconds = 3600;
const defaultRefreshSeconds = 90 * 24 * 60 * 60;

/** Tokens for a user in an application. `clientInfo`: the client asked to be told who signed in. */
export async function delegatedTokens(
  options: SignInOptions,
  app: SignInApp,
  user: SignInUser,
  scopes: RequestedScopes,
  extra: { readonly nonce?: string | undefined; readonly clientInfo: boolean },
): Promise<TokenResponse> {
  const { keys, clock } = options;
  const now = clock.now();
  const lifetime = options.accessTokenSeconds ?? defaultAccessSeconds;
  const common = {
    iss: issuerOf(options, user.tenantId),
    iat: seconds(now),
    nbf: seconds(now),
    exp: seconds(now) + lifetime,
    tid: user.tenantId,
    oid: user.objectId,
    sub: user.objectId,
    name: user.displayName,
    ver: '2.0',
  };
  const accessToken = await keys.sign({
    ...common,
    aud: graphResource,
    uti: randomUUID(),
    appid: app.clientId,
    azp: app.clientId,
    azpacr: isConfidential(app) ? '1' : '0',
    app_displayname: app.displayName,
    idtyp: 'user',
    upn: user.upn,
    scp: scopes.permissions.join(' '),
  });
  const idToken = scopes.identity.has('openid')
    ? await keys.sign({
        ...common,
        aud: app.clientId,
        preferred_username: user.upn,
        ...(extra.nonce === undefined ? {} : { nonce: extra.nonce }),
      })
    : undefined;
  const refreshToken = scopes.identity.has('offline_access')
    ? await refreshTokenFor(options, app, user, scopes)
    : undefined;
  return {
    token_type: 'Bearer',
    scope: scopes.asWritten.join(' '),
    expires_in: lifetime,
    ext_expires_in: lifetime,
    access_token: accessToken,
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    ...(idToken === undefined ? {} : { id_token: idToken }),
    ...(extra.clientInfo ? { client_info: clientInfo(user) } : {}),
  };
}

/** A token for an application in its own name, with the permissions consented to. */
export async function applicationToken(
  options: SignInOptions,
  app: SignInApp,
  tenantId: string,
): Promise<TokenResponse> {
  const now = options.clock.now();
  const lifetime = options.accessTokenSeconds ?? defaultAccessSeconds;
  const accessToken = await options.keys.sign({
    aud: graphResource,
    iss: issuerOf(options, tenantId),
    iat: seconds(now),
    nbf: seconds(now),
    exp: seconds(now) + lifetime,
    uti: randomUUID(),
    tid: tenantId,
    // Entra names the application's service principal here; its id serves as that.
    oid: app.clientId,
    sub: app.clientId,
    appid: app.clientId,
    azp: app.clientId,
    azpacr: '1',
    app_displayname: app.displayName,
    idtyp: 'app',
    roles: [...app.roles],
    ver: '2.0',
  });
  return { token_type: 'Bearer', expires_in: lifetime, ext_expires_in: lifetime, access_token: accessToken };
}

/** A confidential client must prove itself; a public one cannot. */
export function isConfidential(app: SignInApp): boolean {
  return app.secrets.length > 0 || app.certificates.length > 0;
}

function refreshTokenFor(
  options: SignInOptions,
  app: SignInApp,
  user: SignInUser,
  scopes: RequestedScopes,
): Promise<string> {
  const now = options.clock.now();
  const content: RefreshContent = {
    tid: user.tenantId,
    oid: user.objectId,
    cid: app.clientId,
    scope: [...scopes.identity, ...scopes.permissions].join(' '),
    at: now,
  };
  const lifeMs = (options.refreshTokenSeconds ?? defaultRefreshSeconds) * 1000;
  return options.keys.seal(refreshPurpose, content, now + lifeMs);
}

function clientInfo(user: SignInUser): string {
  return Buffer.from(JSON.stringify({ uid: user.objectId, utid: user.tenantId })).toString('base64url');
}

function seconds(unixMs: number): number {
  return Math.floor(unixMs / 1000);
}
