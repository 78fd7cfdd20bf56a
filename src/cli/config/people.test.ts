import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Person } from '../../core/people.ts';
import { fit } from './fit.ts';
import { readPeople } from './people.ts';
import { ConfigError, Problems } from './problems.ts';
import { type ConfigFile, configSchema } from './schema.ts';
import { createSources } from './sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'isthmus-people-'));
after(() => rmSync(folder, { recursive: true }));

const networks = {
  teams: {
    tenants: [
      {
        id: '0c0a7050-0000-4000-8000-00000000c001',
        domain: 'contoso.example',
        clientId: '15700000-0000-4000-8000-000000000001',
        secret: 'x',
        gatewayAccount: { upn: 'isthmus@contoso.example' },
      },
    ],
  },
  skype: {
    pools: [
      { name: 'cloud', home: 'online', discovery: 'https://cloud.example' },
      { name: 'hq', home: 'onPrem', discovery: 'https://hq.example' },
      { name: 'branch', home: 'onPrem', discovery: 'https://branch.example' },
    ],
  },
};
const objectId = 'a11ce000-0000-4000-8000-000000000002';

function read(people: unknown): readonly Person[] {
  const problems = new Problems();
  const config = fit(configSchema, { ...networks, people }, '', problems) as ConfigFile;
  problems.throwIfAny();
  const list = readPeople(config, createSources(folder, {}, problems), problems);
  problems.throwIfAny();
  return list;
}

function problemsOf(people: unknown): Record<string, string> {
  try {
    read(people);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return Object.fromEntries(error.problems.map(({ path, message }) => [path, message]));
  }
  return {};
}

describe('the people of a configuration', () => {
  it('come from a list and from a file, in YAML or CSV, with the same words', () => {
    writeFileSync(
      join(folder, 'people.csv'),
      `\ufeffid,displayName,objectId,sip,home,pool,mode\nAnn@contoso.example,"Ann, A.",${objectId},,onPrem,hq,Islands\nben@contoso.example,Ben,,sip:BEN@sip.example,online,,SfBOnly\n`,
    );
    writeFileSync(
      join(folder, 'people.yaml'),
      `people:\n  - { id: Ann@contoso.example, displayName: "Ann, A.", objectId: ${objectId}, home: onPrem, pool: hq, mode: Islands }\n  - { id: ben@contoso.example, displayName: Ben, sip: "sip:BEN@sip.example", home: online, mode: SfBOnly }\n`,
    );
    const expected = [
      {
        id: 'ann@contoso.example',
        displayName: 'Ann, A.',
        tenant: 'contoso.example',
        mode: 'Islands',
        teams: { kind: 'account', objectId, upn: 'ann@contoso.example' },
        skype: { home: 'onPrem', sip: 'sip:ann@contoso.example', pool: 'hq' },
      },
      {
        id: 'ben@contoso.example',
        displayName: 'Ben',
        tenant: 'contoso.example',
        mode: 'SfBOnly',
        teams: { kind: 'none' },
        skype: { home: 'online', sip: 'sip:ben@sip.example', pool: 'cloud' },
      },
    ];
    assert.deepEqual(read({ file: 'people.csv' }), expected);
    assert.deepEqual(read({ file: 'people.yaml' }), expected);
  });

  it('take home, pool and mode from the defaults of their domain', () => {
    const [person] = read({
      list: [{ id: 'ann@contoso.example', displayName: 'Ann', objectId }],
      defaults: { 'contoso.example': { home: 'onPrem', pool: 'branch', mode: 'Islands' } },
    });
    assert.equal(person?.mode, 'Islands');
    assert.deepEqual(person?.skype, { home: 'onPrem', sip: 'sip:ann@contoso.example', pool: 'branch' });
  });

  it('are refused by path where they contradict pools, tenants or themselves', () => {
    const person = { displayName: 'X', mode: 'Islands' };
    const problems = problemsOf({
      list: [
        { ...person, id: 'a@contoso.example', home: 'onPrem' },
        { ...person, id: 'b@contoso.example', home: 'online', pool: 'hq' },
        { ...person, id: 'c@contoso.example', home: 'online', pool: 'attic' },
        { ...person, id: 'd@elsewhere.example', home: 'none', objectId },
        { ...person, id: 'e@contoso.example', home: 'none', sip: 'e@contoso.example' },
        { id: 'f@contoso.example', displayName: 'F', objectId: objectId.toUpperCase(), home: 'online' },
        { ...person, id: 'A@contoso.example' },
      ],
    });
    assert.match(problems['people.list[0].pool'] ?? '', /not exactly one pool has the home onPrem/);
    assert.match(problems['people.list[1].pool'] ?? '', /another home/);
    assert.match(problems['people.list[2].pool'] ?? '', /named "attic"/);
    assert.match(problems['people.list[3].id'] ?? '', /elsewhere\.example is that of no tenant/);
    assert.match(problems['people.list[4].sip'] ?? '', /leave it out/);
    assert.match(problems['people.list[5].mode'] ?? '', /is missing, also for the tenant contoso\.example/);
    assert.match(problems['people.list[6]'] ?? '', /no account on either side/);
  });

  it('are refused where two share a name, by whose it is', () => {
    const ann = { id: 'ann@contoso.example', displayName: 'Ann', objectId, mode: 'Islands', home: 'online' };
    const problems = problemsOf({
      list: [
        ann,
        { ...ann, id: 'ben@contoso.example', home: 'none' },
        { ...ann, id: 'cid@contoso.example', objectId: undefined, sip: 'ANN@contoso.example' },
        { ...ann, id: 'Ann@contoso.example' },
      ],
    });
    assert.match(
      problems['people.list[1].objectId'] ?? '',
      /is that of ann@contoso\.example \(row 1\) already/,
    );
    assert.match(problems['people.list[2].sip'] ?? '', /is that of ann@contoso\.example/);
    assert.match(problems['people.list[3].id'] ?? '', /has a row already: row 1/);
  });

  it('are refused where a mode, an address or a domain cannot be meant', () => {
    const person = { displayName: 'X', mode: 'Islands', home: 'online', objectId };
    const problems = problemsOf({
      list: [
        { ...person, id: 'a@contoso.example', mode: 'TeamsOnly', home: 'onPrem', pool: 'hq' },
        { ...person, id: 'b@c\u043entoso.example', objectId: undefined },
        { ...person, id: 'c@contoso.example.' },
        { ...person, id: 'isthmus@contoso.example' },
      ],
    });
    assert.match(problems['people.list[0].mode'] ?? '', /TeamsOnly for a person homed on-prem/);
    assert.match(problems['people.list[1].id'] ?? '', /looks like contoso\.example and is another one/);
    assert.match(problems['people.list[2].id'] ?? '', /dot at the end/);
    assert.match(problems['people.list[3].id'] ?? '', /the gateway itself/);
  });

  it('in a file are refused by its name, row and field, all of them at once', () => {
    writeFileSync(
      join(folder, 'bad.csv'),
      'id,displayName,mode,home\nann,Ann,Islands,online\nben@contoso.example,Ben,Island,online\n',
    );
    const problems = problemsOf({ file: 'bad.csv' });
    assert.match(problems['bad.csv, row 1, id'] ?? '', /"ann" is no address/);
    assert.match(problems['bad.csv, row 2, mode'] ?? '', /"Island" is no coexistence mode/);
    writeFileSync(join(folder, 'columns.csv'), 'id,displayname\nann@contoso.example,Ann\n');
    assert.match(
      problemsOf({ file: 'columns.csv' })['columns.csv, row 1, displayname'] ?? '',
      /there is no such field; there are id, displayName/,
    );
    assert.match(problemsOf({ file: 'none.csv' })['people.file'] ?? '', /cannot be read/);
    writeFileSync(join(folder, 'torn.csv'), 'id,displayName\n"ann');
    assert.match(problemsOf({ file: 'torn.csv' })['people.file'] ?? '', /cannot be read/);
    writeFileSync(join(folder, 'word.yaml'), 'nobody');
    assert.match(problemsOf({ file: 'word.yaml' })['people.file'] ?? '', /holds no list of people/);
  });

  it('may stand partly in a file and partly in the list, checked against each other', () => {
    writeFileSync(
      join(folder, 'one.csv'),
      'id,displayName,home,mode\nann@contoso.example,Ann,online,SfBOnly\n',
    );
    const ben = { id: 'ben@contoso.example', displayName: 'Ben', home: 'online', mode: 'SfBOnly' };
    assert.deepEqual(
      read({ file: 'one.csv', list: [ben] }).map(({ id }) => id),
      ['ann@contoso.example', 'ben@contoso.example'],
    );
    const twice = problemsOf({ file: 'one.csv', list: [{ ...ben, sip: 'ann@contoso.example' }] });
    assert.match(twice['people.list[0].sip'] ?? '', /that of ann@contoso\.example/);
  });
});
