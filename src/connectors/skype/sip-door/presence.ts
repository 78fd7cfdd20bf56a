import type { SipUri } from '../../../core/people.ts';
import type { Presence } from '../../../core/presence/presence.ts';
import type { Failure } from '../errors.ts';
import type { Link } from './link.ts';

/** Shows what a person's endpoint publishes, in the words of one dialect. For one registration on one connection. */
export interface Publisher extends Disposable {
  /** Undefined if the server has taken it. The latest call wins; earlier ones that wait resolve with it. */
  publish(presence: Presence): Promise<Failure | undefined>;
  /** The person's note beside it; an empty text takes it away. */
  note(text: string): Promise<Failure | undefined>;
  /** Takes away what was published; the endpoint stays registered. */
  withdraw(): Promise<Failure | undefined>;
  /**
   * Another publisher, of the same endpoint at another front end, shows everything from now on: takes away what would be
   * shown beside that, and nothing else.
   */
  succeeded(): Promise<void>;
}

/** Asks for the presence of people, in the words of one dialect. For one registration on one connection. */
export interface Watcher extends Disposable {
  /** From now on exactly these are reported. Undefined when the server has taken it. */
  watch(people: ReadonlySet<SipUri>): Promise<Failure | undefined>;
}

export type MakePublisher = (link: Link) => Publisher;
export type MakeWatcher = (link: Link) => Watcher;
