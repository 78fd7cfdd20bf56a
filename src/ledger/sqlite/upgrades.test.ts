import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, it } from 'node:test';
import type { RemoteId, ThreadKey } from '../../core/ids.ts';
import { sampleMessage } from '../conformance.test-kit.ts';
import { checkLedger } from './check.ts';
import { openLedger } from './open.ts';
import { schemaVersion, upgrade, versionOf } from './schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'isthmus-upgrades-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const fixtures = new URL('./fixtures/', import.meta.url);

/** A file as an earlier program left it. */
function ledgerOf(version: number): string {
  const file = join(folder, `${version}-${Math.random()}.sqlite`);
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = WAL');
  db.exec(readFileSync(new URL(`schema-${version}.sql`, fixtures), 'utf8'));
  db.close();
  return file;
}

/** Every table and index, and how it is made, without the layout of the words. */
function shapeOf(file: string): readonly string[] {
  const db = new DatabaseSync(file);
  const rows = db.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name').all();
  db.close();
  return rows.map(({ sql }) => String(sql).replaceAll(/\s+/g, ' '));
}

const earlier = Array.from({ length: schemaVersion - 1 }, (_, index) => index + 1);

describe('a ledger of an earlier program', () => {
  it('stands here for every version but this one', () => {
    assert.deepEqual(
      readdirSync(fixtures).toSorted(),
      earlier.map((version) => `schema-${version}.sql`),
    );
  });

  for (const version of earlier) {
    it(`of schema ${version} is brought to this one, with all that was in it`, async () => {
      const file = ledgerOf(version);
      {
        await using ledger = await openLedger(file);
        const [left] = await ledger.unfinished();
        assert.equal(left?.id, 'm3');
        assert.deepEqual(left?.body, { format: 'text', text: 'under way' });
        assert.equal(left?.late, false);
        assert.deepEqual(
          (await ledger.untold(10)).map(({ id, end }) => [id, end?.kind]),
          [['m2', 'failed']],
        );
        assert.ok(await ledger.isOwnWrite('skype', 'session-1' as ThreadKey, 'w1' as RemoteId));
        assert.equal(await ledger.take(sampleMessage(1)), 'duplicate');
        assert.deepEqual(
          (await ledger.trace('m2'))?.steps.map(({ step }) => step),
          ['taken', 'routed', 'attempt', 'attempt', 'end'],
        );
        assert.deepEqual(
          [...((await ledger.secrets.get('link teams alice@contoso.example')) ?? [])],
          [1, 2, 255],
        );
        if (version >= 2) assert.equal((await ledger.kept.list('cursor')).length, 1);
        assert.equal(await ledger.take(sampleMessage(9)), 'taken');
      }
      const fresh = join(folder, `fresh-${version}.sqlite`);
      const db = new DatabaseSync(fresh);
      upgrade(db);
      db.close();
      assert.deepEqual(shapeOf(file), shapeOf(fresh));
      const upgraded = new DatabaseSync(file);
      assert.equal(versionOf(upgraded), schemaVersion);
      assert.deepEqual(checkLedger(upgraded), []);
      upgraded.close();
    });
  }

  it('goes on where an upgrade was cut off', () => {
    const file = ledgerOf(1);
    const db = new DatabaseSync(file);
    db.exec('BEGIN IMMEDIATE; CREATE TABLE kept (kind TEXT) STRICT');
    db.close();
    const again = new DatabaseSync(file);
    upgrade(again);
    assert.deepEqual(checkLedger(again), []);
    again.close();
  });
});
