import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { personId } from '../../src/core/ids.ts';
import { openTwoNetworks } from '../kit/two-networks.ts';

const heidi = 'heidi@contoso.example';

describe('somebody who is watched in SfB, and changes in the directory', async () => {
  const w = await openTwoNetworks();
  after(() => w[Symbol.asyncDispose]());
  const client = w.skype('heidi');
  await client.signIn();
  await client.setPresence('Busy');
  const looker = w.teams('alice');
  const shows = async (state: string) => {
    await w.pass(10_000);
    await w.until(
      `heidi is ${state} in Teams`,
      async () => (await looker.presenceOf(heidi)).availability === state,
    );
  };
  const before = w.person('heidi');

  it('is shown as she is when she is removed and added again at once', async () => {
    await shows('Busy');
    w.directory.apply({ kind: 'remove', person: before.id });
    w.directory.apply({ kind: 'put', person: before });
    await client.setPresence('Away');
    await shows('Away');
    w.directory.apply({ kind: 'remove', person: before.id });
    w.directory.apply({ kind: 'put', person: before });
    await shows('Away');
  });

  it('is shown as she is when the same accounts belong to another entry', async () => {
    await client.setPresence('Busy');
    await shows('Busy');
    const others = [...w.directory.people()].filter(({ id }) => id !== before.id);
    const renamed = { ...before, id: personId('heidi.again@contoso.example') };
    w.directory.apply({ kind: 'replace', people: [...others, renamed] });
    await shows('Busy');
    assert.equal(w.gateway.ownPresence(renamed, 'skype')?.availability, 'Busy');
    w.directory.apply({ kind: 'replace', people: [...others, before] });
    await shows('Busy');
  });

  it('is shown as she is when she comes out of Islands', async () => {
    w.directory.apply({ kind: 'put', person: { ...before, mode: 'Islands' } });
    await shows('Offline');
    await w.gateway.settled();
    assert.equal(w.gateway.ownPresence(before, 'skype'), undefined);
    await client.setPresence('BeRightBack');
    w.directory.apply({ kind: 'put', person: before });
    await shows('BeRightBack');
  });
});
