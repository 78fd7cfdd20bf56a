import type { AuthenticatedClient } from '../client-authentication.ts';
import { EntraError } from '../entra-error.ts';
import { checkApplicationScope } from '../scopes.ts';
import type { Realm, SignInService } from '../service.ts';
import { required, type TokenRequest } from '../token-request.ts';
import { applicationToken, type TokenResponse } from '../tokens.ts';

/** `grant_type=client_credentials`: an application in its own name, in one tenant. */
export async function clientCredentialsGrant(
  service: SignInService,
  realm: Realm,
  client: AuthenticatedClient,
  request: TokenRequest,
): Promise<TokenResponse> {
  if (realm.kind !== 'tenant') throw new EntraError(50059);
  if (!client.proven) throw new EntraError(7000218);
  checkApplicationScope(required(request, 'scope'));
  return applicationToken(service.options, client.app, realm.tenant.id);
}
