import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Privacy, relationshipOf } from '../../privacy.ts';
import { Containers } from './containers.ts';

const alice = 'alice@contoso.example';
const bob = 'bob@contoso.example';

function opened() {
  const placed: Privacy[] = [];
  const told: number[][] = [];
  const containers = new Containers((privacy) => void placed.push(privacy));
  containers.listen((ids) => void told.push([...ids]));
  const versionOf = (id: number) => containers.all.find((each) => each.id === id)?.version;
  const relationship = (viewer: string) => relationshipOf(placed.at(-1) ?? new Map(), alice, viewer);
  return { containers, placed, told, versionOf, relationship };
}

const member = (action: 'add' | 'remove', type: string, value?: string) => ({
  action,
  type,
  ...(value !== undefined && { value }),
});

describe('the containers of a person', () => {
  it('place people by what their members mean, in any writing', () => {
    const { containers, relationship } = opened();
    containers.change([
      { id: 32000, version: 1, members: [member('add', 'user', 'SIP:Bob@Contoso.example')] },
    ]);
    containers.change([{ id: 300, version: 1, members: [member('add', 'domain', 'Fabrikam.example')] }]);
    containers.change([{ id: 400, version: 1, members: [member('add', 'user', 'carol@contoso.example')] }]);
    assert.deepEqual(
      [bob, 'peggy@fabrikam.example', 'carol@contoso.example', 'judy@contoso.example'].map(relationship),
      ['blocked', 'workgroup', 'personal', 'colleague'],
    );
    containers.change([{ id: 32000, version: 2, members: [member('remove', 'user', bob)] }]);
    assert.equal(relationship(bob), 'colleague');
  });

  it('keep members that mean nobody, and let them mean nobody', () => {
    const { containers, relationship } = opened();
    const members = [member('add', 'user'), member('add', 'domain'), member('add', 'planet', 'mars')];
    assert.equal(containers.change([{ id: 32000, version: 1, members }]), true);
    assert.equal(relationship(bob), 'colleague');
    assert.equal(containers.all.find(({ id }) => id === 32000)?.members.length, 3);
  });

  it('change all or none: a stale version, an unknown container or too many members refuse all of it', () => {
    const { containers, placed, told, versionOf } = opened();
    const good = { id: 300, version: 1, members: [member('add', 'user', bob)] };
    const many = Array.from({ length: 513 }, (_, at) => member('add', 'user', `u${at}@contoso.example`));
    for (const bad of [
      { id: 32000, version: 7, members: [] },
      { id: 12, version: 0, members: [] },
      { id: 32000, version: 1, members: many },
    ])
      assert.equal(containers.change([good, bad]), false);
    assert.deepEqual([placed, told, versionOf(300)], [[], [], 1]);
    assert.equal(containers.change([good, { id: 400, version: 1, members: [] }]), true);
    assert.deepEqual([told, versionOf(300), versionOf(400)], [[[300, 400]], 2, 2]);
  });

  it('take every change of a container that is named twice', () => {
    const { containers, relationship, versionOf } = opened();
    containers.change([
      { id: 32000, version: 1, members: [member('add', 'user', bob)] },
      { id: 32000, version: 1, members: [member('add', 'domain', 'fabrikam.example')] },
    ]);
    assert.deepEqual([relationship(bob), relationship('peggy@fabrikam.example')], ['blocked', 'blocked']);
    assert.equal(versionOf(32000), 2);
  });
});
