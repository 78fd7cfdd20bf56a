import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openTeamsWorld, type TeamsWorld } from '../../../test/kit/teams-connector.ts';
import { contoso, people } from '../../sandbox/world.ts';
import type { TenantUsers, UsersRead } from './tenant-users.ts';

const inContoso = people.filter(({ tenant }) => tenant === contoso);

describe('the users of a tenant', () => {
  const asked: string[] = [];
  let cutting: (url: string) => boolean = () => false;
  let world: TeamsWorld;

  before(async () => {
    world = await openTeamsWorld({
      fault({ url = '' }) {
        if (url.includes('/users/delta')) asked.push(url);
        return cutting(url) ? 'cut' : 'pass';
      },
    });
    await users().restore();
  });
  after(() => world[Symbol.asyncDispose]());

  const users = (): TenantUsers =>
    world.connector.users.find(({ domain }) => domain === contoso.domain) ?? assert.fail();
  const directory = () => world.service.tenants.directory;
  async function read(): Promise<UsersRead & { readonly kind: 'read' }> {
    const outcome = await users().read(world.never);
    return outcome.kind === 'read' ? outcome : assert.fail(outcome.detail);
  }

  it('are everybody at first, and afterwards those who have changed or gone', async () => {
    const first = await read();
    assert.deepEqual(
      first.changed.map(({ upn }) => upn).sort(),
      inContoso.map(({ address }) => address).sort(),
    );
    const alice = first.changed.find(({ upn }) => upn === 'alice@contoso.example');
    assert.deepEqual(alice?.sipAddresses, ['SIP:alice@contoso.example']);

    directory().change('bob@contoso.example', {
      proxyAddresses: ['SIP:bob@contoso.example', 'sip:b@x.example'],
    });
    directory().remove('carol@contoso.example');
    const second = await read();
    assert.deepEqual(
      second.changed.map(({ upn, sipAddresses }) => [upn, sipAddresses]),
      [['bob@contoso.example', ['SIP:bob@contoso.example', 'sip:b@x.example']]],
    );
    assert.equal(second.removed.length, 1);
    assert.deepEqual(await read(), { kind: 'read', changed: [], removed: [] });
  });

  it('are known after a restart, and read from where the last run ended', async () => {
    await world.down();
    directory().change('bob@contoso.example', { displayName: 'Rob' });
    await world.up();
    asked.length = 0;
    assert.equal((await users().restore()).length, inContoso.length - 1);
    assert.deepEqual(
      (await read()).changed.map(({ displayName }) => displayName),
      ['Rob'],
    );
    assert.equal(asked.length, 1);
    assert.match(asked[0] ?? '', /deltatoken/);
  });

  it('are read again from the beginning when Graph has lost the state, and only differences count', async () => {
    directory().remove('dave@contoso.example', 'deleted');
    directory().change('bob@contoso.example', { displayName: 'Robbie' });
    directory().forgetChanges();
    const again = await read();
    assert.deepEqual(
      again.changed.map(({ displayName }) => displayName),
      ['Robbie'],
    );
    assert.equal(again.removed.length, 1);
  });

  it('stay as they are while Graph throttles, and say how long it asks to be left alone', async () => {
    directory().change('bob@contoso.example', { displayName: 'Bobby' });
    world.service.tenants.throttle.order({ count: 1, retryAfter: 17 });
    const outcome = await users().read(world.never);
    assert.deepEqual([outcome.kind, outcome.kind === 'failed' && outcome.afterMs], ['failed', 17_000]);
    const shown = () =>
      world.connector.status().find(({ name }) => name === 'people of contoso.example')?.state;
    assert.equal(shown(), 'disconnected');
    assert.equal((await read()).changed.length, 1);
    assert.equal(shown(), 'connected');
  });

  it('are not taken in part: a reading that breaks off gives nothing, and is made up for by the next', async () => {
    for (let n = 0; n < 100; n++) {
      const [user] = directory().list(contoso.id);
      if (user)
        directory().put(contoso.id, {
          ...user,
          id: crypto.randomUUID(),
          userPrincipalName: `n${n}@contoso.example`,
        });
    }
    directory().forgetChanges();
    cutting = (url) => url.includes('skiptoken');
    assert.equal((await users().read(world.never)).kind, 'failed');
    cutting = () => false;
    assert.equal((await read()).changed.length, 100);
  });

  it('are not believed to be nobody', async () => {
    for (const { id } of directory().list(contoso.id)) directory().remove(id);
    directory().forgetChanges();
    const outcome = await users().read(world.never);
    assert.match(outcome.kind === 'failed' ? outcome.detail : '', /not believed/);
  });
});
