import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const contracts = ['connector', 'directory', 'ledger', 'links'].map((name) => `src/gateway/${name}.ts`);
const protocols = ['graph', 'ucwa', 'entra', 'sip'].map((name) => `src/protocols/${name}/`);

/** What each room may import besides its own files: a folder ends with a slash, anything else is one file. */
const rooms: Record<string, readonly string[]> = {
  'src/core/': [],
  ...Object.fromEntries(protocols.map((room) => [room, []])),
  'src/gateway/': ['src/core/'],
  'src/connectors/teams/': ['src/core/', ...contracts, ...protocols],
  'src/connectors/skype/': ['src/core/', ...contracts, ...protocols],
  'src/ledger/': ['src/core/', ...contracts],
  'src/sandbox/': protocols,
  'src/console/': ['src/core/', 'src/gateway/'],
  'src/cli/': ['src/'],
  'web/': [],
};
/** Files that may be longer than {@link longest} lines, each with the reason. */
const longFiles: Record<string, string> = {};
const longest = 400;

interface Source {
  readonly file: string;
  readonly lines: readonly string[];
  readonly imports: readonly { readonly target: string; readonly line: number }[];
}

function read(file: string): Source {
  const lines = readFileSync(`${root}${file}`, 'utf8').split('\n');
  const imports = lines.flatMap((text, index) =>
    [...text.matchAll(/\b(?:from|import|import\()\s*['"](\.[^'"]*)['"]/g)].map(([, path = '']) => ({
      target: posix.join(posix.dirname(file), path),
      line: index + 1,
    })),
  );
  return { file, lines, imports };
}

const sources = ['src', 'web']
  .flatMap((top) =>
    readdirSync(`${root}${top}`, { recursive: true, encoding: 'utf8' }).map((path) => `${top}/${path}`),
  )
  .filter((file) => /(?<!\.test|\.test-kit)\.tsx?$/.test(file) && !/\/(dist|node_modules)\//.test(file))
  .map(read);

function roomOf(file: string): string | undefined {
  return Object.keys(rooms).find((room) => file.startsWith(room));
}

/** The first circle of imports that leads back to `file`, as the files on the way. */
function circle(
  file: string,
  graph: Map<string, Source>,
  way: readonly string[],
  done: Set<string>,
): readonly string[] {
  if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
  if (done.has(file)) return [];
  for (const { target } of graph.get(file)?.imports ?? []) {
    const found = circle(target, graph, [...way, file], done);
    if (found.length > 0) return found;
  }
  done.add(file);
  return [];
}

describe('the rooms of the source', () => {
  it('hold every file', () => {
    assert.deepEqual(
      sources.filter(({ file }) => !roomOf(file)).map(({ file }) => file),
      [],
    );
  });

  it('import only what the table of rooms allows', () => {
    const violations = sources.flatMap(({ file, imports }) => {
      const room = roomOf(file) ?? file;
      const allowed = [room, ...(rooms[room] ?? [])];
      return imports
        .filter(
          ({ target }) =>
            !allowed.some((entry) => (entry.endsWith('/') ? target.startsWith(entry) : target === entry)),
        )
        .map(({ target, line }) => `${file}:${line} imports ${target}`);
    });
    assert.deepEqual(violations, []);
  });

  it('have no circle of imports', () => {
    const graph = new Map(sources.map((source) => [source.file, source]));
    const done = new Set<string>();
    const circles = sources.map(({ file }) => circle(file, graph, [], done)).filter((way) => way.length > 0);
    assert.deepEqual(circles[0] ?? [], []);
  });

  it(`have no file over ${longest} lines, unless it gives a reason`, () => {
    const long = sources.filter(({ file, lines }) => lines.length > longest && !(file in longFiles));
    assert.deepEqual(
      long.map(({ file, lines }) => `${file}: ${lines.length} lines`),
      [],
    );
  });
});
