import { createHash } from 'node:crypto';
import type { AuthenticatedClient } from '../client-authentication.ts';
import { EntraError } from '../entra-error.ts';
import { parseScopes } from '../scopes.ts';
import { isInRealm, type Realm, type SignInService } from '../service.ts';
import { required, type TokenRequest } from '../token-request.ts';
import { delegatedTokens, type TokenResponse } from '../tokens.ts';

/** `grant_type=authorization_code`, with PKCE; a public client must have used PKCE. */
export async function authorizationCodeGrant(
  service: SignInService,
  realm: Realm,
  client: AuthenticatedClient,
  request: TokenRequest,
): Promise<TokenResponse> {
  const code = required(request, 'code');
  const redirectUri = required(request, 'redirect_uri');
  const redeemed = service.codes.redeem(code);
  switch (redeemed.kind) {
    case 'unknown':
      throw new EntraError(9002313);
    case 'redeemed':
      throw new EntraError(54005);
    case 'expired':
      throw new EntraError(70008);
    case 'grant':
  }
  const { grant } = redeemed;
  if (grant.clientId !== client.app.clientId || !isInRealm(realm, grant.tenantId)) {
    throw new EntraError(700005);
  }
  if (grant.redirectUri !== redirectUri) throw new EntraError(500112);
  if (grant.codeChallenge !== undefined) {
    const verifier = required(request, 'code_verifier');
    if (createHash('sha256').update(verifier).digest('base64url') !== grant.codeChallenge) {
      throw new EntraError(501481);
    }
  }
  const user = service.backend.userById(grant.tenantId, grant.userId);
  if (user === undefined) throw new EntraError(50034, grant.userId, grant.tenantId);
  if (user.disabled === true) throw new EntraError(50057);
  const scopes = parseScopes(request.scope ?? grant.scope, client.app.defaultScopes);
  return delegatedTokens(service.options, client.app, user, scopes, {
    nonce: grant.nonce,
    clientInfo: request.client_info === '1',
  });
}
