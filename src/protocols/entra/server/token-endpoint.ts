import type { FastifyInstance, FastifyRequest } from 'fastify';
import { authenticateClient } from './client-authentication.ts';
import { EntraError } from './entra-error.ts';
import { authorizationCodeGrant } from './grants/authorization-code.ts';
import { clientCredentialsGrant } from './grants/client-credentials.ts';
import { passwordGrant } from './grants/password.ts';
import { refreshTokenGrant } from './grants/refresh-token.ts';
import { originOf } from './metadata.ts';
import { realmName, realmOf, type SignInService } from './service.ts';
import { parseTokenRequest, required } from './token-request.ts';

const grants = {
  password: passwordGrant,
  client_credentials: clientCredentialsGrant,
  refresh_token: refreshTokenGrant,
  authorization_code: authorizationCodeGrant,
} as const;

/** `POST /{tenant}/oauth2/v2.0/token` */
export function registerTokenEndpoint(app: FastifyInstance, service: SignInService): void {
  app.post<{ Params: { tenant: string } }>('/:tenant/oauth2/v2.0/token', async (request, reply) => {
    const realm = realmOf(service.backend, request.params.tenant);
    const form = withBasicCredentials(request, parseTokenRequest(request.body ?? {}));
    const grantType = required(form, 'grant_type');
    if (!isKnownGrant(grantType)) throw new EntraError(70003, grantType.slice(0, 100));
    const client = await authenticateClient(service, form, realmName(realm), [
      `${originOf(request)}${request.url.split('?')[0]}`,
      `${originOf(request)}/${request.params.tenant}/v2.0`,
      `${service.options.publicUrl()}/${request.params.tenant}/oauth2/v2.0/token`,
      `${service.options.publicUrl()}/${request.params.tenant}/v2.0`,
    ]);
    void reply.header('cache-control', 'no-store').header('pragma', 'no-cache');
    return grants[grantType](service, realm, client, form);
  });
}

function isKnownGrant(name: string): name is keyof typeof grants {
  return Object.hasOwn(grants, name);
}

/** A client's id and secret may come in the Authorization header instead of the form (RFC 6749, 2.3.1). */
function withBasicCredentials<T extends { client_id?: string; client_secret?: string }>(
  request: FastifyRequest,
  form: T,
): T {
  const encoded = /^basic ([\w+/=]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (encoded === undefined) return form;
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  if (colon < 0) throw new EntraError(7000218);
  try {
    const [id, secret] = [text.slice(0, colon), text.slice(colon + 1)].map(decodeURIComponent);
    return { ...form, client_id: id, client_secret: secret };
  } catch {
    throw new EntraError(7000218);
  }
}
