import { extname } from 'node:path';
import { parse as parseCsv } from 'csv-parse/sync';
import { parse as parseYaml } from 'yaml';
import { parsePeople } from '../../core/directory/people.ts';
import type { DirectoryRules } from '../../core/directory/row.ts';
import type { Person } from '../../core/people.ts';
import { isPlainObject } from './fit.ts';
import { readPlainList } from './plain-list.ts';
import { join, type Problems } from './problems.ts';
import type { ConfigFile } from './schema.ts';
import type { Sources } from './sources.ts';

/**
 * The people of `people.file` and `people.list` together, by the directory's own rules. A problem is told by file and row
 * or by its place in the list, and by field; where there is any, there are no people.
 */
export function readPeople(config: ConfigFile, sources: Sources, problems: Problems): readonly Person[] {
  const { file, list } = config.people;
  const filed = file === undefined ? [] : readRows(file, sources, problems);
  const read = parsePeople([...filed, ...list], directoryRules(config));
  for (const { row, field, because } of read.problems) {
    const path =
      row <= filed.length ? `${file ?? ''}, row ${row}` : join('people.list', row - filed.length - 1);
    if (field === undefined) problems.add(path, because);
    else problems.add(row <= filed.length ? `${path}, ${field}` : join(path, field), because);
  }
  return read.people;
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

/** A reader of tables quotes what it could not read, however long that is. */
const longestReason = 300;

function readRows(name: string, sources: Sources, problems: Problems): readonly unknown[] {
  const before = problems.length;
  const text = sources.file(name, 'people.file');
  if (problems.length > before) return [];
  try {
    const rows: unknown = extname(name).toLowerCase() === '.csv' ? readCsv(text) : readList(text);
    if (Array.isArray(rows)) return rows;
    problems.add('people.file', `${name} holds no list of people`);
  } catch (error) {
    problems.add(
      'people.file',
      `${name} cannot be read: ${(error as Error).message.slice(0, longestReason)}`,
    );
  }
  return [];
}

/** A heading line names the columns, with the same words as in YAML; an empty cell is a value left out. */
export function readCsv(text: string): readonly Readonly<Record<string, string>>[] {
  return parseCsv<Record<string, string>>(text, { columns: true, bom: true, trim: true });
}

/** Either the bare list, or an object with the list under `people`. */
function readList(text: string): unknown {
  const plain = readPlainList(text);
  if (plain) return plain;
  const value: unknown = parseYaml(text);
  return isPlainObject(value) ? value['people'] : value;
}
