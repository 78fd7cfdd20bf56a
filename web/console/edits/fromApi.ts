import { arrayAt, isRecord, recordAt, stringAt } from '../../shared/http.ts';
import type { Edit } from './model.ts';

export function toEdits(value: unknown): readonly Edit[] {
  return arrayAt(value, 'edits').map((edit) => {
    const kind = stringAt(edit, 'kind');
    const at = isRecord(edit) ? edit['at'] : undefined;
    return {
      id: stringAt(edit, 'person'),
      name: stringAt(edit, 'displayName') || stringAt(edit, 'person'),
      kind: kind === 'added' || kind === 'removed' ? kind : 'edited',
      at: typeof at === 'number' && Number.isFinite(at) ? at : undefined,
      given: textsOf(recordAt(edit, 'given')),
      source: isRecord(edit) && isRecord(edit['source']) ? textsOf(edit['source']) : undefined,
    };
  });
}

function textsOf(record: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, text]) =>
      typeof text === 'string' ? [[name, text] as const] : [],
    ),
  );
}
