import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { describe, it } from 'node:test';
import { runInNewContext } from 'node:vm';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { boundaryOf, decodeBatchResponse, encodeBatchRequest } from '../../protocols/ucwa/batch.ts';
import { embeddedOf } from '../../protocols/ucwa/hal.ts';
import { parseChallenges } from '../../protocols/ucwa/www-authenticate.ts';
import { serve } from '../listen.ts';
import { createPools, type PoolsOptions } from './pools.ts';
import { TestClient } from './test-client.ts';

const alice = 'alice@contoso.example';
const root = '/Autodiscover/AutodiscoverService.svc/root';

function start(options: PoolsOptions = {}) {
  const clock = new ManualClock();
  const pools = createPools({ clock, limits: { holds: { low: 0, medium: 0 } }, ...options });
  return { clock, pools, [Symbol.asyncDispose]: () => pools[Symbol.asyncDispose]() };
}

describe('a batch', { timeout: 20_000 }, () => {
  it('performs its requests in order and answers each', async () => {
    await using world = start();
    const client = await TestClient.signIn(world.pools.online.ucwa, alice);
    const header = { host: 'pool.example', accept: 'application/json' };
    const json = { ...header, 'content-type': 'application/json' };
    const payload = encodeBatchRequest(
      [
        {
          method: 'POST',
          url: client.at('/me/makeMeAvailable'),
          headers: json,
          body: '{"SupportedModalities":["Messaging"]}',
        },
        { method: 'GET', url: client.at('/me/presence'), headers: header, body: '' },
        { method: 'GET', url: client.at('/events?ack=1'), headers: header, body: '' },
        { method: 'GET', url: client.at('/communication'), headers: header, body: '' },
        { method: 'GET', url: client.at('/%65vents?ack=1'), headers: header, body: '' },
        { method: 'GET', url: '/ucwa/oauth/v1/applications/1/me', headers: header, body: '' },
      ],
      'b1',
    );
    const answer = await client.request('POST', client.at('/batch'), payload, {
      'content-type': 'multipart/batching;boundary=b1',
    });
    assert.equal(answer.status, 200, answer.text);
    const parts = decodeBatchResponse(answer.text, boundaryOf(String(answer.headers['content-type'])) ?? '');
    assert.deepEqual(
      parts.map(({ status }) => status),
      [204, 200, 400, 200, 400, 400],
    );
    assert.equal(JSON.parse(parts[1]?.body ?? '').availability, 'Online');
    assert.ok(parts[3]?.headers['ETag']);
    for (const { headers } of parts.slice(1)) assert.equal(Object.keys(headers).at(-1), 'Content-Type');
  });

  it('is refused whole when it has too many parts, or cannot be read', async () => {
    await using world = start();
    const client = await TestClient.signIn(world.pools.online.ucwa, alice);
    const part = { method: 'GET', url: client.at('/me'), headers: {}, body: '' };
    const post = (payload: string, type = 'multipart/batching;boundary=b1') =>
      client.request('POST', client.at('/batch'), payload, { 'content-type': type });
    assert.equal((await post(encodeBatchRequest(new Array(101).fill(part), 'b1'))).status, 429);
    const full = await post(encodeBatchRequest(new Array(100).fill(part), 'b1'));
    const parts = decodeBatchResponse(full.text, boundaryOf(String(full.headers['content-type'])) ?? '');
    assert.equal(parts.filter(({ status }) => status === 200).length, 100);
    assert.equal((await post('nothing')).status, 400);
    assert.equal((await post('{}', 'application/json')).status, 415);
  });
});

describe('a person', { timeout: 20_000 }, () => {
  it('may have a bounded number of requests in progress, P-GETs not counted', async () => {
    await using world = start({ limits: { outstandingRequests: 2 } });
    const client = await TestClient.signIn(world.pools.online.ucwa, alice);
    const waiting = client.request('GET', client.at('/events?ack=1'));
    const answers = await Promise.all([1, 2, 3, 4].map(() => client.request('GET', client.self)));
    const refused = answers.filter(({ status }) => status === 429);
    assert.ok(refused.length > 0 && refused.length < 4);
    assert.equal(refused[0]?.body['code'], 'TooManyRequests');
    assert.equal((await client.request('GET', client.self)).status, 200);
    await client.request('DELETE', client.self);
    await waiting;
  });
});

describe('on a real port', { timeout: 20_000 }, () => {
  it('pages may call, and read the headers they need', async () => {
    await using world = start();
    await using served = await serve(world.pools.online.ucwa, { host: '127.0.0.1', port: 0 });
    const asked = await fetch(`${served.http.url}${root}/oauth/user`, {
      headers: { origin: 'http://localhost:7080' },
    });
    assert.equal(asked.status, 401);
    assert.equal(asked.headers.get('access-control-allow-origin'), 'http://localhost:7080');
    assert.match(
      asked.headers.get('access-control-expose-headers') ?? '',
      /WWW-Authenticate.*Location.*ETag/,
    );
    assert.equal(parseChallenges(asked.headers.get('www-authenticate') ?? '').length, 2);
    const preflight = await fetch(`${served.http.url}/ucwa/oauth/v1/applications`, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://localhost:7080',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    assert.equal(preflight.status, 204);
    assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /authorization/);
  });

  it('pages of other origins are refused where origins are named', async () => {
    await using world = start({ origins: ['http://localhost:7080'] });
    const app = world.pools.online.ucwa;
    const stranger = await app.inject({ url: '/', headers: { origin: 'http://evil.example' } });
    assert.equal(stranger.headers['access-control-allow-origin'], undefined);
    const claimed = await app.inject({ url: '/', headers: { 'x-ms-origin': 'http://evil.example' } });
    assert.equal(claimed.statusCode, 403);
    assert.match(String(claimed.headers['x-ms-diagnostics']), /cross domain/);
  });

  it('pages may call through the frame that discovery names', async () => {
    await using world = start();
    await using served = await serve(world.pools.online.ucwa, { host: '127.0.0.1', port: 0 });
    const page = await (await fetch(`${served.http.url}/xframe`)).text();
    const script = /<script>(.*)<\/script>/s.exec(page)?.[1] ?? '';
    const listeners: ((event: unknown) => Promise<void>)[] = [];
    const answers: Record<string, unknown>[] = [];
    const source = { postMessage: (text: string) => void answers.push(JSON.parse(text)) };
    const addEventListener = (_type: string, listener: (event: unknown) => Promise<void>) =>
      listeners.push(listener);
    runInNewContext(script, { fetch, URL, location: new URL(served.http.url), addEventListener });
    const [post] = listeners;
    assert.ok(post);
    const ask = async (request: unknown) => {
      const data = typeof request === 'string' ? request : JSON.stringify(request);
      await post({ data, source, origin: 'http://app.example' });
      return answers.pop();
    };
    const user = await ask({
      type: 'get',
      url: `${served.http.url}${root}/oauth/user`,
      headers: {},
      messageId: 'm1',
    });
    assert.deepEqual([user?.['messageId'], user?.['status']], ['m1', 401]);
    assert.match(String(user?.['headers']), /^WWW-Authenticate: Bearer .*, MsRtcOAuth href="/m);
    const form = { 'Content-Type': "application/x-www-form-urlencoded;charset='utf-8'" };
    const data = `grant_type=password&username=${alice}&password=demo`;
    const ticket = await ask({
      type: 'post',
      url: `${served.http.url}/webticket/oauthtoken`,
      headers: form,
      data,
    });
    assert.equal(ticket?.['status'], 200);
    assert.match(String(ticket?.['headers']), /^Content-Type: application\/json/m);
    const elsewhere = await ask({ type: 'get', url: 'http://other.example/', headers: {} });
    assert.equal(elsewhere?.['status'], 403);
    assert.equal(await ask('not JSON'), undefined);
    assert.equal(await ask('null'), undefined);
  });

  it('refuses a path that cannot be decoded in the documented words', async () => {
    await using world = start();
    const answer = await world.pools.online.ucwa.inject({ url: '/ucwa/oauth/v1/%ff' });
    assert.equal(answer.statusCode, 400);
    assert.equal(answer.json().code, 'BadRequest');
  });

  it('takes requests without a body whatever content type they claim', async () => {
    await using world = start();
    await using served = await serve(world.pools.online.ucwa, { host: '127.0.0.1', port: 0 });
    const client = await TestClient.signIn(world.pools.online.ucwa, alice);
    const socket = connectSocket(served.http.port, '127.0.0.1');
    socket.write(
      `POST ${client.at('/me/makeMeAvailable')} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${client.token}\r\n` +
        'Content-Type: \r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    );
    const [answer] = await once(socket, 'data');
    assert.match(String(answer), /^HTTP\/1\.1 204/);
  });

  it('keeps a package whose client hung up, for the next P-GET', async () => {
    await using world = start();
    await using served = await serve(world.pools.online.ucwa, { host: '127.0.0.1', port: 0 });
    const client = await TestClient.signIn(world.pools.online.ucwa, alice);
    const abort = new AbortController();
    const waiting = fetch(`${served.http.url}${client.at('/events?ack=1')}`, {
      headers: { authorization: `Bearer ${client.token}` },
      signal: abort.signal,
    });
    await client.request('GET', client.self);
    abort.abort();
    await assert.rejects(waiting);
    await client.makeAvailable();
    assert.ok((await client.fetch()).length > 0);
  });

  it('can be made to fail: cut off, refused, and whole again', async () => {
    await using world = start();
    const { online } = world.pools;
    await using served = await serve(online.ucwa, { host: '127.0.0.1', port: 0 });
    const client = await TestClient.signIn(online.ucwa, alice);
    const waiting = fetch(`${served.http.url}${client.at('/events?ack=1')}`, {
      headers: { authorization: `Bearer ${client.token}` },
    });
    await client.request('GET', client.self);
    await fetch(served.http.url);
    online.setFault({ kind: 'down' });
    await assert.rejects(waiting);
    await assert.rejects(fetch(served.http.url));
    online.setFault({ kind: 'reject', status: 503 });
    const refused = await fetch(served.http.url);
    assert.deepEqual([refused.status, refused.headers.get('content-type')], [503, 'text/html']);
    online.setFault({ kind: 'none' });
    assert.equal((await fetch(served.http.url)).status, 200);
    assert.equal(embeddedOf((await client.request('GET', client.self)).body, 'me').length, 1);
  });
});
