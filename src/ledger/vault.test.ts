import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { codePoint } from '../../test/kit/text.ts';
import { personId } from '../core/ids.ts';
import { openMemoryLedger } from './memory/open.ts';
import { createVault, vaultKeyBytes } from './vault.ts';

const alice = personId('alice@contoso.example');
const bob = personId('bob@contoso.example');
const key = randomBytes(vaultKeyBytes);

describe('the vault of links', () => {
  it('gives back what was put, whatever it holds', async () => {
    await using ledger = openMemoryLedger();
    const vault = createVault(ledger.secrets, key);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: codePoint }), async (token) => {
        await vault.put(alice, 'teams', { kind: 'refreshToken', token });
        assert.deepEqual(await vault.get(alice, 'teams'), { kind: 'refreshToken', token });
      }),
      { numRuns: 50 },
    );
    assert.equal(await vault.get(alice, 'skype'), undefined);
    await vault.remove(alice, 'teams');
    assert.equal(await vault.get(alice, 'teams'), undefined);
  });

  it('stores nothing in clear', async () => {
    await using ledger = openMemoryLedger();
    await createVault(ledger.secrets, key).put(alice, 'teams', {
      kind: 'refreshToken',
      token: 'token-in-clear',
    });
    const record = await ledger.secrets.get(`link teams ${alice}`);
    assert.ok(record);
    assert.equal(Buffer.from(record).includes('token-in-clear'), false);
  });

  it('refuses a record of another person, a changed one, and another key', async () => {
    await using ledger = openMemoryLedger();
    const vault = createVault(ledger.secrets, key);
    await vault.put(alice, 'teams', { kind: 'refreshToken', token: 'a' });
    const record = await ledger.secrets.get(`link teams ${alice}`);
    assert.ok(record);
    await ledger.secrets.put(`link teams ${bob}`, record);
    await assert.rejects(vault.get(bob, 'teams'), { name: 'LinkUnreadable' });
    const changed = Uint8Array.from(record, (byte, index) => (index === record.length - 1 ? byte ^ 1 : byte));
    await ledger.secrets.put(`link teams ${alice}`, changed);
    await assert.rejects(vault.get(alice, 'teams'), { name: 'LinkUnreadable' });
    await ledger.secrets.put(`link teams ${alice}`, record);
    const other = createVault(ledger.secrets, randomBytes(vaultKeyBytes));
    await assert.rejects(other.get(alice, 'teams'), { name: 'LinkUnreadable' });
  });
});
