import type { Clock } from '../../core/clock.ts';
import type { PersonId } from '../../core/ids.ts';
import type { Person } from '../../core/people.ts';
import { offline, type Presence } from '../../core/presence/presence.ts';
import { type Remarks, toSkypeNote } from '../../core/presence/remarks.ts';
import { toUcwaPreferred } from '../../core/presence/scales.ts';
import type { OnShow } from '../../gateway/connector.ts';
import { limit } from '../../protocols/ucwa/client/client.ts';
import type { Endpoint } from './endpoint.ts';
import type { Endpoints } from './endpoints.ts';
import type { Failure } from './errors.ts';

/**
 * What happens to an endpoint whose person has signed out: it is ended at once, or left to the pool to find out, which is
 * what a gateway does that does not sign out (Available for some minutes, then Away, then Offline).
 */
export type SignOut = 'immediate' | 'lazy';

/** Shows people at the pools through endpoints of their own. */
export interface Showing {
  /** The latest call wins, and earlier ones that wait resolve with it. Undefined if it was taken. */
  show(person: Person, presence: Presence): Promise<Failure | undefined>;
  /** Without effect for somebody who is not shown. */
  remark(person: Person, remarks: Remarks): Promise<Failure | undefined>;
  /** The note that is there is the person's own. */
  leaveRemarks(person: Person): void;
  /** From now on exactly these have an endpoint that receives also while nothing is shown, where their pool allows it. */
  receive(people: readonly Person[]): Promise<void>;
  /** An earlier run of this installation may have left their endpoints. */
  inherit(left: readonly OnShow[]): void;
}

interface Wanted {
  running: boolean;
  presence: Presence;
}

const readyMs = 60_000;

/** What showing needs of {@link Endpoints}. */
export type ShowingEndpoints = Pick<
  Endpoints,
  'abandon' | 'isShown' | 'known' | 'mayReceiveUnseen' | 'ofPerson' | 'remove' | 'showEndpoint'
>;

export function createShowing(endpoints: ShowingEndpoints, signOut: SignOut, clock: Clock): Showing {
  const wanted = new Map<PersonId, Wanted>();
  const turns = new Map<PersonId, Promise<Failure | undefined>>();
  const inherited = new Set<PersonId>();
  const noted = new WeakSet<Endpoint>();
  let receiving = new Map<PersonId, Person>();

  /** Undefined as soon as the pool has no note of ours. */
  async function takeNoteAway(endpoint: Endpoint): Promise<Failure | undefined> {
    if (!noted.has(endpoint)) return undefined;
    const failure = lasting(await endpoint.door.note(''));
    if (failure?.id === 'unreachable') return failure;
    noted.delete(endpoint);
    return undefined;
  }

  /** Whoever is TeamsOnly has no client of their own that would go on showing it; everybody else may have. */
  async function release({ door, shows }: Endpoint, { mode }: Person): Promise<Failure | undefined> {
    if (shows !== 'available' || mode === 'TeamsOnly') return undefined;
    const failure = lasting(await door.release?.());
    return failure?.id === 'unreachable' ? failure : undefined;
  }

  async function showNow(person: Person, presence: Presence): Promise<Failure | undefined> {
    const order = toUcwaPreferred(presence);
    switch (order.kind) {
      case 'keep':
        return undefined;
      case 'remove':
        return await hide(person);
      case 'set': {
        const found = await endpoints.ofPerson(person);
        if (found.kind === 'none') return found.failure;
        inherited.delete(person.id);
        return lasting(await endpoints.showEndpoint(found.endpoint, presence));
      }
    }
  }

  async function hide(person: Person): Promise<Failure | undefined> {
    const endpoint = endpoints.known(person.id);
    // What was made for writing has taken the place of what was left, and shows nothing.
    if (endpoint?.shows === 'lurking' && inherited.delete(person.id)) return undefined;
    if (endpoint && signOut === 'immediate') {
      const failure = (await takeNoteAway(endpoint)) ?? (await release(endpoint, person));
      if (failure) return failure;
    }
    if (receiving.has(person.id) && endpoints.mayReceiveUnseen(person)) return await receiveUnseen(person);
    if (signOut === 'lazy') {
      endpoints.abandon(person.id);
      return undefined;
    }
    // A message that its writer has just sent does not end because they sign out.
    if (endpoint?.door.hide && endpoint.shows === 'available' && endpoint.sessions > 0) {
      endpoint.shows = 'lurking';
      return await endpoint.door.hide();
    }
    if (endpoints.isShown(person.id)) return stillShown(await endpoints.remove(person.id));
    return inherited.has(person.id) ? await endLeft(person) : undefined;
  }

  async function receiveUnseen(person: Person): Promise<Failure | undefined> {
    const found = await endpoints.ofPerson(person);
    if (found.kind === 'none') return found.failure;
    inherited.delete(person.id);
    found.endpoint.shows = 'receiving';
    return await found.endpoint.door.receive();
  }

  /** Takes the place of the endpoint that was left, under the name that both have, and goes with it. */
  async function endLeft(person: Person): Promise<Failure | undefined> {
    const found = await endpoints.ofPerson(person);
    using limited = limit(clock, readyMs);
    const failure = found.kind === 'none' ? found.failure : await found.endpoint.door.ready(limited.signal);
    if (!failure) inherited.delete(person.id);
    // What is written through it meanwhile is not cut off: it shows nothing, and goes when nobody has used it for long.
    const isUsed = found.kind === 'found' && found.endpoint.sessions > 0;
    if (!isUsed) await endpoints.remove(person.id);
    return failure;
  }

  return {
    show(person, presence) {
      const want = wanted.get(person.id) ?? { running: false, presence };
      want.presence = presence;
      wanted.set(person.id, want);
      const before = turns.get(person.id);
      if (before && !want.running) return before;
      const turn = async (): Promise<Failure | undefined> => {
        want.running = true;
        return await showNow(person, want.presence);
      };
      const next = (before ?? Promise.resolve()).then(turn, turn);
      want.running = false;
      turns.set(person.id, next);
      const forget = (): void => {
        if (turns.get(person.id) !== next) return;
        turns.delete(person.id);
        wanted.delete(person.id);
      };
      next.then(forget, forget);
      return next;
    },

    async receive(people) {
      const before = receiving;
      receiving = new Map(people.map((person) => [person.id, person]));
      const changed = [
        ...[...before.values()].filter(({ id }) => !receiving.has(id)),
        ...people.filter(({ id }) => !before.has(id)),
      ];
      // Whoever is shown receives anyway.
      const unseen = changed.filter(
        (person) =>
          endpoints.mayReceiveUnseen(person) &&
          !turns.has(person.id) &&
          endpoints.known(person.id)?.shows !== 'available',
      );
      await Promise.all(unseen.map((person) => this.show(person, offline)));
    },

    async remark(person, remarks) {
      await turns.get(person.id)?.catch(() => undefined);
      const endpoint = endpoints.known(person.id);
      if (endpoint?.shows !== 'available') return undefined;
      noted.add(endpoint);
      return lasting(await endpoint.door.note(toSkypeNote(remarks)));
    },

    leaveRemarks(person) {
      const endpoint = endpoints.known(person.id);
      if (endpoint && noted.delete(endpoint)) endpoint.door.leaveNote();
    },

    inherit(left) {
      for (const { person } of left) inherited.add(person.id);
    },
  };
}

/** A pool that has lost an endpoint does not refuse what it was to show: that can be shown as soon as there is another. */
function lasting(failure: Failure | undefined): Failure | undefined {
  return failure?.kind === 'ended' ? { ...failure, kind: 'transient', id: 'unreachable' } : failure;
}

/** Whatever a pool answers, as long as it shows somebody who has signed out it is to be asked again. */
function stillShown(failure: Failure | undefined): Failure | undefined {
  return (
    failure && { ...failure, kind: 'transient', id: failure.id === 'throttled' ? failure.id : 'unreachable' }
  );
}
