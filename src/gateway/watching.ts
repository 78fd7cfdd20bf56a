import type { PersonId } from '../core/ids.ts';
import { otherSide, type Person, type Side, sides } from '../core/people.ts';
import { authorityOf, mirrorPerson } from '../core/presence/authority.ts';
import type { Connector } from './connector.ts';

/** Each question may read a link. */
const askedAtOnce = 64;

export interface WatchingOptions {
  readonly connectors: Readonly<Record<Side, Pick<Connector, 'watch' | 'receive' | 'canShow'>>>;
  /** Everybody there is when it is asked for. */
  readonly people: () => Iterable<Person>;
  /** This side of the person is watched no longer: what it told counts no more. */
  readonly ended: (person: PersonId, side: Side) => void;
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
  /** Whether reports of that side of the person are asked for. */
  watches(person: PersonId, side: Side): boolean;
  /** What the gateway may do for this person, or where, has changed; takes effect with `renew`. */
  forget(person: PersonId): void;
  /**
   * What was told of this account is not known any more. A network tells what is new, so if the account is to be watched
   * on, `renew` has it let go first.
   */
  lose(before: Person, side: Side): void;
  settled(): Promise<void>;
}

export function createWatching({ connectors, people, ended, failed }: WatchingOptions): Watching {
  let running = Promise.resolve();
  let waiting: Promise<void> | undefined;
  let showable = new Map<PersonId, boolean>();
  /** Since the questions of the last renewal were asked. */
  let forgotten = new Set<PersonId>();
  let lost = new Set<string>();
  const watched: Record<Side, ReadonlySet<PersonId>> = { teams: new Set(), skype: new Set() };

  /** Asks only about people of whom it is not known. */
  async function findShowable(everybody: readonly Person[]): Promise<void> {
    const known = showable;
    for (const id of forgotten) known.delete(id);
    forgotten = new Set();
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

  async function watch(side: Side, wanted: readonly Person[], anew: ReadonlySet<string>): Promise<void> {
    const before = watched[side];
    const now = new Set(wanted.map(({ id }) => id));
    watched[side] = now;
    for (const id of before) if (!now.has(id)) ended(id, side);
    const others = wanted.filter((person) => !anew.has(accountOf(person, side)));
    if (others.length < wanted.length) await connectors[side].watch(others).catch(failed);
    await connectors[side].watch(wanted).catch(failed);
  }

  async function renewNow(): Promise<void> {
    waiting = undefined;
    const everybody = [...people()];
    const anew = lost;
    lost = new Set();
    await findShowable(everybody).catch(failed);
    const isSource = (person: Person, side: Side): boolean => {
      const authority = authorityOf(mirrorPerson(person));
      if (authority === 'teams while signed in there, else skype') return true;
      return authority === side && showable.get(person.id) !== false;
    };
    await Promise.all(
      sides.flatMap((side) => [
        watch(
          side,
          everybody.filter((person) => isSource(person, side)),
          anew,
        ),
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
    watches: (person, side) => watched[side].has(person),
    forget: (person) => void forgotten.add(person),
    lose: (before, side) => void lost.add(accountOf(before, side)),
    settled: () => running,
  };
}

function accountOf({ teams, skype }: Person, side: Side): string {
  if (side === 'teams') return teams.kind === 'none' ? '' : `teams ${teams.objectId.toLowerCase()}`;
  return skype.home === 'none' ? '' : `skype ${skype.pool} ${skype.sip.toLowerCase()}`;
}

/** Whether what comes on this side lands on the other, where it can wait for the person. */
function receivesUnseen(person: Person, side: Side): boolean {
  return side === 'skype' && authorityOf(mirrorPerson(person)) === 'teams';
}
