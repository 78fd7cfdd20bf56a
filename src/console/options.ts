import type { Clock } from '../core/clock.ts';
import type { PersonId } from '../core/ids.ts';
import type { Person, Side } from '../core/people.ts';
import type { Directory } from '../gateway/directory.ts';
import type { Report } from '../gateway/events.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Links } from '../gateway/links.ts';
import type { Access } from './access.ts';
import type { Metrics } from './metrics.ts';
import type { PersonEdit, SandboxAnswer } from './types.ts';

/** What the console needs of the gateway. */
export interface ConsoleOptions {
  readonly gateway: Pick<
    Gateway,
    'ownPresence' | 'presence' | 'presenceHistory' | 'recent' | 'status' | 'trace'
  >;
  readonly directory: Directory;
  readonly people: PeopleChanges;
  readonly links: Links;
  /** Told after a link was put or removed. */
  readonly linkChanged: (person: PersonId, side: Side) => void;
  readonly clock: Pick<Clock, 'now'>;
  readonly metrics: Metrics;
  readonly report: Report;
  readonly version: string;
  readonly policy: string;
  /** Known once the gateway listens. */
  readonly publicUrl: () => string;
  readonly access: Access;
  /** Undefined where the sandbox is off. */
  readonly sandbox: SandboxAnswer | undefined;
  /** The folder of the built pages. */
  readonly pages: string;
}

/** What the part about people needs of that. */
export type PeopleApiOptions = Pick<ConsoleOptions, 'directory' | 'people' | 'links' | 'linkChanged'> & {
  readonly gateway: Pick<ConsoleOptions['gateway'], 'ownPresence' | 'presence'>;
};

/**
 * What operators may do about people, above whatever the people file and the tenants say. Fields are those of the people
 * file. Everything takes effect at once and as a whole, or not at all; it rejects when it cannot be kept.
 */
export interface PeopleChanges {
  /** Changes what is given of a person and leaves the rest. */
  edit(id: PersonId, fields: Readonly<Record<string, string>>): Promise<EditOutcome>;
  /** Of a new person everything is given, their `id` too. */
  add(row: Readonly<Record<string, string>>): Promise<EditOutcome>;
  remove(id: PersonId): Promise<RemoveOutcome>;
  /** Takes back whatever operators did about a person: they are as the sources say, which may be gone. */
  undo(id: PersonId): Promise<UndoOutcome>;
  /** What operators did about somebody who is there. */
  amended(id: PersonId): 'edited' | 'added' | undefined;
  /** Whom operators removed although a source names them. */
  removed(): readonly PersonId[];
  /** Everything that operators did and that has not been taken back, the newest first. */
  edits(): readonly PersonEdit[];
}

interface Refused {
  readonly kind: 'refused';
  readonly problems: readonly { readonly field: string | undefined; readonly because: string }[];
}

export type EditOutcome =
  | { readonly kind: 'changed'; readonly person: Person }
  | { readonly kind: 'no-such-person' }
  | { readonly kind: 'exists' }
  | Refused;

export type RemoveOutcome = 'removed' | 'no-such-person';

export type UndoOutcome =
  | { readonly kind: 'undone'; readonly person: Person | undefined }
  | { readonly kind: 'nothing-to-undo' }
  | Refused;
