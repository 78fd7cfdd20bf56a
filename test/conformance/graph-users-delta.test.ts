import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { contoso } from '../../src/sandbox/world.ts';
import { alice, bob, GraphWorld, grace, type Reply } from './graph-world.ts';

interface Item {
  readonly id: string;
  readonly displayName?: string;
  readonly '@removed'?: { readonly reason: string };
}

/** Turns pages from `path` on to the delta link. */
async function round(graph: GraphWorld, path: string, between?: () => void) {
  const items: Item[] = [];
  let next = path;
  for (let page = 0; ; page++) {
    const { status, body } = await graph.ask(graph.application(), 'GET', next);
    assert.equal(status, 200, JSON.stringify(body));
    items.push(...body.value);
    const { '@odata.nextLink': more, '@odata.deltaLink': delta } = body;
    if (delta !== undefined) {
      assert.equal(more, undefined);
      return { items, delta: pathOf(delta), pages: page + 1 };
    }
    next = pathOf(more);
    if (page === 0) between?.();
  }
}

function pathOf(link: string): string {
  const { pathname, search } = new URL(link);
  return pathname.replace('/v1.0', '') + search;
}

describe('the changes of a tenant’s users', () => {
  it('begin with everybody, page by page, with what was asked for and nothing else', async () => {
    await using graph = new GraphWorld();
    const { items, pages } = await round(graph, '/users/delta?$select=id,displayName,proxyAddresses&$top=4');
    const expected = graph.tenants.directory.list(contoso.id);
    assert.equal(pages, Math.ceil(expected.length / 4));
    assert.deepEqual(items.map(({ id }) => id).sort(), expected.map(({ id }) => id).sort());
    assert.deepEqual(
      items.find(({ id }) => id === alice.objectId),
      {
        id: alice.objectId,
        displayName: 'Alice Adams',
        proxyAddresses: ['SMTP:alice@contoso.example', 'SIP:alice@contoso.example'],
      },
    );
    assert.ok(!items.some(({ id }) => id === grace.objectId));
  });

  it('give behind the delta link who has become another since, or has gone, and nobody twice', async () => {
    await using graph = new GraphWorld();
    const { directory } = graph.tenants;
    const first = await round(graph, '/users/delta?$select=displayName');
    directory.change(bob.address, { displayName: 'Robert Brown' });
    directory.change(bob.address, { displayName: 'Rob Brown' });
    directory.remove(alice.address, 'deleted');
    const second = await round(graph, first.delta);
    assert.deepEqual(second.items, [
      { id: bob.objectId, displayName: 'Rob Brown' },
      { id: alice.objectId, '@removed': { reason: 'deleted' } },
    ]);
    assert.deepEqual((await round(graph, second.delta)).items, []);
    assert.deepEqual((await round(graph, first.delta)).items, second.items);
    assert.equal((await graph.ask(graph.application(), 'GET', `/users/${alice.objectId}`)).status, 404);
  });

  it('lose nobody who changes while the pages are turned', async () => {
    await using graph = new GraphWorld();
    const { directory } = graph.tenants;
    const { items } = await round(graph, '/users/delta?$select=displayName&$top=3', () => {
      directory.change(alice.address, { displayName: 'Alice Again' });
      directory.remove(bob.address);
    });
    assert.equal(items.findLast(({ id }) => id === alice.objectId)?.displayName, 'Alice Again');
    assert.deepEqual(items.findLast(({ id }) => id === bob.objectId)?.['@removed'], { reason: 'changed' });
  });

  it('do not tell a first reader of those who were gone before', async () => {
    await using graph = new GraphWorld();
    graph.tenants.directory.remove(bob.address);
    const { items } = await round(graph, '/users/delta');
    assert.ok(!items.some((item) => item['@removed'] !== undefined));
  });

  it('may begin now', async () => {
    await using graph = new GraphWorld();
    const now = await round(graph, '/users/delta?$deltatoken=latest&$select=displayName');
    assert.deepEqual(now.items, []);
    graph.tenants.directory.change(bob.address, { displayName: 'Rob' });
    assert.deepEqual((await round(graph, now.delta)).items, [{ id: bob.objectId, displayName: 'Rob' }]);
  });

  it('are refused with 410, and where to begin again, once they are forgotten', async () => {
    await using graph = new GraphWorld();
    const { delta } = await round(graph, '/users/delta?$select=displayName');
    graph.tenants.directory.forgetChanges();
    const answer: Reply = await graph.ask(graph.application(), 'GET', delta);
    assert.equal(answer.status, 410);
    assert.equal(answer.body.error.code, 'syncStateNotFound');
    const again = await round(graph, pathOf(String(answer.headers['location'])));
    assert.equal(again.items.length, graph.tenants.directory.list(contoso.id).length);
    assert.deepEqual(Object.keys(again.items[0] ?? {}), ['id', 'displayName']);
  });

  it('need no more than the permission to read users, and no made-up token', async () => {
    await using graph = new GraphWorld();
    const ask = (token: string, query = '') => graph.ask(token, 'GET', `/users/delta${query}`);
    assert.equal((await ask(graph.application(['Chat.Read.All']))).status, 403);
    assert.equal((await ask(graph.application(['User.Read.All']))).status, 200);
    for (const query of ['?$deltatoken=nonsense', '?$select=nonsense', '?$top=0', '?$orderby=displayName'])
      assert.equal((await ask(graph.application(), query)).status, 400, query);
  });
});
