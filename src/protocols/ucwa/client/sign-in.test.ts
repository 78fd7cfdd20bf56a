import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { createDiscovery } from './discover.ts';
import { ConnectionFailed, RequestFailed, SignInRefused, UnexpectedAnswer } from './failures.ts';
import { signIn } from './sign-in.ts';
import { createTransport } from './transport.ts';

type Route = (request: IncomingMessage, body: string, response: ServerResponse) => void;

/** A pool reduced to its sign-in, that notes what was asked of it. */
async function pool(overrides: Record<string, Route> = {}) {
  const asked: string[] = [];
  let tokens = 0;
  const json = (response: ServerResponse, status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const routes: Record<string, Route> = {
    '/': (_request, _body, response) =>
      json(response, 200, { _links: { user: { href: `${origin()}/user?originalDomain=contoso.example` } } }),
    '/user': (request, _body, response) => {
      if (request.headers.authorization === undefined) {
        response
          .writeHead(401, {
            'www-authenticate': [
              'Bearer trusted_issuers="x", client_id="y"',
              `MsRtcOAuth href="${origin()}/WebTicket/oauthtoken",grant_type="urn:microsoft.rtc:windows,password"`,
            ],
          })
          .end('<html></html>');
      } else json(response, 200, { _links: { applications: { href: `${origin()}/applications` } } });
    },
    '/WebTicket/oauthtoken': (_request, body, response) => {
      const form = new URLSearchParams(body);
      if (form.get('password') !== 'p&ss word') return json(response, 400, { error: 'invalid_grant' });
      tokens += 1;
      json(response, 200, { access_token: `cwt=${tokens}`, expires_in: 3600, token_type: 'Bearer' });
    },
    '/resource': (request, _body, response) =>
      json(response, request.headers.authorization === `Bearer cwt=${tokens}` ? 200 : 401, { ok: true }),
    ...overrides,
  };
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    asked.push(`${request.method} ${path}`);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const route = routes[path];
      if (route) route(request, Buffer.concat(chunks).toString(), response);
      else response.writeHead(404).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const transport = createTransport();
  const clock = new ManualClock();
  const discovery = createDiscovery({ transport, entries: [new URL(origin())], trustedDomains: [] });
  const signal = AbortSignal.timeout(5_000);
  return {
    asked,
    clock,
    signal,
    discovery,
    spoil: () => {
      tokens += 1;
    },
    signIn: (password = 'p&ss word') =>
      signIn({
        transport,
        discovery,
        clock,
        signal,
        credentials: { username: 'alice@contoso.example', password },
      }),
    async [Symbol.asyncDispose]() {
      await transport[Symbol.asyncDispose]();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('signing in', () => {
  it('finds the applications from the entry, with a ticket that the challenge told how to get', async () => {
    await using server = await pool();
    const { applications } = await server.signIn();
    assert.equal(applications.pathname, '/applications');
    assert.deepEqual(server.asked, ['GET /', 'GET /user', 'POST /WebTicket/oauthtoken', 'GET /user']);
  });

  it('needs two requests for the next account, and starts over after a 403', async () => {
    await using server = await pool();
    await server.signIn();
    server.asked.length = 0;
    await server.signIn();
    assert.deepEqual(server.asked, ['POST /WebTicket/oauthtoken', 'GET /user']);
    server.discovery.noteFailure(new RequestFailed(500, undefined));
    server.discovery.noteFailure(new RequestFailed(403, undefined));
    server.asked.length = 0;
    await server.signIn();
    assert.equal(server.asked[0], 'GET /');
  });

  it('says when the password is refused', async () => {
    await using server = await pool();
    await assert.rejects(
      server.signIn('wrong'),
      (error) => error instanceof SignInRefused && error.error === 'invalid_grant',
    );
  });

  for (const [where, path] of [
    ['the place of the ticket service', '/WebTicket/oauthtoken'],
    ['the place of the pool', '/user'],
  ] as const) {
    it(`does not take it for a refusal what something else says in ${where}`, async () => {
      await using server = await pool({
        [path]: (_request, _body, response) => response.writeHead(401).end('<h1>Unauthorized</h1>'),
      });
      await assert.rejects(
        server.signIn(),
        (error) => error instanceof RequestFailed && error.status === 401,
      );
    });
  }

  it('buys one new token for many requests that were refused at once', async () => {
    await using server = await pool();
    const { requester } = await server.signIn();
    server.spoil();
    server.asked.length = 0;
    const { signal } = server;
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => requester.call('GET', '/resource', { signal })),
    );
    assert.ok(answers.every((answer) => answer.status === 200));
    assert.equal(server.asked.filter((line) => line.includes('oauthtoken')).length, 1);
  });

  it('renews a token shortly before it expires', async () => {
    await using server = await pool();
    const { requester } = await server.signIn();
    server.clock.advance(3_500_000);
    server.asked.length = 0;
    await requester.call('GET', '/resource', { signal: server.signal });
    assert.deepEqual(server.asked, ['POST /WebTicket/oauthtoken', 'GET /resource']);
  });

  it('sends neither password nor token to a place that is not trusted', async () => {
    const elsewhere = { href: 'http://evil.example/user' };
    await using redirecting = await pool({
      '/': (_request, _body, response) => response.end(JSON.stringify({ _links: { redirect: elsewhere } })),
    });
    await assert.rejects(redirecting.signIn(), UnexpectedAnswer);
    await using challenging = await pool({
      '/user': (_request, _body, response) =>
        response
          .writeHead(401, {
            'www-authenticate': 'MsRtcOAuth href="http://evil.example/t",grant_type="password"',
          })
          .end(),
    });
    await assert.rejects(challenging.signIn(), UnexpectedAnswer);
    await using server = await pool();
    const { requester } = await server.signIn();
    await assert.rejects(
      requester.call('GET', 'http://evil.example/x', { signal: server.signal }),
      UnexpectedAnswer,
    );
  });

  it('gives up on redirect links that lead in a circle', async () => {
    await using circle = await pool({
      '/user': (_request, _body, response) => {
        response.end(JSON.stringify({ _links: { redirect: { href: '/user' } } }));
      },
    });
    await assert.rejects(circle.signIn(), UnexpectedAnswer);
  });

  it('knows whether a request that got no answer may have been seen', async () => {
    await using server = await pool({ '/cut': (request) => void request.socket.destroy() });
    const { requester } = await server.signIn();
    await assert.rejects(
      requester.call('POST', '/cut', { signal: server.signal }),
      (error) => error instanceof ConnectionFailed && error.sent === 'maybe',
    );
    await using transport = createTransport();
    await assert.rejects(
      transport.send({
        method: 'GET',
        url: new URL('http://127.0.0.1:1/'),
        headers: {},
        signal: server.signal,
        timeoutMs: 1000,
      }),
      (error) => error instanceof ConnectionFailed && error.sent === 'no',
    );
  });
});
