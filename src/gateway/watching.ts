import type { PersonId } from '../core/ids.ts';
import { otherSide, type Person, type Side, sides } from '../core/people.ts';
import { authorityOf, mirrorPerson } from '../core/presence/mirror.ts';
import type { Connector } from './connector.ts';

/** Each question may read a link. */
const askedAtOnce = 64;

export interface WatchingOptions {
  readonly connectors: Readonly<Record<Side, Pick<Connector, 'watch' | 'receive' | 'canShow'>>>;
  /** Everybody there is when it is asked for. */
  readonly people: () => Iterable<Person>;
  readonly failed: (error: unknown) => void;
}

/**
 * Has the connectors watch those whose presence is of use, and nobody else:
 *
 * - who has the authority on one side, where the gateway can show them on the other;
 * - on both sides who has it on either (Legacy): where they are signed in decides also where their messages land.
 */
export interface Watching {
  /** Resolves when the networks watch those who are in the directory now, or have failed to. Never rejects. */
  renew(): Promise<void>;
  /** What the gateway may do for this person, or where, has changed; takes effect with `renew`. */
  forget(person: PersonId): void;
  settled(): Promise<void>;
}

export function createWatching({ connectors, people, failed }: WatchingOptions): Watching {
  let running = Promise.resolve();
  let waiting: Promise<void> | undefined;
  let showable = new Map<PersonId, boolean>();

  /** Asks only about people of whom it is not known. */
  async function findShowable(everybody: readonly Person[]): Promise<void> {
    const known = showable;
    showable = new Map();
    for (let at = 0; at < everybody.length; at += askedAtOnce)
      await Promise.all(
        everybody.slice(at, at + askedAtOnce).map(async (person) => {
          const side = authorityOf(mirrorPerson(person));
          if (side !== 'teams' && side !== 'skype') return;
          showable.set(
            person.id,
            known.get(person.id) ?? (await connectors[otherSide(side)].canShow(person)),
          );
        }),
      );
  }

  async function renewNow(): Promise<void> {
    waiting = undefined;
    const everybody = [...people()];
    await findShowable(everybody).catch(failed);
    const isSource = (person: Person, side: Side): boolean => {
      const authority = authorityOf(mirrorPerson(person));
      if (authority === 'teams while signed in there, else skype') return true;
      return authority === side && showable.get(person.id) !== false;
    };
    await Promise.all(
      sides.flatMap((side) => [
        connectors[side].watch(everybody.filter((person) => isSource(person, side))).catch(failed),
        connectors[side]
          .receive?.(everybody.filter((person) => receivesUnseen(person, side)))
          .catch(failed) ?? Promise.resolve(),
      ]),
    );
  }

  return {
    renew() {
      if (waiting) return waiting;
      waiting = running.then(renewNow);
      running = waiting;
      return waiting;
    },
    forget: (person) => void showable.delete(person),
    settled: () => running,
  };
}

/** Whether what comes on this side lands on the other, where it can wait for the person. */
function receivesUnseen(person: Person, side: Side): boolean {
  return side === 'skype' && authorityOf(mirrorPerson(person)) === 'teams';
}
