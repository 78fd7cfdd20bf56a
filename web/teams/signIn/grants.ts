import { call, type Fetch, readJson, stringAt } from '../../shared/http.ts';
import { TroubleError } from '../../shared/trouble.ts';

/** What this client asks to do in its person's name; `offline_access` brings the refresh token. */
export const scope = [
  'openid',
  'profile',
  'offline_access',
  'User.Read',
  'User.ReadBasic.All',
  'Chat.ReadWrite',
  'Presence.Read.All',
  'Presence.ReadWrite',
].join(' ');

export interface Endpoints {
  readonly authorize: string;
  readonly token: string;
}

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Unix ms. */
  readonly expiresAt: number;
}

export type Grant =
  | { readonly grant_type: 'password'; readonly username: string; readonly password: string }
  | {
      readonly grant_type: 'authorization_code';
      readonly code: string;
      readonly redirect_uri: string;
      readonly code_verifier: string;
    }
  | { readonly grant_type: 'refresh_token'; readonly refresh_token: string };

/** Reads the sign-in service's own description, for accounts of any organisation. */
export async function discoverEndpoints(
  fetch: Fetch,
  authority: string,
  signal: AbortSignal,
): Promise<Endpoints> {
  const base = /\/(organizations|common|[\w-]+(\.[\w-]+)+|[0-9a-f-]{36})$/i.test(new URL(authority).pathname)
    ? authority
    : `${authority}/organizations`;
  const url = `${base}/v2.0/.well-known/openid-configuration`;
  const response = await call(fetch, 'The sign-in service', url, { signal });
  const body = await readJson(response);
  const endpoints = {
    authorize: stringAt(body, 'authorization_endpoint'),
    token: stringAt(body, 'token_endpoint'),
  };
  if (!response.ok || !endpoints.authorize || !endpoints.token)
    throw new TroubleError({
      what: `The sign-in service does not describe itself at ${url} (HTTP ${response.status}).`,
      cure: 'Check that Isthmus is running with its embedded sign-in.',
    });
  return endpoints;
}

export function authorizeUrl(
  endpoint: string,
  ask: {
    readonly clientId: string;
    readonly redirectUri: string;
    readonly state: string;
    readonly challenge: string;
    readonly loginHint: string;
  },
): string {
  const url = new URL(endpoint);
  const parameters = {
    client_id: ask.clientId,
    response_type: 'code',
    response_mode: 'query',
    redirect_uri: ask.redirectUri,
    scope,
    state: ask.state,
    code_challenge: ask.challenge,
    code_challenge_method: 'S256',
    login_hint: ask.loginHint,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/** The sign-in service gives no tokens (any more). */
export class SignInRefused extends TroubleError {
  override name = 'SignInRefused';
}

/** Asks the token endpoint. @throws {SignInRefused} with the service's own first sentence */
export async function requestTokens(
  fetch: Fetch,
  endpoint: string,
  clientId: string,
  grant: Grant,
  now: () => number,
): Promise<Tokens> {
  const response = await call(fetch, 'The sign-in service', endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ client_id: clientId, scope, ...grant }).toString(),
  });
  const body = await readJson(response);
  if (!response.ok) throw new SignInRefused(refusedSignIn(response.status, body));
  const lifetime = Number((body as { expires_in?: unknown } | undefined)?.expires_in);
  return {
    accessToken: stringAt(body, 'access_token'),
    refreshToken: stringAt(body, 'refresh_token'),
    expiresAt: now() + (Number.isFinite(lifetime) ? lifetime : 0) * 1000,
  };
}

/** Entra's descriptions go on with trace ids from the second line: only the first is for people. */
export function refusedSignIn(status: number, body: unknown): { what: string; cure: string } {
  const description = (stringAt(body, 'error_description').split(/\r?\n/)[0] ?? '').replace(
    / Trace ID:.*$/,
    '',
  );
  if (stringAt(body, 'error') === 'invalid_grant')
    return {
      what: 'Sign-in was refused.',
      cure: description || 'Check the address and the password, then try again.',
    };
  return {
    what: `Sign-in did not work (HTTP ${status}).`,
    cure: description || 'Try again; if it stays, look at the console page.',
  };
}
