import { resolve } from 'node:path';
import type { JoinRules } from '../../core/directory/join.ts';
import { readSkypeAttributes, type SkypeAttributes } from '../../core/directory/skype-attributes.ts';
import { directoryRules, readCsv } from './people.ts';
import { join, type Problems } from './problems.ts';
import type { ConfigFile } from './schema.ts';
import type { Sources } from './sources.ts';

export interface PeopleOfTenants {
  readonly intervalMs: number;
  /** An absolute path. */
  readonly attributesFile: string | undefined;
  readonly rules: JoinRules;
}

type Section = NonNullable<ConfigFile['people']['graph']>;

/** How people are read from the tenants, with the export of SfB attributes, which is taken as a whole or not at all. */
export function resolvePeopleOfTenants(
  file: ConfigFile,
  folder: string,
  sources: Sources,
  problems: Problems,
): PeopleOfTenants | undefined {
  const { graph } = file.people;
  if (!graph?.enabled) return undefined;
  if (file.teams.tenants.length === 0)
    problems.add('people.graph', 'there is no tenant to read people from: give teams.tenants');
  const pools = new Set(file.skype.pools.map(({ name }) => name));
  for (const [server, pool] of Object.entries(graph.pools))
    if (!pools.has(pool)) problems.add(join('people.graph.pools', server), `no pool is named ${pool}`);
  const { skypeAttributes } = graph;
  return {
    intervalMs: graph.intervalMs,
    attributesFile: skypeAttributes === undefined ? undefined : resolve(folder, skypeAttributes),
    rules: {
      ...directoryRules(file),
      attributes: skypeAttributes === undefined ? undefined : readExport(skypeAttributes, sources, problems),
      poolNames: new Map(Object.entries(graph.pools).map(([server, pool]) => [server.toLowerCase(), pool])),
      extensions: extensionsOf(graph),
    },
  };
}

function readExport(
  name: string,
  sources: Sources,
  problems: Problems,
): ReadonlyMap<string, SkypeAttributes> {
  const path = 'people.graph.skypeAttributes';
  const before = problems.length;
  const text = sources.file(name, path);
  if (problems.length > before) return new Map();
  try {
    const read = readSkypeAttributes(readCsv(withoutTypeLine(text)));
    for (const { row, field, because } of read.problems)
      problems.add(`${name}, row ${row}${field === undefined ? '' : `, ${field}`}`, because);
    return read.byUpn;
  } catch (error) {
    problems.add(path, `${name} cannot be read: ${(error as Error).message}`);
    return new Map();
  }
}

/** COMPAT: Windows PowerShell's Export-Csv begins with a line that names a .NET type. */
function withoutTypeLine(text: string): string {
  return text.replace(/^\uFEFF?#TYPE [^\n]*\n/, '');
}

function extensionsOf({ extensionAttributes }: Section): JoinRules['extensions'] {
  const { mode, home, pool } = extensionAttributes;
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(home === undefined ? {} : { home }),
    ...(pool === undefined ? {} : { pool }),
  };
}
