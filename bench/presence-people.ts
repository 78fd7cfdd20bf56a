import { setTimeout as sleep } from 'node:timers/promises';
import { TeamsActor } from '../test/kit/teams-actor.ts';
import { runChild } from './child.ts';
import { type CrowdOrder, crowd } from './crowd.ts';
import { type Change, offlineState, presences } from './presence-states.ts';

/** The process of people at Teams clients. It has a token for each before it is ready. */
export interface PeopleOrder {
  readonly graph: string;
  readonly clientId: string;
  readonly crowd: CrowdOrder;
}

/** Numbers of people are those in their names: `from` up to but without `to`. */
export type PeopleQuestion = AllAtOnce | AtPace;

/** All of them whom it changes, as fast as it goes. */
interface AllAtOnce {
  readonly kind: 'sign-in' | 'sign-out';
  readonly from: number;
  readonly to: number;
}

/** One after the other at an even pace, whether those before have been answered or not. */
interface AtPace {
  readonly kind: 'change' | 'leave';
  readonly from: number;
  readonly to: number;
  readonly perSecond: number;
  readonly count: number;
}

/** Clients that may have a request under way. */
const atOnce = 64;

runChild<PeopleOrder, object>(async ({ graph, clientId, crowd: order }) => {
  const clients = crowd(order).inTeams.map(
    ({ address }) => new TeamsActor({ graph, authority: graph, clientId }, address),
  );
  const states = clients.map(() => offlineState);
  await each(clients, (client) => client.id().then(() => undefined));

  async function all(kind: 'sign-in' | 'sign-out', from: number, to: number): Promise<readonly Change[]> {
    const state = kind === 'sign-in' ? 0 : offlineState;
    const at = Date.now();
    const changes = Array.from({ length: to - from }, (_, n) => ({ person: from + n, state, at })).filter(
      ({ person }) => (states[person] === offlineState) !== (state === offlineState),
    );
    await each(changes, ({ person }) => set(person, state));
    return changes;
  }

  async function set(person: number, state: number): Promise<void> {
    states[person] = state;
    const shown = presences[state];
    await (shown ? clients[person]?.signIn(shown.availability, shown.activity) : clients[person]?.signOut());
  }

  /** Everybody in turn, or as many as there are changes, evenly spread. A change counts from when it was due, so that one that had to wait is not flattered. */
  async function paced(question: AtPace): Promise<readonly Change[]> {
    const { kind, from, to, perSecond, count } = question;
    const start = Date.now() + 100;
    const step = Math.max(1, (to - from) / count);
    const changes: Change[] = [];
    const underWay: Promise<void>[] = [];
    for (let n = 0; n < count; n++) {
      const at = start + (n * 1_000) / perSecond;
      const early = at - Date.now();
      if (early > 1) await sleep(early);
      const person = from + Math.floor((n * step) % (to - from));
      const state = kind === 'leave' ? offlineState : ((states[person] ?? 0) + 1) % presences.length;
      changes.push({ person, state, at });
      underWay.push(set(person, state));
    }
    await Promise.all(underWay);
    return changes;
  }

  return {
    ready: {},
    answer: (question: PeopleQuestion) =>
      'count' in question ? paced(question) : all(question.kind, question.from, question.to),
    [Symbol.asyncDispose]: async () => undefined,
  };
});

async function each<T>(list: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = list.values();
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
