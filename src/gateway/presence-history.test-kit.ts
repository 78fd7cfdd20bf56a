import { memoryKept } from '../../test/kit/kept.ts';
import { ManualClock } from '../../test/kit/manual-clock.ts';
import { type PersonId, personId } from '../core/ids.ts';
import type { Side } from '../core/people.ts';
import type { Presence } from '../core/presence/presence.ts';
import { stateOf } from '../core/presence/states.ts';
import type { GatewayEvent } from './events.ts';
import type { KeptStore } from './ledger.ts';
import type { PresenceStep } from './presence-history.ts';
import { createKeptHistory } from './presence-history-kept.ts';

/** As the ledger names it. */
export const kind = 'presence-history';
export const alice = personId('alice@contoso.example');
export const bob = personId('bob@contoso.example');
export const available: Presence = { availability: 'Available', activity: 'None' };
export const inCall: Presence = { availability: 'Busy', activity: 'InACall' };

/** What outlives the runs of a gateway. */
export function world() {
  const clock = new ManualClock();
  const kept = memoryKept();
  const people = new Set<PersonId>([alice, bob]);
  const events: GatewayEvent[] = [];
  return {
    clock,
    kept,
    people,
    faults: () => events.map((event) => (event.kind === 'fault' ? event.where : event.kind)),
    run(store: KeptStore = kept) {
      const history = createKeptHistory({
        kept: store,
        clock,
        report: (event) => void events.push(event),
        isKnown: (person) => people.has(person),
      });
      history.start();
      return {
        history,
        see: (presence: Presence, side: Side = 'teams', person: PersonId = alice): void =>
          history.saw({ side, person, presence, observedAt: clock.now() }),
        show: (presence: Presence, side: Side = 'skype', person: PersonId = alice): void =>
          history.happened({ kind: 'presence-published', person, side, presence }),
        refuse: (side: Side = 'skype', person: PersonId = alice): void =>
          history.happened({
            kind: 'presence-not-published',
            person,
            side,
            refusal: { id: 'unreachable', side, detail: '' },
          }),
        told: async (person: PersonId = alice) => (await history.of(person)).map(worded).reverse(),
        [Symbol.asyncDispose]: () => history[Symbol.asyncDispose](),
      };
    },
  };
}

function worded({ side, kind: what, presence }: PresenceStep): string {
  return [side, what, ...(presence ? [stateOf(presence)] : [])].join(' ');
}
