/**
 * Reads the plainest form of YAML, a list of flat maps with short texts as a people file has, some twenty times as fast as a
 * parser for all of YAML. It gives what that would give, or undefined for a file that holds anything more than it knows.
 *
 * ```yaml
 * people:                      # the key may be left out
 *   - id: bob@contoso.example
 *     displayName: "Bob Brown"
 *     mode: Islands
 * ```
 */
export function readPlainList(text: string): readonly Readonly<Record<string, string>>[] | undefined {
  const rows: Record<string, string>[] = [];
  let indent: string | undefined;
  let row: Record<string, string> | undefined;
  let isInside = false;
  for (const line of text.split('\n')) {
    const written = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (/^\s*(?:#.*)?$/.test(written)) {
      if (written.includes('\t')) return undefined;
      continue;
    }
    const [, before, mark, key, value] = entry.exec(written) ?? [];
    if (before === undefined || key === undefined || value === undefined) {
      if (isInside || rows.length > 0 || !/^people: *$/.test(written)) return undefined;
      isInside = true;
      continue;
    }
    indent ??= before;
    const scalar = readScalar(value);
    if (scalar === undefined) return undefined;
    if (mark === '- ') {
      if (before !== indent) return undefined;
      row = {};
      rows.push(row);
    } else if (before.length !== indent.length + 2) return undefined;
    if (row === undefined || Object.hasOwn(row, key)) return undefined;
    row[key] = scalar;
  }
  return rows.length > 0 ? rows : undefined;
}

/** Of keys only those that no object has by itself; of values whatever follows the first blank. */
const entry = /^( {0,8})(- )?(id|displayName|objectId|home|sip|pool|mode): +(\S.*)$/;

const guid = /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;
/** Begins with a letter, and holds nothing that YAML reads as more than text. */
const plain = /^\p{L}[\p{L}\p{M}\p{N}@._+'-]*(?:(?: |:(?=\S))[\p{L}\p{M}\p{N}@._+'-]+)*$/u;
const notText = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

function readScalar(written: string): string | undefined {
  const value = written.trimEnd();
  if (plain.test(value)) return notText.test(value) ? undefined : value;
  if (guid.test(value)) return value;
  const [, double, single] = /^(?:"([^"\\]*)"|'([^']*)')$/.exec(value) ?? [];
  return double ?? single;
}
