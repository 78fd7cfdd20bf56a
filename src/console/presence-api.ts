import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { type Person, type Side, sides } from '../core/people.ts';
import { activities, availabilities, isSignedIn } from '../core/presence/presence.ts';
import type { Remarks } from '../core/presence/remarks.ts';
import type { ShownSide } from '../gateway/presence.ts';
import { stepKinds } from '../gateway/presence-history.ts';
import { hasAccount } from './answers.ts';
import type { ConsoleOptions } from './options.ts';
import { knownPerson } from './people-api.ts';

const params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 320 }) });

/** Unix ms. */
const time = Type.Integer({ minimum: 0 });
const side = Type.Enum([...sides]);
const presence = Type.Object({
  availability: Type.Enum([...availabilities]),
  activity: Type.Enum([...activities]),
});

const endpoint = Type.Object({
  side,
  /** A network reports all of a person's own clients as one. */
  whose: Type.Enum(['person', 'gateway']),
  /**
   * `untold`: the network has said nothing of the person yet; `covered`: it reports what the gateway shows there itself,
   * which says nothing of the person's own clients.
   */
  state: Type.Enum(['known', 'untold', 'covered']),
  /** Left out unless the state is known. */
  presence: Type.Optional(presence),
  /** Where this is known from: `Graph`, `pool online`; for the gateway's, the side whose presence it mirrors. */
  source: Type.String(),
  reportedAt: Type.Optional(time),
  lastActiveAt: Type.Optional(time),
  /** Until when it would be shown if the gateway vanished now. Left out for the person's own. */
  leaseUntil: Type.Optional(time),
  note: Type.Optional(Type.String()),
  /** The automatic reply, which may be empty; left out unless the person is out of office. */
  outOfOffice: Type.Optional(Type.String()),
});

const step = Type.Object({
  at: time,
  side,
  kind: Type.Enum([...stepKinds]),
  /** Left out for `refused`. */
  presence: Type.Optional(presence),
});

/** `GET /api/people/{id}/presence`. */
export const presenceAnswer = Type.Object({
  id: Type.String(),
  displayName: Type.String(),
  mode: Type.String(),
  now: time,
  /** Whose state counts: a side, `none` where the two are independent, or in Legacy a rule in words. */
  authority: Type.String(),
  endpoints: Type.Array(endpoint),
  /** Of the last day, the newest first. */
  history: Type.Array(step),
});
export type PresenceAnswer = Static<typeof presenceAnswer>;
export type EndpointAnswer = Static<typeof endpoint>;

type PresenceApiOptions = Pick<ConsoleOptions, 'directory' | 'clock'> & {
  readonly gateway: Pick<ConsoleOptions['gateway'], 'presence' | 'ownPresence' | 'presenceHistory'>;
};

export function routePresence(app: FastifyInstance, options: PresenceApiOptions): void {
  app.get<{ Params: Static<typeof params> }>(
    '/api/people/:id/presence',
    { schema: { params, response: { 200: presenceAnswer } } },
    async ({ params: { id } }): Promise<PresenceAnswer> =>
      answerFor(knownPerson(options.directory, id), options),
  );
}

async function answerFor(person: Person, { gateway, clock }: PresenceApiOptions): Promise<PresenceAnswer> {
  const history = await gateway.presenceHistory(person.id);
  const shown = gateway.presence(person);
  const now = clock.now();
  const endpoints = sides
    .filter((each) => hasAccount(person, each))
    .flatMap((each): EndpointAnswer[] => {
      const { ours, ourRemarks, endpointLeaseMs } = shown.sides[each];
      const own = ownEndpoint(person, each, shown.sides[each], gateway.ownPresence(person, each));
      if (!isSignedIn(ours)) return [own];
      const ofGateway: EndpointAnswer = {
        side: each,
        whose: 'gateway',
        state: 'known',
        presence: ours,
        source: each === 'teams' ? 'skype' : 'teams',
        leaseUntil: now + endpointLeaseMs,
        ...remarksOf(ourRemarks),
      };
      return [own, ofGateway];
    });
  return {
    id: person.id,
    displayName: person.displayName,
    mode: person.mode,
    now,
    authority: shown.authority,
    endpoints,
    history: history.map(({ presence: shownThen, ...rest }) => ({
      ...rest,
      ...(shownThen ? { presence: shownThen } : {}),
    })),
  };
}

function ownEndpoint(
  person: Person,
  on: Side,
  { seen, seenAt, lastActiveAt, remarks }: ShownSide,
  own: EndpointAnswer['presence'],
): EndpointAnswer {
  const source = on === 'teams' || person.skype.home === 'none' ? 'Graph' : `pool ${person.skype.pool}`;
  return {
    side: on,
    whose: 'person',
    state: own ? 'known' : seen ? 'covered' : 'untold',
    source,
    ...(own ? { presence: own } : {}),
    ...(seenAt === undefined ? {} : { reportedAt: seenAt }),
    ...(own && lastActiveAt !== undefined ? { lastActiveAt } : {}),
    ...(own && remarks ? remarksOf(remarks) : {}),
  };
}

function remarksOf({ note, outOfOffice }: Remarks): Pick<EndpointAnswer, 'note' | 'outOfOffice'> {
  return {
    ...(note.kind === 'text' ? { note: note.text } : {}),
    ...(outOfOffice.kind === 'yes' ? { outOfOffice: outOfOffice.message } : {}),
  };
}
