import type { AuthenticatedClient } from '../client-authentication.ts';
import { EntraError } from '../entra-error.ts';
import { parseScopes } from '../scopes.ts';
import { type Realm, type SignInService, signIn } from '../service.ts';
import { required, type TokenRequest } from '../token-request.ts';
import { delegatedTokens, type TokenResponse } from '../tokens.ts';

/** `grant_type=password`, in a tenant or `organizations`. */
export async function passwordGrant(
  service: SignInService,
  realm: Realm,
  client: AuthenticatedClient,
  request: TokenRequest,
): Promise<TokenResponse> {
  if (realm.kind === 'common') throw new EntraError(9001023);
  const username = required(request, 'username');
  const password = required(request, 'password');
  const scopes = parseScopes(required(request, 'scope'), client.app.defaultScopes);
  const user = await signIn(service, realm, username, password);
  return delegatedTokens(service.options, client.app, user, scopes, {
    clientInfo: request.client_info === '1',
  });
}
