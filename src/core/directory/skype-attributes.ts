import { type CoexistenceMode, type Home, modes } from '../people.ts';
import type { DirectoryProblem } from './problems.ts';

/** What the SfB side knows of a person, as an administrator exports it from Active Directory or the SfB server. */
export interface SkypeAttributes {
  readonly enabled: boolean;
  /** As written. */
  readonly sip: string | undefined;
  /** Undefined for somebody who is not enabled. */
  readonly home: Exclude<Home, 'none'> | undefined;
  /** The distinguished name of the home server, or the host name of the pool, lower case. */
  readonly homeServer: string | undefined;
  readonly mode: CoexistenceMode | undefined;
}

/** Of each fact, the attribute in Active Directory and the property in the SfB server's and Teams' PowerShell. */
const columns = {
  upn: ['userPrincipalName'],
  sip: ['msRTCSIP-PrimaryUserAddress', 'SipAddress'],
  enabled: ['msRTCSIP-UserEnabled', 'Enabled'],
  locator: ['msRTCSIP-DeploymentLocator', 'HostingProvider'],
  homeServer: ['msRTCSIP-PrimaryHomeServer', 'RegistrarPool', 'HomeServer'],
  mode: ['TeamsUpgradeEffectiveMode'],
} as const;
type Fact = keyof typeof columns;
const required = ['upn', 'sip', 'enabled', 'locator'] as const satisfies readonly Fact[];

export interface ReadAttributes {
  /** By user principal name, lower case. Empty where there is any problem: the export is taken as a whole or not at all. */
  readonly byUpn: ReadonlyMap<string, SkypeAttributes>;
  readonly problems: readonly DirectoryProblem[];
}

/**
 * Reads an export with a heading line, one object a row. Other columns are let be; those that are needed may stand under
 * either name and in any letter case.
 */
export function readSkypeAttributes(rows: readonly Readonly<Record<string, unknown>>[]): ReadAttributes {
  const problems: DirectoryProblem[] = [];
  const names = findColumns(rows[0] ?? {});
  for (const fact of required)
    if (rows.length > 0 && names.get(fact) === undefined)
      problems.push({
        row: 1,
        person: undefined,
        field: columns[fact][0],
        because: `is no column of the export; there must be ${columns[fact].join(' or ')}`,
      });
  if (problems.length > 0) return { byUpn: new Map(), problems };

  const byUpn = new Map<string, SkypeAttributes>();
  const rowOf = new Map<string, number>();
  for (const [index, raw] of rows.entries()) {
    const row = index + 1;
    const cell = (fact: Fact): string => {
      const value = raw[names.get(fact) ?? ''];
      return typeof value === 'string' ? value.trim() : '';
    };
    const upn = cell('upn').toLowerCase();
    const wrong = (fact: Fact, because: string): void =>
      void problems.push({
        row,
        person: upn === '' ? undefined : upn.slice(0, 80),
        field: names.get(fact) ?? columns[fact][0],
        because,
      });
    if (upn === '') {
      wrong('upn', 'is missing');
      continue;
    }
    const before = rowOf.get(upn);
    if (before !== undefined) wrong('upn', `the person has a row already: row ${before}`);
    rowOf.set(upn, row);
    byUpn.set(upn, readOne(cell, wrong));
  }
  return { byUpn: problems.length > 0 ? new Map() : byUpn, problems };
}

function findColumns(heading: Readonly<Record<string, unknown>>): ReadonlyMap<Fact, string> {
  const byName = new Map(Object.keys(heading).map((name) => [name.trim().toLowerCase(), name]));
  return new Map(
    (Object.keys(columns) as Fact[]).flatMap((fact) => {
      const name = columns[fact].map((known) => byName.get(known.toLowerCase())).find(Boolean);
      return name === undefined ? [] : [[fact, name] as const];
    }),
  );
}

function readOne(
  cell: (fact: Fact) => string,
  wrong: (fact: Fact, because: string) => void,
): SkypeAttributes {
  const enabled = /^true$/i.test(cell('enabled'));
  if (!enabled && !/^(false)?$/i.test(cell('enabled')))
    wrong('enabled', `${JSON.stringify(cell('enabled'))} is neither TRUE nor FALSE`);
  const sip = cell('sip') || undefined;
  if (enabled && sip === undefined) wrong('sip', 'is missing for somebody who is enabled');
  const home = enabled ? homeOf(cell('locator')) : undefined;
  if (enabled && home === undefined)
    wrong('locator', `${JSON.stringify(cell('locator'))} is neither SRV: nor the edge of an online service`);
  const mode = modes.find((known) => known.toLowerCase() === cell('mode').toLowerCase());
  if (mode === undefined && cell('mode') !== '')
    wrong('mode', `${JSON.stringify(cell('mode'))} is no coexistence mode; there are ${modes.join(', ')}`);
  return { enabled, sip, home, homeServer: cell('homeServer').toLowerCase() || undefined, mode };
}

/**
 * `SRV:` says that the person's own organisation is found by DNS, which is to say on-prem; otherwise it is the federation edge
 * of the service that hosts the account: `sipfed.online.lync.com`, and those of national clouds.
 */
function homeOf(locator: string): Exclude<Home, 'none'> | undefined {
  if (/^srv:?$/i.test(locator)) return 'onPrem';
  return /^sipfed\.[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(locator) ? 'online' : undefined;
}
