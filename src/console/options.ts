import type { Clock } from '../core/clock.ts';
import type { PersonId } from '../core/ids.ts';
import type { Person, Side } from '../core/people.ts';
import type { Directory } from '../gateway/directory.ts';
import type { Report } from '../gateway/events.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Links } from '../gateway/links.ts';
import type { Access } from './access.ts';
import type { Metrics } from './metrics.ts';
import type { SandboxAnswer } from './types.ts';

/** What the console needs of the gateway. */
export interface ConsoleOptions {
  readonly gateway: Pick<Gateway, 'presence' | 'recent' | 'status' | 'trace'>;
  readonly directory: Directory;
  /** Changes what is given of a person and leaves the rest; problems name the field. Rejects when it cannot be kept. */
  readonly editPerson: (id: PersonId, edit: Readonly<Record<string, string>>) => Promise<EditOutcome>;
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

export type EditOutcome =
  | { readonly kind: 'changed'; readonly person: Person }
  | { readonly kind: 'no-such-person' }
  | {
      readonly kind: 'refused';
      readonly problems: readonly { readonly field: string | undefined; readonly because: string }[];
    };
