import type { AuthenticatedClient } from '../client-authentication.ts';
import { EntraError } from '../entra-error.ts';
import { parseScopes } from '../scopes.ts';
import { isInRealm, type Realm, type SignInService } from '../service.ts';
import { required, type TokenRequest } from '../token-request.ts';
import { delegatedTokens, refreshContent, refreshPurpose, type TokenResponse } from '../tokens.ts';

/**
 * `grant_type=refresh_token`. The answer brings a new refresh token whose life starts anew; as with Entra, the
 * one before stays usable until its own end. Nothing is stored: the token is sealed and carries its grant.
 */
export async function refreshTokenGrant(
  service: SignInService,
  realm: Realm,
  client: AuthenticatedClient,
  request: TokenRequest,
): Promise<TokenResponse> {
  const { keys, clock } = service.options;
  const opened = await keys.unseal(refreshPurpose, required(request, 'refresh_token'), clock);
  if (opened.kind === 'unreadable' || !refreshContent.Check(opened.content)) throw new EntraError(9002313);
  if (opened.kind === 'expired') throw new EntraError(700082);
  const { tid, oid, cid, scope, at } = opened.content;
  if (cid !== client.app.clientId || !isInRealm(realm, tid)) throw new EntraError(700005);
  const user = service.backend.userById(tid, oid);
  if (user === undefined) throw new EntraError(50034, oid, tid);
  if (user.disabled === true) throw new EntraError(50057);
  if (at < (user.tokensValidFrom ?? 0)) throw new EntraError(50173);
  const asked = parseScopes(request.scope ?? scope, client.app.defaultScopes);
  const scopes = { ...asked, identity: new Set([...asked.identity, 'offline_access']) };
  return delegatedTokens(service.options, client.app, user, scopes, {
    clientInfo: request.client_info === '1',
  });
}
