import type { FastifyInstance } from 'fastify';
import type { SignInApp, SignInBackend, SignInUser } from '../../src/protocols/entra/server/backend.ts';
import { createSignInServer } from '../../src/protocols/entra/server/sign-in-server.ts';
import {
  generateStoredKeys,
  openSigningKeys,
  type StoredKeys,
} from '../../src/protocols/entra/signing-keys.ts';
import { ManualClock } from './manual-clock.ts';

export const tenant = { id: '11111111-0000-4000-8000-000000000001', domain: 'contoso.example' };

export const page: SignInApp = {
  clientId: '22222222-0000-4000-8000-000000000001',
  displayName: 'A <b>page</b>',
  secrets: [],
  certificates: [],
  roles: [],
  defaultScopes: ['Chat.Read'],
  redirectUris: ['http://localhost/*', 'https://page.example/back'],
};

export const daemon: SignInApp = {
  ...page,
  clientId: '22222222-0000-4000-8000-000000000002',
  secrets: ['s3cret'],
  roles: ['Chat.Read.All'],
};

/** A sign-in server that does not listen, with one user, `alice`, whose password is `right`. */
export interface SignInWorld {
  readonly clock: ManualClock;
  readonly server: FastifyInstance;
  /** May be replaced, to disable her or to revoke her tokens. */
  alice: SignInUser;
  post(form: Readonly<Record<string, string>>, path?: string): Promise<TokenAnswer>;
  /** As alice, for the page. */
  signIn(password?: string): Promise<TokenAnswer>;
}

export interface TokenAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export const scope = 'openid offline_access User.Read';
let keys: StoredKeys | undefined;

export async function openSignInWorld(): Promise<SignInWorld> {
  keys ??= await generateStoredKeys();
  const clock = new ManualClock();
  const backend: SignInBackend = {
    tenant: (name) => (name === tenant.id || name === tenant.domain ? tenant : undefined),
    userByName: (name) => (name.toLowerCase() === opened.alice.upn ? opened.alice : undefined),
    userById: (_tenant, id) => (id === opened.alice.objectId ? opened.alice : undefined),
    checkPassword: async (_user, password) => password === 'right',
    app: (id) => [page, daemon].find(({ clientId }) => clientId === id),
  };
  const opened: SignInWorld = {
    clock,
    server: createSignInServer(
      { clock, keys: await openSigningKeys(keys), publicUrl: () => 'https://login.example' },
      backend,
    ),
    alice: {
      objectId: '33333333-0000-4000-8000-000000000001',
      tenantId: tenant.id,
      upn: 'alice@contoso.example',
      displayName: 'Alice',
    },
    async post(form, path = `/${tenant.id}/oauth2/v2.0/token`) {
      const answer = await opened.server.inject({
        method: 'POST',
        url: path,
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'client-request-id': 'mine' },
        payload: new URLSearchParams(form).toString(),
      });
      return { status: answer.statusCode, body: answer.json() as Record<string, unknown> };
    },
    signIn: (password = 'right') =>
      opened.post({
        client_id: page.clientId,
        scope,
        grant_type: 'password',
        username: 'Alice@contoso.example',
        password,
      }),
  };
  return opened;
}
