import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { type PersonId, personId } from '../core/ids.ts';
import { modes, type Person, type Side, type SipUri, sides } from '../core/people.ts';
import { activities, availabilities, type Presence } from '../core/presence/presence.ts';
import type { Remarks } from '../core/presence/remarks.ts';
import type { OnShow } from './connector.ts';
import type { Report } from './events.ts';
import type { KeptStore } from './ledger.ts';

export interface LeftOnShow extends OnShow {
  readonly side: Side;
}

/**
 * Who is on show on which side by the gateway's doing, kept over restarts: an endpoint that nobody remembers would stay on
 * show until its network finds out.
 */
export interface OnShowMemory {
  /** What the last run left; read once, before anything is noted. */
  left(): Promise<readonly LeftOnShow[]>;
  /**
   * Before somebody is shown, or shown otherwise. Resolves when it is kept where they were not on show before, else at
   * once: an endpoint that is remembered with an older presence is remembered.
   */
  shows(side: Side, onShow: OnShow): Promise<void>;
  /** Nothing is on show there any more. */
  hides(side: Side, person: PersonId): void;
}

const kind = 'on-show';

const text = Type.String();
const keptOnShow = Compile(
  Type.Object({
    side: Type.Enum([...sides]),
    person: Type.Object({
      id: text,
      displayName: text,
      tenant: text,
      mode: Type.Enum([...modes]),
      teams: Type.Union([
        Type.Object({ kind: Type.Literal('none') }),
        Type.Object({ kind: Type.Literal('account'), objectId: text, upn: text }),
      ]),
      skype: Type.Union([
        Type.Object({ home: Type.Literal('none') }),
        Type.Object({
          home: Type.Enum(['online', 'onPrem']),
          sip: Type.Unsafe<SipUri>(Type.String({ pattern: '^sip:.' })),
          pool: text,
        }),
      ]),
    }),
    presence: Type.Object({
      availability: Type.Enum([...availabilities]),
      activity: Type.Enum([...activities]),
    }),
    remarks: Type.Object({
      note: Type.Union([
        Type.Object({ kind: Type.Literal('none') }),
        Type.Object({ kind: Type.Literal('text'), text }),
      ]),
      outOfOffice: Type.Union([
        Type.Object({ kind: Type.Literal('no') }),
        Type.Object({ kind: Type.Literal('yes'), message: text }),
      ]),
    }),
  }),
);

export function createOnShowMemory(
  kept: Pick<KeptStore, 'list' | 'put' | 'remove'>,
  report: Report,
): OnShowMemory {
  const known = new Set<string>();
  const failed = (error: unknown): void => report({ kind: 'fault', where: 'keeping who is on show', error });

  return {
    async left() {
      const found: LeftOnShow[] = [];
      for (const { key, value } of await kept.list(kind)) {
        const left = readKept(value);
        if (!left) {
          kept.remove(kind, key).catch(failed);
          continue;
        }
        known.add(key);
        found.push(left);
      }
      return found;
    },
    async shows(side, { person, presence, remarks }) {
      const key = keyOf(side, person.id);
      const isKnown = known.has(key);
      known.add(key);
      const putting = kept.put(kind, key, { side, person, presence, remarks }).catch(failed);
      if (!isKnown) await putting;
    },
    hides(side, person) {
      const key = keyOf(side, person);
      if (known.delete(key)) kept.remove(kind, key).catch(failed);
    },
  };
}

/** Undefined where another version of the program kept something else. */
function readKept(value: unknown): LeftOnShow | undefined {
  if (!keptOnShow.Check(value)) return undefined;
  const person: Person = { ...value.person, id: personId(value.person.id) };
  const presence: Presence = value.presence;
  const remarks: Remarks = value.remarks;
  return { side: value.side, person, presence, remarks };
}

function keyOf(side: Side, person: PersonId): string {
  return `${side} ${person}`;
}
