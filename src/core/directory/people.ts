import type { Person } from '../people.ts';
import { asciiDomain, skeletonOf } from './address.ts';
import type { DirectoryProblem } from './problems.ts';
import { type DirectoryRules, type ReadRow, readRow } from './row.ts';

export interface ParsedPeople {
  /** Empty where there is any problem: a directory is taken as a whole or not at all. */
  readonly people: readonly Person[];
  readonly problems: readonly DirectoryProblem[];
}

/** Stops reading when a file turns out to be something else than a directory. */
const maxProblems = 1000;

/**
 * Checks the rows of a directory file, each by itself and all against each other. A row is an object with the fields of
 * `problems.ts`, as CSV with a heading line or a YAML list gives it; nothing is guessed and nothing half-applied.
 */
export function parsePeople(rows: readonly unknown[], rules: DirectoryRules): ParsedPeople {
  const problems: DirectoryProblem[] = [];
  const read: Numbered[] = [];
  for (const [index, raw] of rows.entries()) {
    const row = index + 1;
    const result = readRow(raw, row, rules, problems);
    if (result) read.push({ ...result, row });
    if (problems.length >= maxProblems) break;
  }
  findSharedNames(read, problems);
  findLookAlikes(read, rules, problems);
  problems.sort((a, b) => a.row - b.row);
  return { people: problems.length > 0 ? [] : read.map(({ person }) => person), problems };
}

type Numbered = ReadRow & { readonly row: number };

/** Two people with one name, in whatever capacity each has it, and one person with two rows. */
function findSharedNames(read: readonly Numbered[], problems: DirectoryProblem[]): void {
  const owners = new Map<string, Numbered>();
  const claim = (field: string, name: string, claimant: Numbered): boolean => {
    const owner = owners.get(name);
    if (owner === undefined) owners.set(name, claimant);
    if (owner === undefined || owner === claimant || problems.length >= maxProblems) return true;
    const { person, row } = claimant;
    const because =
      owner.person.id === person.id
        ? `the person has a row already: row ${owner.row}${twoAddresses(owner.person, person)}`
        : `${name} is that of ${owner.person.id} (row ${owner.row}) already`;
    problems.push({ row, person: person.id, field, because });
    return false;
  };
  for (const claimant of read) {
    const { person } = claimant;
    if (!claim('id', person.id, claimant)) continue;
    if (person.skype.home !== 'none') claim('sip', person.skype.sip.slice('sip:'.length), claimant);
    if (person.teams.kind === 'account') claim('objectId', person.teams.objectId, claimant);
  }
}

function twoAddresses(a: Person, b: Person): string {
  if (a.skype.home === 'none' || b.skype.home === 'none' || a.skype.sip === b.skype.sip) return '';
  return `, with another address (${a.skype.sip} there, ${b.skype.sip} here)`;
}

/** Domains that are drawn like a tenant's, or like that of other rows, and are not the same. */
function findLookAlikes(
  read: readonly Numbered[],
  rules: DirectoryRules,
  problems: DirectoryProblem[],
): void {
  const bySkeleton = new Map<string, string>();
  for (const domain of rules.tenants) bySkeleton.set(skeletonOf(domain), domain);
  const checked = new Set<string>();
  for (const { writtenDomains, person, row } of read)
    for (const [field, written] of writtenDomains) {
      if (checked.has(written) || problems.length >= maxProblems) continue;
      checked.add(written);
      const domain = asciiDomain(written) ?? written;
      const skeleton = skeletonOf(written);
      const other = bySkeleton.get(skeleton);
      if (other === undefined) bySkeleton.set(skeleton, domain);
      else if (other !== domain)
        problems.push({
          row,
          person: person.id,
          field,
          because: `the domain looks like ${other} and is another one, ${domain}: check its letters`,
        });
    }
}
