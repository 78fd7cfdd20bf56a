import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { modes } from '../people.ts';
import { readAddress } from './address.ts';
import { parsePeople } from './people.ts';
import { fields } from './problems.ts';
import type { DirectoryRules } from './row.ts';

const rules: DirectoryRules = {
  tenants: new Set(['contoso.example', 'fabrikam.example']),
  pools: new Map([
    ['cloud', 'online'],
    ['main', 'onPrem'],
  ]),
  defaults: new Map([['fabrikam.example', { mode: 'Islands', home: 'online' }]]),
  ownAddresses: new Set(['isthmus@contoso.example']),
};

let count = 0;
const objectId = (): string => `00000000-0000-4000-8000-${(++count).toString(16).padStart(12, '0')}`;
const row = (name: string, changes: object = {}): object => ({
  id: `${name}@contoso.example`,
  displayName: name,
  mode: 'Legacy',
  home: 'online',
  objectId: objectId(),
  ...changes,
});
const told = (...rows: readonly unknown[]): string[] =>
  parsePeople(rows, rules).problems.map(
    ({ row, person, field, because }) =>
      `row ${row}${person === undefined ? '' : ` (${person})`}${field === undefined ? '' : `, ${field}`}: ${because}`,
  );

describe('a directory', () => {
  it('becomes people, with what the tenant says for who says nothing', () => {
    const { people, problems } = parsePeople(
      [
        row('Alice', {
          objectId: 'A11CE000-0000-4000-8000-000000000001',
          sip: 'SIP:Alice.A@Contoso.Example',
        }),
        { id: 'peggy@fabrikam.example', displayName: 'Peggy Parker' },
        row('dave', { home: 'none' }),
      ],
      rules,
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(people.slice(0, 2), [
      {
        id: 'alice@contoso.example',
        displayName: 'Alice',
        tenant: 'contoso.example',
        mode: 'Legacy',
        teams: {
          kind: 'account',
          objectId: 'a11ce000-0000-4000-8000-000000000001',
          upn: 'alice@contoso.example',
        },
        skype: { home: 'online', sip: 'sip:alice.a@contoso.example', pool: 'cloud' },
      },
      {
        id: 'peggy@fabrikam.example',
        displayName: 'Peggy Parker',
        tenant: 'fabrikam.example',
        mode: 'Islands',
        teams: { kind: 'none' },
        skype: { home: 'online', sip: 'sip:peggy@fabrikam.example', pool: 'cloud' },
      },
    ]);
  });

  it('is not taken at all when one row is wrong', () => {
    const { people, problems } = parsePeople([row('a'), row('b', { mode: 'Island' }), row('c')], rules);
    assert.deepEqual([people.length, problems.length], [0, 1]);
  });
});

describe('a wrong row is told by its number, person and field:', () => {
  const cases: readonly (readonly [what: string, row: unknown, message: RegExp])[] = [
    [
      'an unknown mode',
      row('a', { mode: 'teamsonly' }),
      /^row 1 \(a@contoso.example\), mode: "teamsonly" is no .*TeamsOnly/,
    ],
    ['an unknown home', row('a', { home: 'cloud' }), /, home: "cloud" is no home/],
    ['an unknown field', row('a', { hom: 'online' }), /, hom: there is no such field/],
    [
      'a missing name',
      { id: 'a@contoso.example', mode: 'Legacy', home: 'online' },
      /, displayName: is missing/,
    ],
    ['a missing mode', { ...row('a'), mode: '' }, /, mode: is missing/],
    ['an address without a domain', row('a', { id: 'alice' }), /, id: "alice" is no address/],
    ['an address with a blank', row('a', { id: 'al ice@contoso.example' }), /, id: .*malformed name/],
    [
      'an address with a malformed domain',
      row('a', { id: 'alice@contoso..example' }),
      /, id: .*malformed domain/,
    ],
    [
      'a domain with a dot at its end',
      row('a', { id: 'alice@contoso.example.' }),
      /, id: .*write alice@contoso.example$/,
    ],
    [
      'a malformed SIP address',
      row('a', { sip: 'sip:alice@contoso.example;x=1' }),
      /, sip: .*malformed domain/,
    ],
    ['an object id that is none', row('a', { objectId: '12' }), /, objectId: "12" is no GUID/],
    [
      'a domain of no tenant',
      row('a', { id: 'a@other.example' }),
      /, id: the domain other.example is that of no tenant/,
    ],
    ['TeamsOnly on-prem', row('a', { mode: 'TeamsOnly', home: 'onPrem' }), /, mode: is TeamsOnly .*on-prem/],
    ['an SfB mode without SfB', row('a', { mode: 'SfBOnly', home: 'none' }), /, home: is none .*SfBOnly/],
    ['TeamsOnly without Teams', row('a', { mode: 'TeamsOnly', objectId: '' }), /, objectId: is missing/],
    [
      'no account at all',
      row('a', { objectId: '', home: 'none' }),
      /^row 1 \(a@contoso.example\): has no account/,
    ],
    ['an unknown pool', row('a', { pool: 'west' }), /, pool: no pool is named "west"/],
    ['a pool of another home', row('a', { pool: 'main' }), /, pool: the pool main has another home/],
    ['a SIP address for nobody', row('a', { home: 'none', sip: 'a@contoso.example' }), /, sip: is given/],
    [
      'a person federated to themself',
      row('a', { sip: 'a@fabrikam.example' }),
      /, sip: .*federated to themself/,
    ],
    ["the gateway's own address", row('isthmus'), /, id: is the address of the gateway itself/],
    [
      "the gateway's own address in SfB",
      row('a', { sip: 'sip:Isthmus@contoso.example' }),
      /, sip: is the address of the gateway itself/,
    ],
    ['a value that is no text', row('a', { displayName: 7 }), /, displayName: is no text/],
    ['something that is no row', ['a'], /^row 1: holds no person/],
  ];
  for (const [what, given, message] of cases)
    it(what, () => {
      const messages = told(given);
      assert.equal(messages.length, 1, messages.join('\n'));
      assert.match(messages[0] ?? '', message);
    });
});

describe('rows that contradict each other are told by name:', () => {
  it('two people with one address, in any letter case, punycode or not', () => {
    assert.deepEqual(told(row('a'), row('b', { sip: 'A@CONTOSO.example' })), [
      'row 2 (b@contoso.example), sip: a@contoso.example is that of a@contoso.example (row 1) already',
    ]);
    const bücher = { ...rules, tenants: new Set(['xn--bcher-kva.example']) };
    const twice = [row('a', { id: 'a@bücher.example' }), row('a', { id: 'a@xn--bcher-kva.example' })];
    assert.equal(parsePeople(twice, bücher).problems.length, 1);
  });
  it('one person with two addresses', () => {
    assert.match(
      told(row('a', { sip: 'one@contoso.example' }), row('a', { sip: 'two@contoso.example' }))[0] ?? '',
      /^row 2 \(a@contoso.example\), id: the person has a row already: row 1, with another address/,
    );
  });
  it('two people with one object id', () => {
    const same = objectId();
    assert.match(
      told(row('a', { objectId: same }), row('b', { objectId: same.toUpperCase() }))[0] ?? '',
      /objectId/,
    );
  });
  it('a domain that is drawn like another', () => {
    const cyrillic = { id: 'eve@c\u043Entoso.example', displayName: 'Eve', mode: 'Islands', home: 'online' };
    assert.match(told(row('a'), cyrillic)[0] ?? '', /looks like contoso.example and is another one, xn--/);
    const another = { ...cyrillic, id: 'mallory@c\u043Entoso.example' };
    const looks = told(row('a'), cyrillic, another).filter((each) => each.includes('looks like'));
    assert.equal(looks.length, 1, 'once, however many have it');
  });

  it('a domain that is drawn like another, in punycode or of a SIP address', () => {
    const looks = /looks like contoso\.example and is another one, xn--ontoso-hrf\.example/;
    const punycode = {
      id: 'eve@xn--ontoso-hrf.example',
      displayName: 'Eve',
      mode: 'Islands',
      home: 'online',
    };
    assert.match(told(row('a'), punycode)[0] ?? '', looks);
    const sip = { ...row('eve'), home: 'online', sip: 'sip:eve@\u0441ontoso.example' };
    assert.match(told(row('a'), sip)[0] ?? '', /, sip: the domain looks like contoso\.example/);
  });

  it('a domain with characters that are not seen', () => {
    for (const unseen of ['\u200b', '\u00ad', '\u202e', '\u2060', '\u00a0']) {
      const id = `eve@cont${unseen}oso.example`;
      assert.match(
        told({ ...row('eve'), id })[0] ?? '',
        /, id: .* has a character in its domain that is not seen/,
        id,
      );
    }
  });

  it('a name before the @ with characters that are not seen', () => {
    assert.match(
      told({ ...row('eve'), id: 'e\u200bve@contoso.example' })[0] ?? '',
      /malformed name before the @/,
    );
  });

  it('nothing where only the letters’ case or width differs, which are the same domain', () => {
    const wide = { ...row('eve'), id: 'eve@\uff43ontoso\u3002EXAMPLE' };
    assert.deepEqual(
      parsePeople([row('a'), wide], rules).people.map(({ tenant }) => tenant),
      ['contoso.example', 'contoso.example'],
    );
  });
});

describe('any file', () => {
  const cell = fc.oneof(
    fc.constantFrom<unknown>(
      ...modes,
      'online',
      'onPrem',
      'none',
      'a@contoso.example',
      'b@fabrikam.example',
      '',
      null,
      7,
    ),
    fc.string(),
  );
  const anyRow = fc.oneof(
    fc.dictionary(fc.constantFrom(...fields, '__proto__', 'constructor'), cell),
    fc.anything(),
    fc.constant(null).map(() => row(`p${++count}`)),
  );
  it('gives people or problems, never both and never an exception', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 20 }), (rows) => {
        const { people, problems } = parsePeople(rows, rules);
        assert.equal(people.length, problems.length > 0 ? 0 : rows.length);
        for (const problem of problems) assert.ok(problem.row >= 1 && problem.row <= rows.length);
      }),
      { numRuns: 500 },
    );
  });
  it('reads an address to one that reads to itself', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (text) => {
        const reading = readAddress(text);
        if (reading.kind === 'address') assert.deepEqual(readAddress(reading.address), reading);
      }),
    );
  });
  it('of 100,000 people is read in a second or two of processor time', () => {
    const rows = Array.from({ length: 100_000 }, (_, index) => row(`person${index}`));
    const began = process.cpuUsage();
    assert.equal(parsePeople(rows, rules).people.length, rows.length);
    const { user, system } = process.cpuUsage(began);
    assert.ok(user + system < 4e6, `${user + system} µs`);
  });
  it('that is no directory is given up early', () => {
    assert.ok(
      parsePeople(
        Array.from({ length: 100_000 }, () => 'x'),
        rules,
      ).problems.length <= 1000,
    );
  });
});
