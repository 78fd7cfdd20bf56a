import { type Person, type Side, sides } from '../core/people.ts';
import { authorityOf, mirrorPerson } from '../core/presence/mirror.ts';
import type { Connector } from './connector.ts';

export interface WatchingOptions {
  readonly connectors: Readonly<Record<Side, Pick<Connector, 'watch' | 'receive'>>>;
  /** Everybody there is when it is asked for. */
  readonly people: () => Iterable<Person>;
  readonly failed: (error: unknown) => void;
}

/** Has the connectors watch everybody whose presence on one side can come to be shown on the other. */
export interface Watching {
  /** Resolves when the networks watch those who are in the directory now, or have failed to. Never rejects. */
  renew(): Promise<void>;
  settled(): Promise<void>;
}

export function createWatching({ connectors, people, failed }: WatchingOptions): Watching {
  let running = Promise.resolve();
  let waiting: Promise<void> | undefined;

  async function renewNow(): Promise<void> {
    waiting = undefined;
    const everybody = [...people()];
    await Promise.all(
      sides.flatMap((side) => [
        connectors[side].watch(everybody.filter((person) => isSource(person, side))).catch(failed),
        connectors[side].receive?.(everybody.filter((person) => receivesUnseen(person, side))).catch(failed),
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
    settled: () => running,
  };
}

/** Whether what comes on this side lands on the other, where it can wait for the person. */
function receivesUnseen(person: Person, side: Side): boolean {
  return side === 'skype' && authorityOf(mirrorPerson(person)) === 'teams';
}

/** Whether what the person shows on this side can come to be shown on the other. */
function isSource(person: Person, side: Side): boolean {
  const authority = authorityOf(mirrorPerson(person));
  return authority === side || authority === 'teams while signed in there, else skype';
}
