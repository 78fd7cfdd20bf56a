import type { Clock } from '../core/clock.ts';
import type { PersonId } from '../core/ids.ts';
import { type Person, type Side, sides } from '../core/people.ts';
import type { Presence } from '../core/presence/presence.ts';
import { recent } from '../core/recent.ts';
import { noteClient, type OwnClients, unknownClients } from '../core/toasts/clients.ts';

/** Where people have clients of their own, and which they used last, as far as this run of the gateway has seen. */
export interface ToastClients {
  /** As they are now. */
  of(person: Person): OwnClients;
  /** A report of the person's presence on some side has come. */
  seen(person: Person): void;
  /** @param at Unix ms */
  used(person: PersonId, side: Side, at: number): void;
  /** A toast rang there, or found nobody. */
  found(person: PersonId, side: Side, what: 'present' | 'absent'): void;
  /** Whether a toast found nobody in SfB a short while ago, and nothing has been seen of the person there since. */
  wasAbsentLately(person: PersonId): boolean;
}

/** After which a person is rung for again in SfB, where it is not known whether they have a client there, ms. */
const restMs = 10 * 60_000;

const mostPeople = 50_000;

/** @param own what a person's own clients show on a side; undefined where that cannot be told */
export function createToastClients(
  own: (person: Person, side: Side) => Presence | undefined,
  clock: Clock,
): ToastClients {
  /** Unix ms. */
  const absentAt = recent<PersonId, number>(mostPeople);
  const known = recent<PersonId, OwnClients>(mostPeople);
  const of = (id: PersonId): OwnClients => known.get(id) ?? unknownClients;

  function look(person: Person): OwnClients {
    const clients = sides.reduce(
      (before, side) => noteClient(before, { kind: 'seen', side, own: own(person, side) }),
      of(person.id),
    );
    known.set(person.id, clients);
    return clients;
  }

  return {
    of: look,
    seen: (person) => void look(person),
    used: (id, side, at) => void known.set(id, noteClient(of(id), { kind: 'used', side, at })),
    found(id, side, kind) {
      known.set(id, noteClient(of(id), { kind, side }));
      if (side === 'skype' && kind === 'absent') absentAt.set(id, clock.now());
    },
    wasAbsentLately: (id) =>
      of(id).skype.there !== 'yes' && clock.now() - (absentAt.get(id) ?? -Infinity) < restMs,
  };
}
