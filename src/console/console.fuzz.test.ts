import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import Fastify, { type FastifyInstance } from 'fastify';
import { mutatedBytes, mutatedJson, mutatedText } from '../../test/kit/fuzz.ts';
import { openGatewayWorld } from '../../test/kit/gateway-world.ts';
import { createConsole } from './console.ts';
import { createMetrics } from './metrics.ts';
import type { PeopleChanges } from './options.ts';

const pages = mkdtempSync(join(tmpdir(), 'isthmus-console-fuzz-'));
after(() => rmSync(pages, { recursive: true }));
mkdirSync(join(pages, 'assets'));
writeFileSync(join(pages, 'index.html'), '<!doctype html><title>Isthmus</title>');

const people: PeopleChanges = {
  edit: () => Promise.resolve({ kind: 'no-such-person' }),
  add: () => Promise.resolve({ kind: 'exists' }),
  remove: () => Promise.resolve('no-such-person'),
  undo: () => Promise.resolve({ kind: 'nothing-to-undo' }),
  amended: () => undefined,
  removed: () => [],
  edits: () => [],
};
const bodies = [
  { kind: 'password', username: 'bob@contoso.example', password: 'hunter2' },
  { kind: 'refreshToken', token: 'secret-token' },
  { displayName: 'Bob', mode: 'Legacy', home: 'online' },
  { id: 'new@contoso.example', displayName: 'New' },
];
const paths = [
  '/api/status',
  '/api/people',
  '/api/people/bob@contoso.example',
  '/api/people/bob@contoso.example/links/teams',
  '/api/people/bob@contoso.example/presence',
  '/api/messages?limit=10',
  '/api/messages/m1',
  '/api/sandbox',
  '/metrics',
  '/assets/main.js',
];
const methods = fc.constantFrom('GET', 'PUT', 'POST', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS' as const);

describe("the operators' API", () => {
  let app: FastifyInstance;
  let world: Awaited<ReturnType<typeof openGatewayWorld>>;
  before(async () => {
    world = await openGatewayWorld();
    app = Fastify();
    await app.register(
      createConsole({
        gateway: world.gateway,
        directory: world.directory,
        people,
        links: { get: async () => undefined, put: async () => undefined, remove: async () => undefined },
        linkChanged: () => undefined,
        clock: world.clock,
        metrics: createMetrics(),
        report: (event) => assert.notEqual(event.kind, 'fault'),
        version: '1',
        policy: 'bridged',
        publicUrl: () => 'https://localhost:7480',
        access: { token: 'the-token', openReads: true, openChanges: true },
        sandbox: undefined,
        pages,
      }),
    );
    await app.ready();
  });
  after(() => world[Symbol.asyncDispose]());

  async function ask(
    method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS',
    url: string,
    payload: string | Buffer,
  ) {
    const answer = await app.inject({
      method,
      url: encodeURI(url.toWellFormed()).slice(0, 4_000),
      headers: { host: 'localhost:7080', 'content-type': 'application/json' },
      ...(method === 'GET' || method === 'HEAD' ? {} : { payload }),
    });
    assert.ok(answer.statusCode < 500, `${method} ${url}: ${answer.statusCode} ${answer.body}`);
    assert.ok(!/hunter2|secret-token/.test(answer.body), 'no secret comes back');
    return answer;
  }

  it('answers whatever is asked, never with a defect of its own and never with a secret', async () => {
    const url = fc.oneof(
      fc.constantFrom(...paths),
      mutatedText(...paths).map((text) => `/${text.replace(/^\/+/, '')}`),
    );
    await fc.assert(
      fc.asyncProperty(methods, url, mutatedJson(...bodies), async (method, at, body) => {
        await ask(method, at, JSON.stringify(body));
      }),
      { numRuns: 400 },
    );
  });

  it('answers bytes that are no JSON', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('PUT', 'POST' as const),
        fc.constantFrom(...paths),
        mutatedBytes(...bodies.map((body) => JSON.stringify(body))),
        async (method, at, bytes) => {
          await ask(method, at, bytes);
        },
      ),
      { numRuns: 150 },
    );
  });
});
