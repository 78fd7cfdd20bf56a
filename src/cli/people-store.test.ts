import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { somebody } from '../../test/kit/people.ts';
import type { DirectoryRules } from '../core/directory/row.ts';
import { personId } from '../core/ids.ts';
import type { GatewayEvent } from '../gateway/events.ts';
import { createPeopleStore, type PersonEdits } from './people-store.ts';

const rules: DirectoryRules = {
  tenants: new Set(['contoso.example']),
  pools: new Map([
    ['online', 'online'],
    ['onPrem', 'onPrem'],
  ]),
  defaults: new Map(),
  ownAddresses: new Set(['isthmus@contoso.example']),
};
const alice = somebody('alice');
const bob = somebody('bob');

function world(edits: PersonEdits = {}, keep?: (edits: PersonEdits) => Promise<void>) {
  const events: GatewayEvent[] = [];
  let kept: PersonEdits = edits;
  const store = createPeopleStore({
    people: [alice, bob],
    rules,
    edits,
    keep:
      keep ??
      (async (all) => {
        kept = all;
      }),
    report: (event) => void events.push(event),
  });
  return { store, events, kept: () => kept };
}

describe('people as operators change them', () => {
  it('are others at once, and kept in the words of the people file', async () => {
    const { store, kept } = world();
    const outcome = await store.edit(bob.id, { mode: 'SfBOnly', home: 'onPrem' });
    assert.equal(outcome.kind, 'changed');
    const now = store.directory.person(bob.id);
    assert.equal(now?.mode, 'SfBOnly');
    assert.deepEqual(now.skype, { home: 'onPrem', sip: 'sip:bob@contoso.example', pool: 'onPrem' });
    assert.deepEqual(kept(), { 'bob@contoso.example': { mode: 'SfBOnly', home: 'onPrem' } });
  });

  it('are as they were changed after a restart, over what is configured', async () => {
    const first = world();
    await first.store.edit(bob.id, { home: 'onPrem', sip: 'sip:bobby@contoso.example' });
    await first.store.edit(bob.id, { home: 'online' });
    const second = world(first.kept());
    assert.deepEqual(second.store.directory.person(bob.id)?.skype, {
      home: 'online',
      sip: 'sip:bobby@contoso.example',
      pool: 'online',
    });
  });

  it('lose their SfB address with their home', async () => {
    const { store } = world();
    await store.edit(bob.id, { sip: 'sip:bobby@contoso.example' });
    await store.edit(bob.id, { home: 'none' });
    assert.deepEqual(store.directory.person(bob.id)?.skype, { home: 'none' });
    assert.equal(store.directory.bySip('bobby@contoso.example'), undefined);
  });

  it('stay as they are when a change is wrong, which is told by field', async () => {
    const { store, kept } = world();
    const cases: readonly (readonly [Readonly<Record<string, string>>, string, RegExp])[] = [
      [{ mode: 'Island' }, 'mode', /is no coexistence mode; there are Legacy, Islands/],
      [{ mode: 'TeamsOnly', home: 'onPrem' }, 'mode', /TeamsOnly for a person homed on-prem/],
      [{ home: 'onPrem', pool: 'attic' }, 'pool', /no pool is named "attic"/],
      [{ sip: 'sip:alice@contoso.example' }, 'sip', /is that of alice@contoso\.example already/],
      [{ sip: 'isthmus@contoso.example' }, 'sip', /the gateway itself/],
      [{ moed: 'Islands' }, 'moed', /there is no such field/],
    ];
    for (const [edit, field, because] of cases) {
      const outcome = await store.edit(bob.id, edit);
      assert.ok(outcome.kind === 'refused', field);
      assert.equal(outcome.problems[0]?.field, field);
      assert.match(outcome.problems[0]?.because ?? '', because);
    }
    assert.deepEqual(await store.edit(personId('nobody@contoso.example'), {}), { kind: 'no-such-person' });
    assert.equal(store.directory.person(bob.id), bob);
    assert.deepEqual(kept(), {});
  });

  it('stay as they are when a change cannot be kept', async () => {
    const { store } = world({}, () => Promise.reject(new Error('the disk is full')));
    await assert.rejects(store.edit(bob.id, { mode: 'SfBOnly' }), /disk is full/);
    assert.deepEqual(store.directory.person(bob.id), bob);
  });

  it('are changed one after the other, however they are asked for', async () => {
    const { store, kept } = world();
    await Promise.all([
      store.edit(alice.id, { mode: 'SfBOnly' }),
      store.edit(bob.id, { mode: 'Islands' }),
      store.edit(bob.id, { displayName: 'Robert' }),
    ]);
    assert.deepEqual(kept(), {
      'alice@contoso.example': { mode: 'SfBOnly' },
      'bob@contoso.example': { mode: 'Islands', displayName: 'Robert' },
    });
  });

  it('keep their changes when others are configured, all or none', async () => {
    const { store, events } = world();
    await store.edit(bob.id, { sip: 'sip:carol@contoso.example' });
    assert.ok(store.configure([bob, { ...alice, mode: 'TeamsOnly' }]));
    assert.equal(store.directory.person(alice.id)?.mode, 'TeamsOnly');
    assert.equal(store.directory.bySip('carol@contoso.example')?.id, bob.id);

    assert.ok(!store.configure([bob, somebody('carol')]));
    assert.equal(store.directory.person(alice.id)?.mode, 'TeamsOnly');
    assert.deepEqual(events.at(-1), {
      kind: 'people-refused',
      problems: ['bob@contoso.example and carol@contoso.example share the name carol@contoso.example'],
    });
  });

  it('are as configured where a kept change does not fit any more, which is reported', () => {
    const { store, events } = world({ 'bob@contoso.example': { home: 'onPrem', pool: 'attic' } });
    assert.equal(store.directory.person(bob.id), bob);
    assert.deepEqual(events[0], {
      kind: 'people-refused',
      problems: ['bob@contoso.example, pool: no pool is named "attic"'],
    });
  });
});
