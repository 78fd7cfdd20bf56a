import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { SignInApp } from './backend.ts';
import { EntraError } from './entra-error.ts';
import { allowsRedirect } from './redirects.ts';
import { parseScopes } from './scopes.ts';
import { isConfidential } from './tokens.ts';

const Field = Type.Optional(Type.String({ maxLength: 4096 }));
const Query = Type.Object({
  client_id: Field,
  redirect_uri: Field,
  response_type: Field,
  response_mode: Field,
  scope: Field,
  state: Field,
  nonce: Field,
  prompt: Field,
  login_hint: Field,
  code_challenge: Field,
  code_challenge_method: Field,
});
const query = Compile(Query);
export type AuthorizationQuery = Static<typeof Query>;

/** Where an answer, good or bad, may be sent back to. */
export interface ReturnAddress {
  readonly app: SignInApp;
  readonly redirectUri: string;
  readonly responseMode: 'query' | 'fragment';
  readonly state: string | undefined;
}

export interface AuthorizationRequest {
  readonly returnTo: ReturnAddress;
  readonly scope: string;
  readonly nonce: string | undefined;
  readonly prompt: 'none' | 'login' | 'select_account' | 'consent' | undefined;
  readonly loginHint: string | undefined;
  readonly codeChallenge: string | undefined;
}

/** @throws {EntraError} naming the parameter that is not one short text */
export function parseAuthorizationQuery(raw: unknown): AuthorizationQuery {
  if (query.Check(raw)) return raw;
  const [first] = query.Errors(raw);
  throw new EntraError(90014, first?.instancePath.slice(1) ?? 'query');
}

/**
 * Application and address first: an error before they are known to be good is shown to the user, never sent
 * to an address that anybody could have named.
 * @throws {EntraError}
 */
export function returnAddressOf(
  asked: AuthorizationQuery,
  findApp: (clientId: string) => SignInApp | undefined,
  realm: string,
): ReturnAddress {
  const { client_id: clientId, redirect_uri: redirectUri } = asked;
  if (clientId === undefined) throw new EntraError(900144, 'client_id');
  const app = findApp(clientId);
  if (app === undefined) throw new EntraError(700016, clientId.slice(0, 100), realm);
  if (redirectUri === undefined) throw new EntraError(900144, 'redirect_uri');
  if (!allowsRedirect(app.redirectUris, redirectUri)) {
    throw new EntraError(50011, redirectUri.slice(0, 200), app.clientId);
  }
  const responseMode = asked.response_mode === 'fragment' ? 'fragment' : 'query';
  return { app, redirectUri, responseMode, state: asked.state };
}

/** @throws {EntraError} to be sent to the return address */
export function checkAuthorization(asked: AuthorizationQuery, returnTo: ReturnAddress): AuthorizationRequest {
  if (asked.response_type !== 'code') {
    throw new EntraError(700054, asked.response_type?.slice(0, 100) ?? '');
  }
  const mode = asked.response_mode;
  if (mode !== undefined && mode !== 'query' && mode !== 'fragment')
    throw new EntraError(90014, 'response_mode');
  if (asked.scope === undefined) throw new EntraError(900144, 'scope');
  parseScopes(asked.scope, returnTo.app.defaultScopes);
  return {
    returnTo,
    scope: asked.scope,
    nonce: asked.nonce,
    prompt: promptOf(asked.prompt),
    loginHint: asked.login_hint,
    codeChallenge: challengeOf(asked, returnTo.app),
  };
}

function promptOf(prompt: string | undefined): AuthorizationRequest['prompt'] {
  switch (prompt) {
    case undefined:
    case '':
      return undefined;
    case 'none':
    case 'login':
    case 'select_account':
    case 'consent':
      return prompt;
    default:
      throw new EntraError(90014, 'prompt');
  }
}

function challengeOf(asked: AuthorizationQuery, app: SignInApp): string | undefined {
  const challenge = asked.code_challenge;
  if (challenge === undefined) {
    if (!isConfidential(app)) throw new EntraError(900144, 'code_challenge');
    return undefined;
  }
  if (asked.code_challenge_method !== 'S256') throw new EntraError(90014, 'code_challenge_method');
  if (!/^[\w-]{43}$/.test(challenge)) throw new EntraError(90014, 'code_challenge');
  return challenge;
}
