import type { FastifyInstance, FastifyRequest } from 'fastify';
import { realmOf, type SignInService } from './service.ts';

/** The base address that this request came to: endpoints are named to a client under the address it used. */
export function originOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}`;
}

/** Discovery: openid-configuration, instance discovery, and the keys that tokens are checked with. */
export function registerMetadata(app: FastifyInstance, service: SignInService): void {
  type Tenant = { Params: { tenant: string } };

  app.get<Tenant>('/:tenant/v2.0/.well-known/openid-configuration', (request) =>
    openidConfiguration(service, request, request.params.tenant),
  );
  app.get<Tenant>('/:tenant/.well-known/openid-configuration', (request) =>
    openidConfiguration(service, request, request.params.tenant),
  );

  const keys = () => service.options.keys.publicSet;
  app.get('/:tenant/discovery/v2.0/keys', keys);
  app.get('/:tenant/discovery/keys', keys);
  app.get('/discovery/v2.0/keys', keys);

  app.get<{ Querystring: { authorization_endpoint?: unknown } }>('/common/discovery/instance', (request) => {
    const host = new URL(originOf(request)).host;
    return {
      tenant_discovery_endpoint: `${originOf(request)}/${tenantOfEndpoint(request.query.authorization_endpoint)}/v2.0/.well-known/openid-configuration`,
      'api-version': '1.1',
      metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
    };
  });
}

function tenantOfEndpoint(endpoint: unknown): string {
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint)) return 'common';
  return new URL(endpoint).pathname.split('/')[1] || 'common';
}

function openidConfiguration(service: SignInService, request: FastifyRequest, segment: string) {
  const realm = realmOf(service.backend, segment);
  const base = `${originOf(request)}/${segment.toLowerCase()}`;
  const issuerTenant = realm.kind === 'tenant' ? realm.tenant.id : '{tenantid}';
  return {
    token_endpoint: `${base}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: `${base}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'fragment'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials', 'password'],
    code_challenge_methods_supported: ['S256'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: `${service.options.publicUrl()}/${issuerTenant}/v2.0`,
    request_uri_parameter_supported: false,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    claims_supported: [
      'sub',
      'iss',
      'aud',
      'exp',
      'iat',
      'nonce',
      'preferred_username',
      'name',
      'tid',
      'ver',
    ],
    tenant_region_scope: null,
    cloud_instance_name: new URL(base).host,
    cloud_graph_host_name: 'graph.windows.net',
    msgraph_host: 'graph.microsoft.com',
  };
}
