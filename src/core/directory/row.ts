import { personId } from '../ids.ts';
import {
  type CoexistenceMode,
  type Home,
  homes,
  modes,
  type Person,
  type SkypeAccount,
  type TeamsAccount,
} from '../people.ts';
import { isSfbMode } from '../routing/facts.ts';
import { readAddress } from './address.ts';
import { type DirectoryProblem, type Field, fields } from './problems.ts';

/** What holds for the people of a tenant who say nothing else. */
export interface RowDefaults {
  readonly mode?: CoexistenceMode;
  readonly home?: Home;
  readonly pool?: string;
}

export interface DirectoryRules {
  /** Domains of the tenants that the gateway serves, lower case. */
  readonly tenants: ReadonlySet<string>;
  /** The pools by name, with the home that each is. */
  readonly pools: ReadonlyMap<string, Exclude<Home, 'none'>>;
  /** By the tenant's domain. */
  readonly defaults: ReadonlyMap<string, RowDefaults>;
  /** Addresses under which the gateway itself signs in; a person there would be sent their own messages. */
  readonly ownAddresses: ReadonlySet<string>;
}

export interface ReadRow {
  readonly person: Person;
  /** The domains of the addresses as they were written, for look-alikes. */
  readonly writtenDomains: readonly (readonly [field: 'id' | 'sip', domain: string])[];
}

/** Reads one row; undefined and at least one problem added when anything about it is wrong. */
export function readRow(
  raw: unknown,
  row: number,
  rules: DirectoryRules,
  problems: DirectoryProblem[],
): ReadRow | undefined {
  const before = problems.length;
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    problems.push({ row, person: undefined, field: undefined, because: 'holds no person' });
    return undefined;
  }
  const cells = new Cells(raw as Readonly<Record<string, unknown>>, row, problems);
  const id = cells.required('id');
  if (id === undefined) return undefined;
  const reading = readAddress(id);
  if (reading.kind === 'malformed') {
    cells.wrong('id', `${quoted(id)} ${reading.because}`);
    return undefined;
  }
  const { address, domain } = reading;
  const displayName = cells.required('displayName');
  if (rules.ownAddresses.has(address))
    cells.wrong('id', 'is the address of the gateway itself: every message would come back');

  const defaults = rules.defaults.get(domain) ?? {};
  const mode = cells.oneOf('mode', modes, 'coexistence mode') ?? defaults.mode;
  if (mode === undefined && problems.length === before)
    cells.wrong('mode', `is missing, also for the tenant ${domain}`);
  const home = cells.oneOf('home', homes, 'home') ?? defaults.home ?? 'none';
  const teams = readTeams(cells, address, domain, rules);
  const skype = readSkype(cells, address, domain, home, defaults, rules);
  if (mode !== undefined) checkTogether(cells, mode, home, teams);
  if (problems.length > before || displayName === undefined || mode === undefined) return undefined;
  return {
    person: { id: personId(address), displayName, tenant: domain, mode, teams, skype },
    writtenDomains: [
      ['id', writtenDomain(id)],
      ...(skype.home === 'none' ? [] : [['sip', writtenDomain(cells.optional('sip') ?? id)] as const]),
    ],
  };
}

function writtenDomain(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}

const objectIdPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function readTeams(cells: Cells, address: string, domain: string, rules: DirectoryRules): TeamsAccount {
  const objectId = cells.optional('objectId');
  if (objectId === undefined) return { kind: 'none' };
  if (!objectIdPattern.test(objectId)) cells.wrong('objectId', `${quoted(objectId)} is no GUID`);
  if (!rules.tenants.has(domain)) cells.wrong('id', `the domain ${domain} is that of no tenant`);
  return { kind: 'account', objectId: objectId.toLowerCase(), upn: address };
}

function readSkype(
  cells: Cells,
  address: string,
  domain: string,
  home: Home,
  defaults: RowDefaults,
  rules: DirectoryRules,
): SkypeAccount {
  const sip = cells.optional('sip');
  const named = cells.optional('pool');
  if (home === 'none') {
    if (sip !== undefined) cells.wrong('sip', 'is given for a person whose home is none: leave it out');
    if (named !== undefined) cells.wrong('pool', 'is given for a person whose home is none: leave it out');
    return { home: 'none' };
  }
  const pool = named ?? (defaults.home === home ? defaults.pool : undefined) ?? onlyPool(home, rules);
  if (pool === undefined) cells.wrong('pool', `is missing, and not exactly one pool has the home ${home}`);
  else if (!rules.pools.has(pool)) cells.wrong('pool', `no pool is named ${quoted(pool)}`);
  else if (rules.pools.get(pool) !== home)
    cells.wrong('pool', `the pool ${pool} has another home than ${home}`);
  return { home, sip: `sip:${readSip(cells, sip, address, domain, rules)}`, pool: pool ?? '' };
}

function readSip(
  cells: Cells,
  sip: string | undefined,
  address: string,
  domain: string,
  rules: DirectoryRules,
): string {
  if (sip === undefined) return address;
  const reading = readAddress(sip.replace(/^sip:/i, ''));
  if (reading.kind === 'malformed') {
    cells.wrong('sip', `${quoted(sip)} ${reading.because}`);
    return address;
  }
  if (rules.ownAddresses.has(reading.address))
    cells.wrong('sip', 'is the address of the gateway itself: every message would come back');
  if (reading.domain !== domain && rules.tenants.has(reading.domain) && rules.tenants.has(domain))
    cells.wrong(
      'sip',
      `lies in the tenant ${reading.domain} and the id in ${domain}: the person would be federated to themself`,
    );
  return reading.address;
}

function onlyPool(home: Home, rules: DirectoryRules): string | undefined {
  let only: string | undefined;
  for (const [name, at] of rules.pools) {
    if (at !== home) continue;
    if (only !== undefined) return undefined;
    only = name;
  }
  return only;
}

function checkTogether(cells: Cells, mode: CoexistenceMode, home: Home, teams: TeamsAccount): void {
  if (teams.kind === 'none' && home === 'none')
    cells.wrong(undefined, 'has no account on either side: give an objectId, a home, or both');
  else if (mode === 'TeamsOnly' && home === 'onPrem')
    cells.wrong(
      'mode',
      'is TeamsOnly for a person homed on-prem: move the account online, or give another mode',
    );
  else if (mode === 'TeamsOnly' && teams.kind === 'none')
    cells.wrong('objectId', 'is missing for a person in mode TeamsOnly, who has no other side');
  else if (isSfbMode(mode) && home === 'none')
    cells.wrong('home', `is none for a person in mode ${mode}, who chats in Skype for Business alone`);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

/** The cells of one row: strings without blanks around them; an empty one is absent. */
class Cells {
  readonly #raw: Readonly<Record<string, unknown>>;
  readonly #row: number;
  readonly #problems: DirectoryProblem[];

  constructor(raw: Readonly<Record<string, unknown>>, row: number, problems: DirectoryProblem[]) {
    this.#raw = raw;
    this.#row = row;
    this.#problems = problems;
    for (const key of Object.keys(raw))
      if (!(fields as readonly string[]).includes(key))
        this.wrong(key, `there is no such field; there are ${fields.join(', ')}`);
  }

  wrong(field: string | undefined, because: string): void {
    const id = this.#raw['id'];
    const person = typeof id === 'string' && id.trim() !== '' ? id.trim().slice(0, 80) : undefined;
    this.#problems.push({ row: this.#row, person, field, because });
  }

  optional(field: Field): string | undefined {
    const value = Object.hasOwn(this.#raw, field) ? this.#raw[field] : undefined;
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string') {
      this.wrong(field, 'is no text');
      return undefined;
    }
    const text = value.trim();
    if (text === '') return undefined;
    if (text.length <= 320) return text;
    this.wrong(field, 'is longer than 320 characters');
    return undefined;
  }

  required(field: Field): string | undefined {
    const before = this.#problems.length;
    const value = this.optional(field);
    if (value === undefined && this.#problems.length === before) this.wrong(field, 'is missing');
    return value;
  }

  oneOf<T extends string>(field: Field, values: readonly T[], what: string): T | undefined {
    const text = this.optional(field);
    if (text === undefined) return undefined;
    const value = values.find((known) => known === text);
    if (value === undefined)
      this.wrong(field, `${quoted(text)} is no ${what}; there are ${values.join(', ')}`);
    return value;
  }
}
