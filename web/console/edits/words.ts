import type { StateWords } from '../words.ts';
import type { Edit } from './model.ts';

const fieldNames: Readonly<Record<string, string>> = {
  displayName: 'Name',
  mode: 'Mode',
  home: 'SfB home',
  pool: 'Pool',
  sip: 'SIP address',
  objectId: 'Entra object id',
};

export const kinds: Readonly<Record<Edit['kind'], StateWords>> = {
  edited: { words: 'Changed', tone: 'warning' },
  added: { words: 'Added', tone: 'informative' },
  removed: { words: 'Removed', tone: 'danger' },
};

/** What was done, a fact a line, beside what the sources say. */
export function editLines({ kind, given, source }: Edit): readonly string[] {
  switch (kind) {
    case 'edited':
      return source === undefined
        ? [...factLines(given), 'No source names this person, so it has no effect.']
        : Object.entries(given).map(
            ([field, value]) => `${nameOfField(field)}: ${value}${insteadOf(value, source[field])}`,
          );
    case 'added':
      return source === undefined
        ? factLines(given)
        : [...factLines(given), 'By now a source names this person, too.'];
    case 'removed':
      return source === undefined
        ? ['No source names this person any more.']
        : [`The sources say ${factLines(withoutName(source)).join(', ')}`];
  }
}

/** What taking it back does, as a sentence. */
export function undoWords(edit: Edit): string {
  const { name } = edit;
  if (edit.source === undefined) return `No source names ${name}: the person will be gone.`;
  switch (edit.kind) {
    case 'removed':
      return `${name} will be back, as the sources say. Links were deleted with the person: sign in for them again.`;
    case 'added':
    case 'edited':
      return `${name} will be as the sources say: ${factLines(edit.source).join(', ') || 'nothing of this'}.`;
  }
}

function withoutName(facts: Edit['given']): Edit['given'] {
  const { displayName: _, objectId: __, ...others } = facts;
  return others;
}

function factLines(facts: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(facts).map(([field, value]) => `${nameOfField(field)}: ${value}`);
}

function insteadOf(value: string, source: string | undefined): string {
  if (source === undefined) return ' (the sources: nothing)';
  return source === value ? ' (as the sources say)' : ` (the sources: ${source})`;
}

function nameOfField(field: string): string {
  return Object.hasOwn(fieldNames, field) ? (fieldNames[field] ?? field) : field;
}
