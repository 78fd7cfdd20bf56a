import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Report } from '../gateway/events.ts';
import type { KeptStore } from '../gateway/ledger.ts';
import type { HeldPeople, PeopleStoreOptions } from './people-store.ts';

const kind = 'person-before-conflict';
const keptFields = Compile(Type.Record(Type.String(), Type.String()));

/** Keeps people whom a conflict concerns over restarts, as they were before it. */
export async function holdPeople(
  kept: KeptStore,
  report: Report,
): Promise<Required<Pick<PeopleStoreOptions, 'held' | 'hold'>>> {
  const entries = await kept.list(kind);
  const held: HeldPeople = Object.fromEntries(
    entries.flatMap(({ key, value }) => (keptFields.Check(value) ? [[key, value] as const] : [])),
  );
  let known = new Set(entries.map(({ key }) => key));
  return {
    held,
    hold(now) {
      const gone = [...known].filter((id) => !Object.hasOwn(now, id));
      known = new Set(Object.keys(now));
      Promise.all([
        ...gone.map((id) => kept.remove(kind, id)),
        ...Object.entries(now).map(([id, fields]) => kept.put(kind, id, fields)),
      ]).catch((error: unknown) =>
        report({ kind: 'fault', where: 'keeping people before a conflict', error }),
      );
    },
  };
}
