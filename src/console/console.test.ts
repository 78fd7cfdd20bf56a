import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify';
import type { ConversationId, MessageId, PersonId, RemoteId, ThreadKey } from '../core/ids.ts';
import type { Person, Side } from '../core/people.ts';
import type { Presence } from '../core/presence/presence.ts';
import { noRemarks } from '../core/presence/remarks.ts';
import { createDirectory } from '../gateway/directory.ts';
import type { GatewayEvent } from '../gateway/events.ts';
import type { Trace } from '../gateway/ledger.ts';
import type { LinkSecret, Links } from '../gateway/links.ts';
import type { ShownPresence, ShownSide } from '../gateway/presence.ts';
import type { Access } from './access.ts';
import { createConsole } from './console.ts';
import { createMetrics } from './metrics.ts';
import type { PeopleChanges } from './options.ts';
import type { ErrorAnswer, SandboxAnswer } from './types.ts';

const pages = mkdtempSync(join(tmpdir(), 'isthmus-pages-'));
after(() => rmSync(pages, { recursive: true }));
mkdirSync(join(pages, 'assets'));
writeFileSync(join(pages, 'index.html'), '<!doctype html><title>Isthmus</title>');
writeFileSync(join(pages, 'assets', 'main-1.js'), 'export {};');

const bob: Person = {
  id: 'bob@contoso.example' as PersonId,
  displayName: 'Bob Brown',
  tenant: 'contoso.example',
  mode: 'Legacy',
  teams: { kind: 'account', objectId: 'a11ce000-0000-4000-8000-000000000002', upn: 'bob@contoso.example' },
  skype: { home: 'online', sip: 'sip:bob@contoso.example', pool: 'online' },
};
const dave: Person = {
  ...bob,
  id: 'dave@contoso.example' as PersonId,
  teams: { ...bob.teams, objectId: 'd' } as Person['teams'],
  skype: { home: 'none' },
};

const trace: Trace = {
  id: 'm1' as MessageId,
  conversation: 'alice@contoso.example|bob@contoso.example' as ConversationId,
  side: 'teams',
  author: 'alice@contoso.example' as PersonId,
  recipient: bob.id,
  writtenAt: 1,
  takenAt: 2,
  deadlineAt: 3,
  endedAt: 3,
  bytes: 5,
  state: 'failed',
  end: { kind: 'failed', refusal: { id: 'offline', side: 'skype', person: 'Bob Brown' } },
  telling: { kind: 'told' },
  thread: '19:chat' as ThreadKey,
  remoteId: '1700000000000' as RemoteId,
  format: 'text',
  steps: [{ at: 2, step: 'taken' }],
};

const sandbox: SandboxAnswer = {
  graph: 'http://localhost:7081',
  authority: 'http://localhost:7081',
  clientId: 'c',
  pools: [{ name: 'online', home: 'online', discovery: 'http://localhost:7082' }],
  people: [],
};

const offline: Presence = { availability: 'Offline', activity: 'None' };
const silent: Omit<ShownSide, 'seen' | 'ours'> = {
  seenAt: undefined,
  remarks: undefined,
  lastActiveAt: undefined,
  ourRemarks: noRemarks,
  endpointLeaseMs: 60_000,
};
const shown: ShownPresence = {
  authority: 'skype',
  sides: {
    teams: { ...silent, seen: undefined, ours: { availability: 'Busy', activity: 'None' } },
    skype: { ...silent, seen: { availability: 'Busy', activity: 'None' }, ours: offline },
  },
};

/** Their tests stand beside `people-api.ts`. */
const people: PeopleChanges = {
  edit: () => assert.fail(),
  add: () => assert.fail(),
  remove: () => assert.fail(),
  undo: () => assert.fail(),
  amended: () => undefined,
  removed: () => [],
  edits: () => [],
};

const closed: Access = { token: 'the-token', openReads: false, openChanges: false };
const local: Access = { ...closed, openReads: true };
const playground: Access = { ...local, openChanges: true };

let events: GatewayEvent[];
let changes: string[];
let secrets: Map<string, LinkSecret>;
beforeEach(() => {
  events = [];
  changes = [];
  secrets = new Map();
});

async function open(
  access: Access,
  extra: { sandbox?: SandboxAnswer; broken?: Error } = {},
): Promise<FastifyInstance> {
  const links: Links = {
    get: async (person, side) => secrets.get(`${person} ${side}`),
    put: async (person, side, secret) => void secrets.set(`${person} ${side}`, secret),
    remove: async (person, side) => void secrets.delete(`${person} ${side}`),
  };
  const app = Fastify();
  await app.register(
    createConsole({
      gateway: {
        presence: () => shown,
        ownPresence: () => undefined,
        presenceHistory: async () => [],
        recent: async (limit) => [trace].slice(0, limit),
        trace: async (id) => {
          if (extra.broken) throw extra.broken;
          return id === trace.id || id === trace.remoteId ? trace : undefined;
        },
        status: async () => ({
          startedAt: 1,
          underWay: 0,
          pressure: 0,
          ledger: { messages: 1, underWay: 0, delivered: 0, failed: 1, syncs: 2 },
          links: { teams: [{ name: 'graph', state: 'connected', since: 1 }], skype: [] },
        }),
      },
      directory: createDirectory([bob, dave]),
      people,
      links,
      linkChanged: (person, side) => void changes.push(`${person} ${side}`),
      clock: { now: () => 10 },
      metrics: createMetrics(),
      report: (event) => void events.push(event),
      version: '1.2.3',
      policy: 'bridged',
      publicUrl: () => 'https://localhost:7480',
      access,
      sandbox: extra.sandbox,
      pages,
    }),
  );
  return app;
}

async function ask(app: FastifyInstance, request: InjectOptions | string) {
  const options = typeof request === 'string' ? { url: request } : request;
  const answer = await app.inject({ ...options, headers: { host: 'localhost:7080', ...options.headers } });
  return { status: answer.statusCode, headers: answer.headers, body: answer.body, json: () => answer.json() };
}

async function refusalOf(app: FastifyInstance, request: InjectOptions | string) {
  const answer = await ask(app, request);
  const { error } = answer.json() as ErrorAnswer;
  return { status: answer.status, ...error };
}

const linkOf = (side: Side, payload?: unknown, name = 'bob@contoso.example'): InjectOptions => ({
  method: payload === undefined ? 'DELETE' : 'PUT',
  url: `/api/people/${encodeURIComponent(name)}/links/${side}`,
  ...(payload === undefined ? {} : { payload: payload as Record<string, unknown> }),
});

describe("the operators' API", () => {
  it('says how the gateway and its networks are', async () => {
    const answer = (await ask(await open(local), '/api/status')).json();
    assert.equal(answer.version, '1.2.3');
    assert.deepEqual(answer.networks[0], {
      side: 'teams',
      links: [{ name: 'graph', state: 'connected', since: 1 }],
    });
    assert.equal(answer.messages.failed, 1);
  });

  it('lists people with accounts, links and what each side shows', async () => {
    secrets.set('bob@contoso.example skype', { kind: 'password', username: 'bob', password: 'hunter2' });
    const answer = await ask(await open(local), '/api/people');
    const [first, second] = answer.json().people;
    assert.deepEqual(first.links, { teams: 'not linked', skype: 'linked' });
    assert.equal(first.presence.sides.skype.seen.availability, 'Busy');
    assert.deepEqual(second.links, { teams: 'not linked', skype: 'none' });
    assert.doesNotMatch(answer.body, /hunter2/);
  });

  it('traces a message by either id, with the reason its sender was given', async () => {
    const app = await open(local);
    for (const id of ['m1', '1700000000000']) {
      const answer = (await ask(app, `/api/messages/${id}`)).json();
      assert.equal(answer.id, 'm1');
      assert.equal(answer.reason.cause, 'Bob Brown is offline in Skype for Business.');
      assert.deepEqual(answer.steps, [{ at: 2, step: 'taken' }]);
    }
    assert.equal((await refusalOf(app, '/api/messages/nope')).id, 'no-such-message');
  });

  it('lists the newest messages, as many as asked for', async () => {
    const app = await open(local);
    const [message] = (await ask(app, '/api/messages')).json().messages;
    assert.equal(message.reason.id, 'offline');
    assert.deepEqual([message.authorName, message.recipientName], [undefined, 'Bob Brown']);
    for (const limit of ['0', '1001', 'many'])
      assert.deepEqual((await refusalOf(app, `/api/messages?limit=${limit}`)).id, 'malformed', limit);
  });

  it('links and unlinks accounts', async () => {
    const app = await open(playground);
    const secret = { kind: 'password', username: 'bob@contoso.example', password: 'demo' };
    assert.equal((await ask(app, linkOf('skype', secret, 'BOB@contoso.example'))).status, 204);
    assert.deepEqual(secrets.get('bob@contoso.example skype'), secret);
    assert.equal((await ask(app, linkOf('skype'))).status, 204);
    assert.equal(secrets.size, 0);
    assert.deepEqual(changes, ['bob@contoso.example skype', 'bob@contoso.example skype']);
  });

  it('refuses links of nobody, of no account, or of another shape, without repeating the secret', async () => {
    const app = await open(playground);
    const secret = { kind: 'password', username: 'x', password: 'hunter2' };
    assert.equal((await refusalOf(app, linkOf('skype', secret, 'zoe@contoso.example'))).id, 'no-such-person');
    assert.equal((await refusalOf(app, linkOf('skype', secret, 'dave@contoso.example'))).id, 'no-account');
    for (const wrong of [
      { ...secret, more: 1 },
      { kind: 'password' },
      { kind: 'refreshToken', token: 'hunter2' },
    ]) {
      const { id, cause } = await refusalOf(app, linkOf('skype', wrong));
      assert.equal(id, 'malformed');
      assert.doesNotMatch(cause, /hunter2/);
    }
    assert.equal(secrets.size, 0);
  });

  it('tells the pages of the sandbox, where there is one', async () => {
    assert.equal((await refusalOf(await open(local), '/api/sandbox')).id, 'no-sandbox');
    assert.deepEqual((await ask(await open(local, { sandbox }), '/api/sandbox')).json(), sandbox);
  });

  it('answers Prometheus', async () => {
    const answer = await ask(await open(local), '/metrics');
    assert.match(String(answer.headers['content-type']), /text\/plain/);
    assert.match(answer.body, /isthmus_links\{side="teams",state="connected"\} 1/);
  });

  it('reports a defect and shows nothing of it', async () => {
    const error = new Error('password hunter2 in a message');
    const { status, id, cause } = await refusalOf(await open(local, { broken: error }), '/api/messages/m1');
    assert.deepEqual([status, id], [500, 'fault']);
    assert.doesNotMatch(cause, /hunter2/);
    assert.deepEqual(events, [{ kind: 'fault', where: 'GET /api/messages/:id', error }]);
  });

  it('refuses unknown addresses in the same shape', async () => {
    assert.deepEqual((await refusalOf(await open(local), '/api/nothing')).id, 'not-found');
  });
});

describe("access to the operators' API", () => {
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const secret = { kind: 'password', username: 'x', password: 'y' };

  it('on loopback: reads are open, changes need the-token', async () => {
    const app = await open(local);
    assert.equal((await ask(app, '/api/people')).status, 200);
    const { status, id } = await refusalOf(app, linkOf('teams', secret));
    assert.deepEqual([status, id], [401, 'unauthenticated']);
    assert.equal((await ask(app, { ...linkOf('teams', secret), headers: bearer('the-token') })).status, 204);
  });

  it('elsewhere: everything but the pages needs the token, under whatever name', async () => {
    const app = await open(closed);
    const host = { host: 'gw.contoso.example' };
    for (const url of ['/api/people', '/api/status', '/metrics']) {
      assert.equal((await refusalOf(app, { url, headers: host })).status, 401, url);
      assert.equal(
        (await refusalOf(app, { url, headers: { ...host, ...bearer('a-token') } })).status,
        401,
        url,
      );
      assert.equal((await ask(app, { url, headers: { ...host, ...bearer('the-token') } })).status, 200, url);
    }
    assert.equal((await ask(app, { url: '/console', headers: host })).status, 200);
  });

  it('on loopback: a name that is not loopback is refused, pages included (DNS rebinding)', async () => {
    const app = await open(playground);
    for (const url of ['/api/people', '/']) {
      const { status, id } = await refusalOf(app, { url, headers: { host: 'evil.example:7080' } });
      assert.deepEqual([status, id], [421, 'wrong-host'], url);
    }
    for (const host of ['localhost', '127.0.0.1:7080', '[::1]:7080'])
      assert.equal((await ask(app, { url: '/api/people', headers: { host } })).status, 200, host);
  });

  it('on loopback: what a proxy brings needs the token', async () => {
    const app = await open(playground);
    for (const name of ['forwarded', 'x-forwarded-for', 'via']) {
      const forwarded = { [name]: 'for=203.0.113.7' };
      assert.equal((await refusalOf(app, { url: '/api/people', headers: forwarded })).status, 401, name);
      const proven = { ...forwarded, ...bearer('the-token') };
      assert.equal((await ask(app, { url: '/api/people', headers: proven })).status, 200, name);
    }
  });

  it('is refused to the pages of other sites', async () => {
    const app = await open(playground);
    const foreign = { 'sec-fetch-site': 'cross-site' };
    assert.equal((await refusalOf(app, { url: '/api/people', headers: foreign })).id, 'cross-site');
    assert.equal((await ask(app, '/api/people')).headers['access-control-allow-origin'], undefined);
  });
});

describe('the pages', () => {
  it('are one document at every address of a page, with their assets kept', async () => {
    const app = await open(local);
    for (const url of ['/', '/split', '/teams', '/skype', '/console']) {
      const answer = await ask(app, url);
      assert.match(answer.body, /<title>Isthmus/, url);
      assert.equal(answer.headers['cache-control'], 'no-cache');
    }
    assert.match(String((await ask(app, '/assets/main-1.js')).headers['cache-control']), /immutable/);
    assert.equal((await ask(app, '/assets/none.js')).status, 404);
    assert.equal((await ask(app, '/..%2f..%2fetc/passwd')).status, 404);
  });

  it('may run no inline script and talk to nobody but the gateway and the embedded servers', async () => {
    const policyOf = async (app: FastifyInstance) =>
      String((await ask(app, '/')).headers['content-security-policy']);
    const policy = await policyOf(await open(local, { sandbox }));
    assert.match(policy, /script-src 'self';/);
    assert.match(policy, /connect-src 'self' http:\/\/localhost:7081 http:\/\/localhost:7082;/);
    assert.match(await policyOf(await open(local)), /connect-src 'self';/);
  });
});
