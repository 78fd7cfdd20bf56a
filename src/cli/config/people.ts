import { extname } from 'node:path';
import { parse as parseCsv } from 'csv-parse/sync';
import { Type } from 'typebox';
import { parse as parseYaml } from 'yaml';
import type { DirectoryRules } from '../../core/directory/row.ts';
import { personId } from '../../core/ids.ts';
import type { CoexistenceMode, Home, Person, SipUri, SkypeAccount, TeamsAccount } from '../../core/people.ts';
import { fit, isPlainObject } from './fit.ts';
import { join, type Problems } from './problems.ts';
import { type ConfigFile, type PersonEntry, personSchema } from './schema.ts';
import type { Sources } from './sources.ts';

const listSchema = Type.Array(personSchema, { description: 'a list of people' });

interface Rules {
  readonly tenants: ReadonlySet<string>;
  readonly pools: ReadonlyMap<string, Exclude<Home, 'none'>>;
  readonly defaults: ConfigFile['people']['defaults'];
}

/** The people of `people.list` and `people.file` together, checked against each other and against tenants and pools. */
export function readPeople(config: ConfigFile, sources: Sources, problems: Problems): readonly Person[] {
  const rules: Rules = {
    tenants: new Set(config.teams.tenants.map(({ domain }) => domain)),
    pools: new Map(config.skype.pools.map(({ name, home }) => [name, home])),
    defaults: config.people.defaults,
  };
  const listed = config.people.list.map((entry, index) => [entry, join('people.list', index)] as const);
  const { file } = config.people;
  const filed = file === undefined ? [] : readFile(file, sources, problems);
  const entries = [...listed, ...filed];
  refuseSharedNames(entries, problems);
  return entries.map(([entry, path]) => toPerson(entry, path, rules, problems));
}

/** The rules of the directory, as tenants, pools and defaults of the configuration make them. */
export function directoryRules({ teams, skype, people }: ConfigFile): DirectoryRules {
  const own = [
    ...teams.tenants.flatMap(({ gatewayAccount }) => gatewayAccount?.upn ?? []),
    ...skype.pools.flatMap(({ gatewayAccount }) => gatewayAccount?.username ?? []),
  ];
  return {
    tenants: new Set(teams.tenants.map(({ domain }) => domain)),
    pools: new Map(skype.pools.map(({ name, home }) => [name, home])),
    defaults: new Map(Object.entries(people.defaults)),
    ownAddresses: new Set(own.map((address) => address.toLowerCase())),
  };
}

type Entry = readonly [entry: PersonEntry, path: string];

function readFile(name: string, sources: Sources, problems: Problems): readonly Entry[] {
  const before = problems.length;
  const text = sources.file(name, 'people.file');
  if (problems.length > before) return [];
  try {
    const raw = extname(name).toLowerCase() === '.csv' ? readCsv(text) : readList(text);
    const people = fit(listSchema, raw, name, problems) as PersonEntry[] | undefined;
    return problems.length > before || !people
      ? []
      : people.map((entry, index) => [entry, join(name, index)] as const);
  } catch (error) {
    problems.add('people.file', `${name} cannot be read: ${(error as Error).message}`);
    return [];
  }
}

/** A heading line names the columns, with the same words as in YAML; an empty cell is a value left out. */
function readCsv(text: string): unknown {
  const rows: Record<string, string>[] = parseCsv(text, { columns: true, bom: true, trim: true });
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== '')));
}

/** Either the bare list, or an object with the list under `people`. */
function readList(text: string): unknown {
  const value: unknown = parseYaml(text);
  return isPlainObject(value) ? value['people'] : value;
}

function toPerson(entry: PersonEntry, path: string, rules: Rules, problems: Problems): Person {
  const id = personId(entry.id);
  const domain = id.slice(id.indexOf('@') + 1);
  const defaults = rules.defaults[domain];
  const mode = entry.mode ?? defaults?.mode;
  if (!mode) problems.add(join(path, 'mode'), `is missing, also under people.defaults for ${domain}`);
  const teams = teamsAccount(entry, path, domain, rules, problems);
  const skype = skypeAccount(entry, path, defaults, rules, problems);
  if (teams.kind === 'none' && skype.home === 'none')
    problems.add(path, 'has no account on either side: give an objectId, a home, or both');
  // Islands stands in for a mode that is missing: the problem above keeps this person from ever being used.
  const known: CoexistenceMode = mode ?? 'Islands';
  return { id, displayName: entry.displayName, tenant: domain, mode: known, teams, skype };
}

function teamsAccount(
  entry: PersonEntry,
  path: string,
  domain: string,
  rules: Rules,
  problems: Problems,
): TeamsAccount {
  if (entry.objectId === undefined) return { kind: 'none' };
  if (!rules.tenants.has(domain))
    problems.add(join(path, 'objectId'), `no tenant of teams.tenants has the domain ${domain}`);
  return { kind: 'account', objectId: entry.objectId.toLowerCase(), upn: entry.id };
}

function skypeAccount(
  entry: PersonEntry,
  path: string,
  defaults: Rules['defaults'][string] | undefined,
  rules: Rules,
  problems: Problems,
): SkypeAccount {
  const home = entry.home ?? defaults?.home;
  if (home === undefined) problems.add(join(path, 'home'), 'is missing, also under people.defaults');
  if (home === undefined || home === 'none') {
    for (const key of ['sip', 'pool'] as const)
      if (entry[key] !== undefined)
        problems.add(join(path, key), 'is given for a person whose home is none: leave it out');
    return { home: 'none' };
  }
  const named = entry.pool ?? (defaults?.home === home ? defaults.pool : undefined);
  const candidates = [...rules.pools].filter(([, at]) => at === home).map(([name]) => name);
  const pool = named ?? (candidates.length === 1 ? candidates[0] : undefined);
  const at = join(path, 'pool');
  if (pool === undefined)
    problems.add(at, `is missing, and ${candidates.length} pools have the home ${home}`);
  else if (!rules.pools.has(pool)) problems.add(at, `no pool of skype.pools is named ${pool}`);
  else if (rules.pools.get(pool) !== home) problems.add(at, `the pool ${pool} has another home than ${home}`);
  return { home, sip: sipUri(entry), pool: pool ?? '' };
}

function sipUri(entry: PersonEntry): SipUri {
  return `sip:${(entry.sip ?? entry.id).toLowerCase().replace(/^sip:/, '')}`;
}

function refuseSharedNames(entries: readonly Entry[], problems: Problems): void {
  const owners = new Map<string, string>();
  const claim = (kind: string, name: string, path: string): void => {
    const key = `${kind} ${name.toLowerCase()}`;
    const owner = owners.get(key);
    if (owner === undefined) owners.set(key, path);
    else problems.add(join(path, kind), `${name} is that of ${owner} already`);
  };
  for (const [entry, path] of entries) {
    claim('id', entry.id, path);
    if (entry.objectId !== undefined) claim('objectId', entry.objectId, path);
    if (entry.home !== 'none') claim('sip', sipUri(entry), path);
  }
}
