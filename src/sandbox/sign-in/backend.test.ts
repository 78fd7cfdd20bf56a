import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as world from '../world.ts';
import { createSandboxSignIn } from './backend.ts';

const backend = createSandboxSignIn();

describe('signing in to the sandbox', () => {
  it('knows every tenant by id and domain, and every person by name in any case', () => {
    for (const { id, domain } of world.tenants) {
      assert.equal(backend.tenant(id)?.id, id);
      assert.equal(backend.tenant(domain.toUpperCase())?.id, id);
    }
    for (const { address, objectId, tenant } of world.people) {
      assert.equal(backend.userByName(address.toUpperCase())?.objectId, objectId);
      assert.equal(backend.userById(tenant.id, objectId)?.upn, address);
    }
    assert.equal(backend.userByName('nobody@contoso.example'), undefined);
  });

  it('does not find a person in another tenant', () => {
    const [first] = world.people;
    assert.ok(first);
    assert.equal(backend.userById(world.fabrikam.id, first.objectId), undefined);
  });

  it('takes the one password', async () => {
    const alice = backend.userByName('alice@contoso.example');
    assert.ok(alice);
    assert.ok(await backend.checkPassword(alice, world.password));
    assert.ok(!(await backend.checkPassword(alice, 'Demo')));
    assert.ok(!(await backend.checkPassword(alice, '')));
  });

  it('takes an unregistered client id as a public client without permissions of its own', () => {
    const app = backend.app('99999999-AAAA-4000-8000-000000000009');
    assert.deepEqual([app?.secrets, app?.certificates, app?.roles], [[], [], []]);
    assert.equal(backend.app('not an id'), undefined);
  });

  it('gives the registered gateway its secret and roles', () => {
    const [gateway] = world.apps;
    const app = backend.app(gateway?.clientId ?? '');
    assert.deepEqual(app?.secrets, [gateway?.secret]);
    assert.deepEqual(app?.roles, gateway?.roles);
  });
});
