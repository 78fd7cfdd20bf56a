import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { assertNoBlowUp, mutatedJson, mutatedText } from '../../../test/kit/fuzz.ts';
import { parsePeople } from '../../core/directory/people.ts';
import { readSettings, resolveSettings } from './load.ts';
import { directoryRules, readCsv } from './people.ts';
import { ConfigError } from './problems.ts';

const folder = mkdtempSync(join(tmpdir(), 'isthmus-config-fuzz-'));
after(() => rmSync(folder, { recursive: true }));

const bob = {
  id: 'bob@contoso.example',
  displayName: 'Bob',
  objectId: 'a11ce000-0000-4000-8000-000000000002',
  sip: 'sip:bob@contoso.example',
  home: 'onPrem',
  pool: 'hq',
  mode: 'Legacy',
};
const whole = {
  data: 'data',
  listen: { port: 7080, publicUrl: 'https://isthmus.contoso.example', token: 'a secret of ours' },
  teams: {
    tenants: [
      {
        id: '0c0a7050-0000-4000-8000-00000000c001',
        domain: 'contoso.example',
        clientId: '15700000-0000-4000-8000-000000000001',
        secret: 'a secret of theirs',
      },
    ],
  },
  skype: { pools: [{ name: 'hq', home: 'onPrem', discovery: 'https://lyncdiscover.contoso.example/' }] },
  people: { list: [bob], defaults: { 'contoso.example': { home: 'onPrem', pool: 'hq', mode: 'Islands' } } },
  delivery: { deadlineMs: 30_000 },
  policy: { default: 'microsoft', people: { 'bob@contoso.example': 'bridged' } },
  federation: { block: ['tailspin.example'] },
};
const yaml = `
listen: { publicUrl: https://isthmus.contoso.example }
teams:
  tenants: &tenants
    - { id: 0c0a7050-0000-4000-8000-00000000c001, domain: contoso.example, clientId: 15700000-0000-4000-8000-000000000001, secret: "x" }
skype: { pools: [ { name: hq, home: onPrem, discovery: https://lyncdiscover.contoso.example } ] }
people:
  list:
    - { id: bob@contoso.example, displayName: Bob, home: onPrem, mode: Legacy }
policy: bridged
`;

/** Whether it fits; what does not is told by path, and quotes no secret. */
function load(text: string, type: 'json' | 'yaml'): boolean {
  const file = join(folder, `isthmus.config.${type}`);
  writeFileSync(file, text);
  try {
    resolveSettings(readSettings({ folder, file, env: {} }));
    return true;
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    assert.ok(error.problems.length > 0);
    for (const { message } of error.problems) assert.ok(!message.includes('a secret of'));
    return false;
  }
}

describe('a configuration that anything was done to', () => {
  it('fits, or is refused with every wrong value', () => {
    assert.ok(load(JSON.stringify(whole), 'json'));
    assert.ok(load(yaml, 'yaml'));
    fc.assert(
      fc.property(mutatedJson(whole), (config) => void load(JSON.stringify(config), 'json')),
      { numRuns: 150 },
    );
    fc.assert(
      fc.property(mutatedText(yaml), (text) => void load(text, 'yaml')),
      { numRuns: 150 },
    );
  });

  it('does not explode', () => {
    const laughs = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (let n = 1; n < 12; n++) {
      const before = String.fromCharCode(96 + n);
      const name = String.fromCharCode(97 + n);
      laughs.push(`${name}: &${name} [${Array(10).fill(`*${before}`).join(', ')}]`);
    }
    assert.equal(load(laughs.join('\n'), 'yaml'), false);
    assert.equal(load(`${'['.repeat(3_000)}${']'.repeat(3_000)}`, 'yaml'), false);
    assert.equal(load(`${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}`, 'json'), false);
  });
});

describe('a list of people that anything was done to', () => {
  const rules = directoryRules({ ...whole, people: { list: [], defaults: {} } } as never);
  const csv =
    'id,displayName,objectId,sip,home,pool,mode\nbob@contoso.example,"Bob ""B"" Brown",,sip:bob@contoso.example,onPrem,hq,SfBOnly\n';

  it('is taken, or refused by row and field', () => {
    fc.assert(
      fc.property(mutatedJson([bob, { ...bob, id: 'eve@contoso.example' }]), (rows) => {
        const list = Array.isArray(rows) ? rows : [rows];
        const { people, problems } = parsePeople(list, rules);
        assert.ok(people.length === 0 || problems.length === 0);
        for (const { because } of problems) assert.ok(because.length > 0);
      }),
      { numRuns: 300 },
    );
  });

  it('as a table is read, or said to be none', () => {
    fc.assert(
      fc.property(mutatedText(csv), (text) => {
        let rows: readonly unknown[];
        try {
          rows = readCsv(text);
        } catch (error) {
          assert.ok(error instanceof Error);
          return;
        }
        parsePeople(rows, rules);
      }),
      { numRuns: 200 },
    );
    assertNoBlowUp((size) => {
      const rows = Array.from({ length: size }, (_, n) => ({
        ...bob,
        id: `p${n}@contoso.example`,
        sip: `sip:p${n}@contoso.example`,
        objectId: undefined,
      }));
      parsePeople(rows, rules);
    }, 200);
  });
});
