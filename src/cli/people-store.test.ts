import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { somebody } from '../../test/kit/people.ts';
import type { DirectoryRules } from '../core/directory/row.ts';
import { personId } from '../core/ids.ts';
import type { GatewayEvent } from '../gateway/events.ts';
import type { Amendments } from './people-amendments.ts';
import { createPeopleStore, type HeldPeople, type PeopleStoreOptions } from './people-store.ts';

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
const doneAt = 1_700_000_000_000;

function world(
  amendments: Amendments = {},
  keep?: (amendments: Amendments) => Promise<void>,
  more: Pick<Partial<PeopleStoreOptions>, 'held' | 'hold'> = {},
) {
  const events: GatewayEvent[] = [];
  let kept = amendments;
  const store = createPeopleStore({
    people: [alice, bob],
    rules,
    amendments,
    keep:
      keep ??
      (async (all) => {
        kept = all;
      }),
    clock: { now: () => doneAt },
    report: (event) => void events.push(event),
    ...more,
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
    assert.deepEqual(kept(), {
      'bob@contoso.example': {
        kind: 'edited',
        fields: { mode: 'SfBOnly', home: 'onPrem' },
        at: doneAt,
      },
    });
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
      'alice@contoso.example': { kind: 'edited', fields: { mode: 'SfBOnly' }, at: doneAt },
      'bob@contoso.example': {
        kind: 'edited',
        fields: { mode: 'Islands', displayName: 'Robert' },
        at: doneAt,
      },
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
    const { store, events } = world({
      'bob@contoso.example': { kind: 'edited', fields: { home: 'onPrem', pool: 'attic' } },
    });
    assert.equal(store.directory.person(bob.id), bob);
    assert.deepEqual(events[0], {
      kind: 'people-refused',
      problems: ['bob@contoso.example, pool: no pool is named "attic"'],
    });
  });
});

describe('people whom operators add and remove', () => {
  const carol = somebody('carol');
  const row = { id: 'Carol@contoso.example', displayName: 'Carol', mode: 'Islands', home: 'onPrem' };

  it('are there, or are not, at once and after a restart, whatever the sources say', async () => {
    const first = world();
    assert.equal((await first.store.add(row)).kind, 'changed');
    assert.equal(await first.store.remove(bob.id), 'removed');
    for (const { store } of [first, world(first.kept())]) {
      assert.equal(store.directory.person(bob.id), undefined);
      assert.deepEqual(store.directory.person(carol.id)?.skype.home, 'onPrem');
      assert.deepEqual([store.amended(carol.id), store.removed()], ['added', [bob.id]]);
      store.configure([alice, bob]);
      assert.equal(store.directory.person(bob.id), undefined);
    }
  });

  it('may be edited when they were added, and are gone for good when they are removed', async () => {
    const { store, kept } = world();
    await store.add(row);
    await store.edit(carol.id, { mode: 'SfBOnly' });
    assert.deepEqual([store.amended(carol.id), store.directory.person(carol.id)?.mode], ['added', 'SfBOnly']);
    await store.remove(carol.id);
    assert.deepEqual([kept(), store.removed()], [{}, []]);
  });

  it('are refused by field, when they are there already, and when a name is another’s', async () => {
    const { store, kept } = world();
    const refused = async (change: Readonly<Record<string, string>>) => {
      const outcome = await store.add({ ...row, ...change });
      return outcome.kind === 'refused' ? outcome.problems[0]?.field : outcome.kind;
    };
    assert.equal(await refused({ mode: 'Island' }), 'mode');
    assert.equal(await refused({ displayName: '' }), 'displayName');
    assert.equal(await refused({ sip: 'alice@contoso.example' }), 'sip');
    assert.equal(await refused({ id: 'ALICE@contoso.example' }), 'exists');
    assert.equal(await store.remove(personId('nobody@contoso.example')), 'no-such-person');
    assert.deepEqual(kept(), {});
  });

  it('are as before when it cannot be kept', async () => {
    const { store } = world({}, () => Promise.reject(new Error('the disk is full')));
    await assert.rejects(store.add(row), /disk is full/);
    await assert.rejects(store.remove(bob.id), /disk is full/);
    assert.deepEqual([...store.directory.people()], [alice, bob]);
  });
});

describe('what operators did about people', () => {
  it('is taken back as a whole: the person is as the sources say', async () => {
    const { store, kept } = world();
    await store.edit(bob.id, { mode: 'SfBOnly' });
    await store.edit(bob.id, { sip: 'sip:bobby@contoso.example' });
    await store.remove(alice.id);
    await store.add({ id: 'carol@contoso.example', displayName: 'Carol', mode: 'Islands', home: 'online' });
    assert.deepEqual(await store.undo(bob.id), { kind: 'undone', person: bob });
    assert.deepEqual(await store.undo(alice.id), { kind: 'undone', person: alice });
    assert.deepEqual(await store.undo(personId('carol@contoso.example')), {
      kind: 'undone',
      person: undefined,
    });
    assert.deepEqual(new Set(store.directory.people()), new Set([alice, bob]));
    assert.deepEqual(kept(), {});
    assert.deepEqual(await store.undo(bob.id), { kind: 'nothing-to-undo' });
  });

  it('stays where without it a name would be another’s', async () => {
    const { store } = world();
    await store.edit(alice.id, { sip: 'sip:ally@contoso.example' });
    await store.edit(bob.id, { sip: 'sip:alice@contoso.example' });
    assert.equal((await store.undo(alice.id)).kind, 'refused');
    assert.equal(store.directory.bySip('ally@contoso.example')?.id, alice.id);
    assert.equal(store.amended(alice.id), 'edited');
  });
});

describe('people read from tenants', () => {
  const carol = somebody('carol');
  const dora = somebody('dora');
  const sharing = { ...dora, skype: { ...alice.skype } };

  it('are there besides those configured, and are edited like them', async () => {
    const { store } = world();
    store.read([carol, dora], []);
    await store.edit(dora.id, { mode: 'SfBOnly' });
    store.read([carol, { ...dora, displayName: 'Theodora' }], []);
    assert.deepEqual(
      [...store.directory.people()].map(({ displayName, mode }) => `${displayName} ${mode}`).sort(),
      ['Alice Legacy', 'Bob Legacy', 'Carol Legacy', 'Theodora SfBOnly'],
    );
    store.configure([bob]);
    assert.equal(store.directory.person(carol.id), carol);
    store.read([], []);
    assert.deepEqual([...store.directory.people()], [bob]);
  });

  it('are taken one by one where few have changed, to the same end as all together', async () => {
    const { store, events } = world();
    await store.edit(bob.id, { mode: 'SfBOnly' });
    const erin = somebody('erin');
    const swapped = [
      { ...carol, skype: dora.skype },
      { ...dora, skype: carol.skype },
    ];
    for (const people of [
      [carol],
      [carol, dora],
      [dora, erin],
      [{ ...erin, displayName: 'E' }],
      [carol, dora],
      swapped,
    ]) {
      store.read(people, []);
      const all = world();
      await all.store.edit(bob.id, { mode: 'SfBOnly' });
      all.store.read(people, []);
      const sorted = (of: typeof store) => [...of.directory.people()].sort((a, b) => (a.id < b.id ? -1 : 1));
      if (people !== swapped) assert.deepEqual(sorted(store), sorted(all.store));
      else assert.deepEqual(sorted(store).slice(2), [carol, dora]);
    }
    assert.ok(events.every(({ kind }) => kind === 'people-changed' || kind === 'people-refused'));
  });

  it('are as the configuration says where it names them, too', () => {
    const { store } = world();
    store.read([{ ...bob, mode: 'TeamsOnly' }], []);
    assert.equal(store.directory.person(bob.id), bob);
  });

  it('stay as they were, or out, when a conflict concerns them, which is told once; all others are taken', () => {
    const { store, events } = world();
    const conflict = { person: 'erin@contoso.example', field: 'sip', because: 'has several addresses' };
    store.read([carol, sharing], [conflict]);
    store.read([carol, sharing], [conflict]);
    assert.equal(store.directory.person(dora.id), undefined);
    assert.deepEqual(
      events.filter(({ kind }) => kind === 'people-refused'),
      [
        {
          kind: 'people-refused',
          problems: [
            'erin@contoso.example, sip: has several addresses',
            'dora@contoso.example, sip: alice@contoso.example is also that of alice@contoso.example',
          ],
        },
      ],
    );
    store.read([carol, dora], []);
    store.read([carol, sharing], []);
    assert.equal(store.directory.person(dora.id), dora);
    store.read([carol], [{ ...conflict, person: dora.id }]);
    assert.equal(store.directory.person(dora.id), dora);
  });

  it('stay as they were before a conflict also after a restart, and go when they are read no more', async () => {
    let held: HeldPeople = {};
    const hold = (now: HeldPeople): void => {
      held = now;
    };
    const open = () => world({}, undefined, { held, hold }).store;
    const conflict = { person: carol.id, field: 'sip', because: 'has several addresses' };
    const first = open();
    first.read([carol, dora], []);
    first.read([sharing], [conflict]);
    for (const store of [first, open()]) {
      store.read([sharing], [conflict]);
      assert.deepEqual(store.directory.person(carol.id), carol);
      assert.deepEqual(store.directory.person(dora.id), dora);
    }
    const last = open();
    last.read([dora], []);
    assert.equal(last.directory.person(carol.id), undefined);
    assert.deepEqual(held, {});
  });

  it('come in when the one they shared a name with is removed', async () => {
    const { store } = world();
    store.read([sharing], []);
    await store.remove(alice.id);
    assert.equal(store.directory.bySip('alice@contoso.example')?.id, dora.id);
  });
});
