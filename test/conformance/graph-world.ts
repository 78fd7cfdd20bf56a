import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { FastifyInstance } from 'fastify';
import type { TokenClaims } from '../../src/protocols/graph/server/auth.ts';
import {
  createNotifier,
  type Notifier,
  type NotifierOptions,
} from '../../src/protocols/graph/server/notifier/notifier.ts';
import { createGraphServer } from '../../src/protocols/graph/server/server.ts';
import {
  createTeamsTenants,
  type TeamsTenants,
  type TeamsTenantsOptions,
} from '../../src/sandbox/teams/tenants.ts';
import { people, type SandboxPerson } from '../../src/sandbox/world.ts';
import { ManualClock } from '../kit/manual-clock.ts';
import { withReference } from '../kit/reference.ts';
import { PublishedGraph } from './graph-schemas.ts';

export const gatewayApp = '15700000-0000-4000-8000-000000000001';
export const pageApp = '15700000-0000-4000-8000-000000000002';

const userScopes = [
  'User.Read',
  'User.ReadBasic.All',
  'Chat.Create',
  'Chat.ReadWrite',
  'ChatMessage.Send',
  'Presence.Read.All',
  'Presence.ReadWrite',
];
const gatewayRoles = [
  'User.Read.All',
  'Chat.Create',
  'Chat.Read.All',
  'Presence.Read.All',
  'Presence.ReadWrite.All',
];

export function person(address: string): SandboxPerson {
  const found = people.find((candidate) => candidate.address === address);
  if (found === undefined) throw new Error(`nobody is called ${address}`);
  return found;
}

export const alice = person('alice@contoso.example');
export const bob = person('bob@contoso.example');
export const carol = person('carol@contoso.example');
export const grace = person('grace@fabrikam.example');

export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface Exchange extends Reply {
  readonly method: string;
  readonly url: string;
}

/** Everything that this file's tests asked and were answered. */
const exchanges: Exchange[] = [];

/** The last test of a file: whatever its tests saw is as published. */
export function itAnswersAsPublished(): void {
  withReference('answers of Graph against its published description', () => {
    it('gives nothing but what the published description of Graph allows', () => {
      const published = new PublishedGraph();
      assert.ok(exchanges.length > 0);
      for (const { method, url, status, body } of exchanges) {
        assert.deepEqual(published.faults(method, url, status, body), [], `${method} ${url} ${status}`);
      }
    });
  });
}

/** Graph over the sandbox's tenants, without sign-in: a token is a name that the test gave claims. */
export class GraphWorld implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly notifier: Notifier;
  readonly tenants: TeamsTenants;
  readonly app: FastifyInstance;
  readonly #claims = new Map<string, TokenClaims>();

  constructor(options: Partial<NotifierOptions> & Partial<TeamsTenantsOptions> = {}) {
    this.notifier = createNotifier({
      clock: this.clock,
      mintValidationToken: (appId, tenantId) => `validation ${appId} ${tenantId}`,
      ...options,
    });
    this.tenants = createTeamsTenants({
      clock: this.clock,
      emit: (change) => this.notifier.publish(change),
      ...options,
    });
    this.app = createGraphServer({
      backend: this.tenants,
      notifier: this.notifier,
      clock: this.clock,
      verifyToken: (bearer) => this.#claims.get(bearer),
    });
  }

  /** A delegated token. */
  user(who: SandboxPerson, scopes: readonly string[] = userScopes, appId = pageApp): string {
    return this.#token({ kind: 'delegated', tenantId: who.tenant.id, appId, userId: who.objectId, scopes });
  }

  /** An application's token for alice's tenant, or another. */
  application(
    roles: readonly string[] = gatewayRoles,
    tenantId = alice.tenant.id,
    appId = gatewayApp,
  ): string {
    return this.#token({ kind: 'application', tenantId, appId, roles });
  }

  async ask(
    token: string | undefined,
    method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply> {
    const url = path.startsWith('http') ? path.slice(path.indexOf('/v1.0')) : `/v1.0${path}`;
    const response = await this.app.inject({
      method,
      url,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        host: 'graph.example',
        ...headers,
      },
      ...(body !== undefined && { payload: body as object }),
    });
    const reply: Reply = {
      status: response.statusCode,
      body: response.payload === '' ? undefined : response.json(),
      headers: response.headers,
    };
    exchanges.push({ ...reply, method, url });
    return reply;
  }

  /** The id of the one-to-one chat of two people. */
  async chat(first: SandboxPerson = alice, second: SandboxPerson = bob): Promise<string> {
    const created = await this.ask(this.user(first), 'POST', '/chats', oneOnOne(first, second));
    return created.body.id;
  }

  async say(who: SandboxPerson, chatId: string, content: string): Promise<Reply> {
    return this.ask(this.user(who), 'POST', `/chats/${chatId}/messages`, { body: { content } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app.close();
    this.tenants[Symbol.dispose]();
    await this.notifier[Symbol.asyncDispose]();
  }

  #token(claims: TokenClaims): string {
    const token = Buffer.from(JSON.stringify(claims)).toString('base64url');
    this.#claims.set(token, claims);
    return token;
  }
}

export function member(who: SandboxPerson): object {
  return {
    '@odata.type': '#microsoft.graph.aadUserConversationMember',
    roles: ['owner'],
    'user@odata.bind': `https://graph.microsoft.com/v1.0/users('${who.objectId}')`,
  };
}

export function oneOnOne(first: SandboxPerson, second: SandboxPerson): object {
  return { chatType: 'oneOnOne', members: [member(first), member(second)] };
}

export function group(topic: string, ...members: SandboxPerson[]): object {
  return { chatType: 'group', topic, members: members.map(member) };
}
