import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { Agent } from 'undici';
import { batch } from './batch.ts';
import { openOneOnOne } from './chats.ts';
import { createGraphClient, type GraphClient, nothing } from './graph-client.ts';
import { listMessagesSince, sendMessage } from './messages.ts';
import { presencesOf } from './presence.ts';
import type { TokenSource } from './result.ts';

const never = new AbortController().signal;

describe('the Graph client', () => {
  let server: Server | undefined;
  let agent: Agent | undefined;
  let tokens: string[] = [];
  const account: TokenSource = {
    token: async () => ({ ok: true, token: tokens[0] ?? 'token' }),
    rejected: () => void tokens.shift(),
  };

  async function graphAnswering(listener: RequestListener): Promise<GraphClient> {
    const opened = createServer(listener);
    server = opened;
    await new Promise((resolve) => opened.listen(0, '127.0.0.1', () => resolve(undefined)));
    const { port } = opened.address() as AddressInfo;
    agent = new Agent();
    return createGraphClient({ baseUrl: `http://127.0.0.1:${port}/v1.0`, dispatcher: agent });
  }
  const json = (status: number, body: unknown, headers = {}): RequestListener => {
    return (request, response) => {
      request.resume();
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(body));
    };
  };
  const message = (id: string) => ({
    id,
    messageType: 'message',
    createdDateTime: '2026-01-05T09:00:00Z',
    body: { contentType: 'html', content: 'hi' },
  });

  afterEach(async () => {
    tokens = [];
    await agent?.destroy();
    server?.closeAllConnections();
    server?.close();
  });

  it('gives Graph’s error as a value, with the wait that it asks for', async () => {
    const graph = await graphAnswering(
      json(
        429,
        { error: { code: 'TooManyRequests', message: 'slow', innerError: { 'request-id': 'r1' } } },
        { 'retry-after': '7' },
      ),
    );
    assert.deepEqual(await sendMessage(graph, account, 'c', 'hi', never), {
      ok: false,
      failure: {
        kind: 'answered',
        status: 429,
        code: 'TooManyRequests',
        message: 'slow',
        retryAfterMs: 7000,
        requestId: 'r1',
      },
    });
  });

  it('tells that an answer has another shape than documented, though Graph did it', async () => {
    const graph = await graphAnswering(json(201, { id: 7 }));
    const result = await sendMessage(graph, account, 'c', 'hi', never);
    assert.ok(!result.ok && result.failure.kind === 'malformed' && result.failure.status === 201);
  });

  it('tells a Graph that nobody reached from one that went away with the request', async () => {
    const graph = await graphAnswering((request) => request.socket.destroy());
    const cut = await sendMessage(graph, account, 'c', 'hi', never);
    assert.ok(!cut.ok && cut.failure.kind === 'interrupted');
    server?.close();
    const refused = await sendMessage(
      createGraphClient({ baseUrl: 'http://127.0.0.1:1', dispatcher: agent ?? new Agent() }),
      account,
      'c',
      'hi',
      never,
    );
    assert.deepEqual(refused, { ok: false, failure: { kind: 'unreachable', detail: 'ECONNREFUSED' } });
  });

  it('sends nothing once the caller gave up, and is uncertain when that comes later', async () => {
    let asked = 0;
    let arrived: () => void = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const graph = await graphAnswering(() => {
      asked++;
      arrived();
    });
    assert.deepEqual(await sendMessage(graph, account, 'c', 'hi', AbortSignal.abort()), {
      ok: false,
      failure: { kind: 'aborted' },
    });
    assert.equal(asked, 0);
    const controller = new AbortController();
    const running = sendMessage(graph, account, 'c', 'hi', controller.signal);
    await arrival;
    controller.abort();
    const late = await running;
    assert.ok(!late.ok && late.failure.kind === 'interrupted');
  });

  it('asks for another token once when Graph refuses the first', async () => {
    tokens = ['old', 'new'];
    const seen: (string | undefined)[] = [];
    const graph = await graphAnswering((request, response) => {
      seen.push(request.headers.authorization);
      const status = request.headers.authorization === 'Bearer new' ? 204 : 401;
      response.writeHead(status).end();
    });
    const result = await graph.call(account, { method: 'GET', path: '/x', answer: nothing, signal: never });
    assert.ok(result.ok);
    assert.deepEqual(seen, ['Bearer old', 'Bearer new']);
  });

  it('names both people when it opens their chat', async () => {
    let body = '';
    const graph = await graphAnswering((request, response) => {
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      json(201, { id: '19:x', chatType: 'oneOnOne' })(request, response);
    });
    const result = await openOneOnOne(graph, account, ['u1', 'u2'], never);
    assert.ok(result.ok && result.value.id === '19:x');
    const { members } = JSON.parse(body);
    assert.deepEqual(
      members.map((member: Record<string, unknown>) => member['user@odata.bind']),
      [`${graph.baseUrl}/users('u1')`, `${graph.baseUrl}/users('u2')`],
    );
  });

  it('follows pages, leaves out what is malformed, and stops at the limit', async () => {
    const graph: GraphClient = await graphAnswering((request, response) => {
      const second = request.url?.includes('page=2') === true;
      json(200, {
        value: second ? [message('3'), message('4')] : [message('1'), { id: 2 }],
        ...(second ? {} : { '@odata.nextLink': `${graph.baseUrl}/chats/c/messages?page=2` }),
      })(request, response);
    });
    const result = await listMessagesSince(graph, account, 'c', 0, 2, never);
    assert.deepEqual(result.ok && result.value.map(({ id }) => id), ['1', '3']);
  });

  it('never takes its token to another place for a next page', async () => {
    const graph = await graphAnswering(
      json(200, { value: [message('1')], '@odata.nextLink': 'https://evil.example/v1.0/x' }),
    );
    const result = await listMessagesSince(graph, account, 'c', 0, 50, never);
    assert.ok(!result.ok && result.failure.kind === 'malformed');
  });

  it('gives a batch’s answers in the order of its requests', async () => {
    const graph = await graphAnswering(
      json(200, {
        responses: [
          { id: '2', status: 429, headers: { 'Retry-After': '3' }, body: {} },
          { id: '1', status: 204 },
        ],
      }),
    );
    const step = { method: 'DELETE', path: '/x', answer: nothing } as const;
    const result = await batch(graph, account, [step, step, step], never);
    assert.ok(result.ok);
    const [first, second, third] = result.value;
    assert.ok(first?.ok);
    assert.ok(
      second && !second.ok && second.failure.kind === 'answered' && second.failure.retryAfterMs === 3000,
    );
    assert.ok(third && !third.ok && third.failure.kind === 'malformed');
  });

  it('leaves out presences that it cannot read', async () => {
    const graph = await graphAnswering(
      json(200, { value: [{ id: 'u1', availability: 'Busy', activity: 'InACall', extra: 1 }, { id: 'u2' }] }),
    );
    const result = await presencesOf(graph, account, ['u1', 'u2'], never);
    assert.deepEqual(result.ok && result.value.map(({ id }) => id), ['u1']);
  });
});
