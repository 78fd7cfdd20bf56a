import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { type ConversationId, type PersonId, personId } from '../core/ids.ts';
import { type Home, homes, type Person } from '../core/people.ts';
import { recent } from '../core/recent.ts';
import type { Report } from './events.ts';
import type { KeptStore } from './ledger.ts';

/** How a conversation was carried from one side to the other. */
export interface Way {
  /** The homes of both people when the way was made. */
  readonly homes: ReadonlyMap<PersonId, Home>;
  /** Unix ms of the last message that went it in this run; undefined where none has: then SfB sessions have ended. */
  readonly lastAt: number | undefined;
}

/** What a conversation's way was made with outlives the process; how lately it was gone does not. */
export interface WayMemory {
  of(conversation: ConversationId): Promise<Way | undefined>;
  /** A message was brought over; on a conversation that {@link of} has not been asked about the way counts as new. */
  note(conversation: ConversationId, people: readonly Person[], at: number): void;
  forget(conversation: ConversationId): void;
}

const kind = 'way';
const keptWay = Compile(Type.Object({ homes: Type.Record(Type.String(), Type.Enum([...homes])) }));

/** Keeping is not waited for: a way that was lost with the process is made anew with the homes as they are then. */
export function createWayMemory(
  kept: Pick<KeptStore, 'get' | 'put' | 'remove'>,
  report: Report,
  most = 20_000,
): WayMemory {
  const known = recent<ConversationId, Way>(most);
  const watch = (work: Promise<void>): void => {
    work.catch((error: unknown) =>
      report({ kind: 'fault', where: 'keeping the way of a conversation', error }),
    );
  };

  return {
    async of(conversation) {
      const here = known.get(conversation);
      if (here) return here;
      const entry = await kept.get(kind, conversation);
      if (!entry || !keptWay.Check(entry.value)) return undefined;
      const made = Object.entries(entry.value.homes).map(([id, home]) => [personId(id), home] as const);
      const way: Way = { homes: new Map(made), lastAt: undefined };
      known.set(conversation, way);
      return way;
    },
    note(conversation, people, at) {
      const before = known.get(conversation);
      const made = before?.homes ?? new Map(people.map(({ id, skype }) => [id, skype.home]));
      known.set(conversation, { homes: made, lastAt: at });
      if (!before) watch(kept.put(kind, conversation, { homes: Object.fromEntries(made) }));
    },
    forget(conversation) {
      known.delete(conversation);
      watch(kept.remove(kind, conversation));
    },
  };
}
