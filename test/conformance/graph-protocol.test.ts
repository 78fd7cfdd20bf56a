import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alice, bob, GraphWorld, grace, itAnswersAsPublished, oneOnOne } from './graph-world.ts';

describe('the people of a tenant', () => {
  it('are found by object id, by UPN, and as me', async () => {
    await using graph = new GraphWorld();
    const token = graph.user(alice);
    for (const path of [
      '/me',
      `/users/${alice.objectId}`,
      `/users/${alice.address.toUpperCase()}`,
      `/users('${alice.address}')`,
    ]) {
      const { status, body } = await graph.ask(token, 'GET', path);
      assert.equal(status, 200);
      assert.equal(body.userPrincipalName, alice.address);
    }
  });

  it('are nobody of another tenant', async () => {
    await using graph = new GraphWorld();
    const { status, body } = await graph.ask(graph.user(alice), 'GET', `/users/${grace.objectId}`);
    assert.equal(status, 404);
    assert.equal(body.error.code, 'Request_ResourceNotFound');
    const { value } = (
      await graph.ask(graph.application(['User.Read.All'], grace.tenant.id), 'GET', '/users')
    ).body;
    assert.ok(
      value.every(({ userPrincipalName }: { userPrincipalName: string }) =>
        userPrincipalName.endsWith('@fabrikam.example'),
      ),
    );
  });

  it('are paged, selected, filtered, ordered and counted', async () => {
    await using graph = new GraphWorld();
    const app = graph.application();
    const all: string[] = [];
    let path: string | undefined = '/users?$top=5&$select=userPrincipalName&$orderby=displayName';
    while (path !== undefined) {
      const { body } = await graph.ask(app, 'GET', path);
      assert.ok(body.value.length <= 5);
      for (const user of body.value) assert.deepEqual(Object.keys(user), ['userPrincipalName']);
      all.push(
        ...body.value.map(({ userPrincipalName }: { userPrincipalName: string }) => userPrincipalName),
      );
      path = body['@odata.nextLink'];
    }
    assert.equal(all[0], alice.address);
    assert.equal(new Set(all).size, all.length);
    const filtered = async (filter: string) => {
      const { body } = await graph.ask(
        app,
        'GET',
        `/users?$filter=${encodeURIComponent(filter)}&$count=true`,
      );
      return [body['@odata.count'], body.value[0]?.mail];
    };
    assert.deepEqual(await filtered(`userPrincipalName eq '${bob.address}'`), [1, bob.address]);
    assert.deepEqual(await filtered(`mail eq '${bob.address}' or startswith(displayName,'Bob')`), [
      1,
      bob.address,
    ]);
    assert.deepEqual(await filtered(`id in ('${alice.objectId}','${bob.objectId}')`), [2, alice.address]);
    assert.deepEqual(await filtered("mail eq 'nobody@contoso.example'"), [0, undefined]);
  });

  for (const query of [
    '$top=1000',
    '$filter=shoeSize eq 44',
    '$filter=mail is',
    '$select=shoeSize',
    '$orderby=mail',
    '$search=x',
    '$skiptoken=x',
  ]) {
    it(`are not asked for with ${query}`, async () => {
      await using graph = new GraphWorld();
      assert.equal((await graph.ask(graph.application(), 'GET', `/users?${query}`)).status, 400);
    });
  }
});

describe('a refusal', () => {
  it("has Graph's shape, and repeats the client's request id", async () => {
    await using graph = new GraphWorld();
    const id = 'b3c7a1a0-0000-4000-8000-000000000001';
    const { body, headers } = await graph.ask(graph.user(alice), 'GET', '/users/nobody', undefined, {
      'client-request-id': id,
    });
    assert.equal(headers['client-request-id'], id);
    assert.equal(body.error.innerError['client-request-id'], id);
    assert.equal(body.error.innerError['request-id'], headers['request-id']);
    assert.equal(body.error.innerError.date, '2026-01-05T09:00:00');
  });

  it('is 401 without a token and with one that is not ours', async () => {
    await using graph = new GraphWorld();
    for (const token of [undefined, 'forged']) {
      const { status, body, headers } = await graph.ask(token, 'GET', '/me');
      assert.equal(status, 401);
      assert.equal(body.error.code, 'InvalidAuthenticationToken');
      assert.ok(headers['www-authenticate']);
    }
    const basic = await graph.ask(undefined, 'GET', '/me', undefined, { authorization: 'Basic eDp5' });
    assert.equal(basic.status, 401);
  });

  it('is 400 for /me of an application', async () => {
    await using graph = new GraphWorld();
    const { status, body } = await graph.ask(graph.application(), 'GET', '/me/chats');
    assert.equal(status, 400);
    assert.equal(body.error.message, '/me request is only valid with delegated authentication flow.');
  });

  it('is 404 for an unknown path, such as one that would tell of typing', async () => {
    await using graph = new GraphWorld();
    const chat = await graph.chat();
    assert.equal((await graph.ask(graph.user(alice), 'POST', `/chats/${chat}/typing`, {})).status, 404);
    assert.equal(
      (await graph.app.inject({ url: '/beta/me', headers: { authorization: `Bearer ${graph.user(alice)}` } }))
        .statusCode,
      404,
    );
  });

  it("is 400 in Graph's shape for a path that cannot be decoded", async () => {
    await using graph = new GraphWorld();
    const answer = await graph.app.inject({ url: '/v1.0/users/%ff' });
    assert.equal(answer.statusCode, 400);
    const { error } = answer.json();
    assert.equal(error.code, 'BadRequest');
    assert.equal(error.innerError['request-id'], answer.headers['request-id']);
  });

  it('is 405 for a method that the path does not have', async () => {
    await using graph = new GraphWorld();
    const { status, headers } = await graph.ask(graph.user(alice), 'PUT', '/chats', {});
    assert.equal(status, 405);
    assert.equal(headers['allow'], 'POST, GET');
  });

  it('is 415 for a body that is not JSON, 400 for broken JSON, 413 for one beyond all measure', async () => {
    await using graph = new GraphWorld();
    const token = graph.user(alice);
    const post = (payload: string, type: string) =>
      graph.ask(token, 'POST', '/chats', payload, { 'content-type': type });
    assert.equal((await post('chatType=group', 'application/x-www-form-urlencoded')).status, 415);
    assert.equal((await post('{"chatType":', 'application/json')).status, 400);
    assert.equal((await post('{"__proto__":{"x":1}}', 'application/json')).status, 400);
    assert.equal((await post(JSON.stringify('x'.repeat(5_000_000)), 'application/json')).status, 413);
    assert.equal((await post('', 'application/json')).status, 400);
  });

  it('is 429 with Retry-After when the tenant is told to throttle', async () => {
    await using graph = new GraphWorld();
    const chat = await graph.chat();
    graph.tenants.throttle.order({ count: 1, retryAfter: 9, operation: '/messages' });
    const { status, headers, body } = await graph.say(alice, chat, 'x');
    assert.equal(status, 429);
    assert.equal(headers['retry-after'], '9');
    assert.equal(body.error.code, 'TooManyRequests');
    assert.equal((await graph.say(alice, chat, 'x')).status, 201);
  });

  it('never says what a fault inside was', async () => {
    await using graph = new GraphWorld();
    graph.tenants.directory.list = () => {
      throw new Error('secret detail');
    };
    const { status, body } = await graph.ask(graph.application(), 'GET', '/users');
    assert.equal(status, 500);
    assert.doesNotMatch(JSON.stringify(body), /secret/);
  });
});

describe('a batch', () => {
  const batch = (graph: GraphWorld, requests: unknown) =>
    graph.ask(graph.user(alice), 'POST', '/$batch', { requests });

  it('answers each request as if it had come alone', async () => {
    await using graph = new GraphWorld();
    const { status, body } = await batch(graph, [
      { id: 'a', method: 'GET', url: '/me' },
      {
        id: 'b',
        method: 'POST',
        url: '/chats',
        headers: { 'Content-Type': 'application/json' },
        body: oneOnOne(alice, bob),
      },
      { id: 'c', method: 'GET', url: '/users/nobody' },
      { id: 'd', method: 'GET', url: '/users?$top=1' },
    ]);
    assert.equal(status, 200);
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) =>
      body.responses.find((response: { id: string }) => response.id === id),
    );
    assert.deepEqual([a.status, b.status, c.status], [200, 201, 404]);
    assert.equal(a.body.id, alice.objectId);
    assert.equal(c.body.error.code, 'Request_ResourceNotFound');
    assert.match(d.body['@odata.nextLink'], /^http:\/\/graph\.example\/v1\.0\/users\?/);
  });

  it('runs a request after those it depends on, and not at all if one failed', async () => {
    await using graph = new GraphWorld();
    const { body } = await batch(graph, [
      { id: '1', method: 'GET', url: '/users/nobody' },
      { id: '2', method: 'GET', url: '/me', dependsOn: ['1'] },
      { id: '3', method: 'GET', url: '/me' },
      { id: '4', method: 'GET', url: '/me', dependsOn: ['3'] },
    ]);
    const statuses = body.responses.map(
      ({ id, status }: { id: string; status: number }) => `${id} ${status}`,
    );
    assert.deepEqual(statuses.toSorted(), ['1 404', '2 424', '3 200', '4 200']);
  });

  for (const [what, requests] of [
    ['21 requests', Array.from({ length: 21 }, (_, i) => ({ id: `${i}`, method: 'GET', url: '/me' }))],
    ['nothing', []],
    [
      'two of one id',
      [
        { id: '1', method: 'GET', url: '/me' },
        { id: '1', method: 'GET', url: '/me' },
      ],
    ],
    ['a way out', [{ id: '1', method: 'GET', url: '/../contoso.example/oauth2/v2.0/token' }]],
    ['an address elsewhere', [{ id: '1', method: 'GET', url: 'https://evil.example/' }]],
    ['a dependency on nothing', [{ id: '1', method: 'GET', url: '/me', dependsOn: ['9'] }]],
    ['a method that is none', [{ id: '1', method: 'STEAL', url: '/me' }]],
  ] as const) {
    it(`of ${what} is refused`, async () => {
      await using graph = new GraphWorld();
      assert.equal((await batch(graph, requests)).status, 400);
    });
  }
});

it('a batch inside a batch is refused, however it is spelled', async () => {
  await using graph = new GraphWorld();
  const inner = { requests: [{ id: '1', method: 'GET', url: '/me' }] };
  for (const url of ['/$batch', '/%24batch', '/microsoft.graph.$batch', '/$BATCH']) {
    const requests = [
      { id: '1', method: 'POST', url, headers: { 'content-type': 'application/json' }, body: inner },
    ];
    const { body } = await graph.ask(graph.user(alice), 'POST', '/$batch', { requests });
    assert.ok([400, 404].includes(body.responses[0].status), url);
  }
});

it('a page of another origin may ask', async () => {
  await using graph = new GraphWorld();
  const preflight = await graph.app.inject({
    method: 'OPTIONS',
    url: '/v1.0/me',
    headers: {
      origin: 'http://localhost:7080',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    },
  });
  assert.equal(preflight.statusCode, 204);
  assert.equal(preflight.headers['access-control-allow-origin'], '*');
});

itAnswersAsPublished();
