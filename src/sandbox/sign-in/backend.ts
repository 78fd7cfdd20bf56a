import { createHash, timingSafeEqual } from 'node:crypto';
import type { SignInApp, SignInBackend, SignInUser } from '../../protocols/entra/server/backend.ts';
import * as world from '../world.ts';

/** Every delegated permission that the gateway and the chat pages use: what `.default` asks for. */
export const delegatedScopes: readonly string[] = [
  'User.Read',
  'User.ReadBasic.All',
  'User.Read.All',
  'Chat.Create',
  'Chat.Read',
  'Chat.ReadWrite',
  'ChatMessage.Send',
  'Presence.Read',
  'Presence.Read.All',
  'Presence.ReadWrite',
];

const loopbackRedirects = ['http', 'https'].flatMap((scheme) =>
  ['localhost', '127.0.0.1', '[::1]'].map((host) => `${scheme}://${host}/*`),
);

export interface SignInWorld {
  readonly tenants: readonly world.SandboxTenant[];
  readonly people: readonly world.SandboxPerson[];
  readonly apps: readonly world.SandboxApp[];
  readonly password: string;
  /** PEM certificates by client id: applications that prove themselves by certificate. */
  readonly certificates?: Readonly<Record<string, readonly string[]>>;
}

/**
 * The sandbox's tenants, users and applications, to sign in to. So that somebody's own script needs no registration, any
 * other client id is taken as a public client with the delegated permissions it asks for; never for a token
 * in an application's own name, which takes a registered secret or certificate.
 */
export function createSandboxSignIn(sandbox: SignInWorld = world): SignInBackend {
  const tenants = new Map(
    sandbox.tenants.flatMap((tenant) => [
      [tenant.id, tenant],
      [tenant.domain, tenant],
    ]),
  );
  const users = sandbox.people.map(toUser);
  const byName = new Map(users.map((user) => [user.upn, user]));
  const byId = new Map(users.map((user) => [user.objectId, user]));
  const apps = new Map(
    sandbox.apps.map((app) => [app.clientId, toApp(app, sandbox.certificates?.[app.clientId] ?? [])]),
  );
  return {
    tenant: (idOrDomain) => tenants.get(idOrDomain.toLowerCase()),
    userByName: (name) => byName.get(name.toLowerCase()),
    userById: (tenantId, objectId) => {
      const user = byId.get(objectId);
      return user?.tenantId === tenantId ? user : undefined;
    },
    checkPassword: async (_user, password) => sameText(password, sandbox.password),
    app: (clientId) => apps.get(clientId.toLowerCase()) ?? unregistered(clientId),
  };
}

function toUser(person: world.SandboxPerson): SignInUser {
  return {
    objectId: person.objectId,
    tenantId: person.tenant.id,
    upn: person.address,
    displayName: person.displayName,
  };
}

function toApp(app: world.SandboxApp, certificates: readonly string[]): SignInApp {
  return {
    clientId: app.clientId,
    displayName: app.displayName,
    secrets: app.secret === undefined ? [] : [app.secret],
    certificates,
    roles: app.roles,
    defaultScopes: delegatedScopes,
    redirectUris: loopbackRedirects,
  };
}

function unregistered(clientId: string): SignInApp | undefined {
  if (!/^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i.test(clientId)) return undefined;
  return {
    clientId: clientId.toLowerCase(),
    displayName: 'An unregistered application',
    secrets: [],
    certificates: [],
    roles: [],
    defaultScopes: delegatedScopes,
    redirectUris: loopbackRedirects,
  };
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
