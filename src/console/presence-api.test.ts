import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import Fastify from 'fastify';
import { Check } from 'typebox/value';
import { somebody } from '../../test/kit/people.ts';
import type { Person, Side } from '../core/people.ts';
import { offline, type Presence } from '../core/presence/presence.ts';
import { noRemarks, type Remarks } from '../core/presence/remarks.ts';
import { createDirectory } from '../gateway/directory.ts';
import type { ShownSide } from '../gateway/presence.ts';
import type { PresenceStep } from '../gateway/presence-history.ts';
import { answerErrors } from './errors.ts';
import { type PresenceAnswer, presenceAnswer, routePresence } from './presence-api.ts';

const now = 1_000_000;
const busy: Presence = { availability: 'Busy', activity: 'InACall' };
const remarks: Remarks = {
  note: { kind: 'text', text: 'Back at ten' },
  outOfOffice: { kind: 'yes', message: '' },
};
const silent: ShownSide = {
  seen: undefined,
  seenAt: undefined,
  remarks: undefined,
  lastActiveAt: undefined,
  ours: offline,
  ourRemarks: noRemarks,
  endpointLeaseMs: 60_000,
};

interface World {
  readonly sides?: Partial<Record<Side, Partial<ShownSide>>>;
  readonly own?: Partial<Record<Side, Presence>>;
  readonly history?: readonly PresenceStep[];
}

async function ask(person: Person, { sides, own, history = [] }: World = {}, id: string = person.id) {
  const app = Fastify();
  answerErrors(app, () => undefined);
  routePresence(app, {
    directory: createDirectory([person]),
    clock: { now: () => now },
    gateway: {
      presence: () => ({
        authority: 'teams',
        sides: { teams: { ...silent, ...sides?.teams }, skype: { ...silent, ...sides?.skype } },
      }),
      ownPresence: (_person, side) => own?.[side],
      presenceHistory: async () => history,
    },
  });
  const answer = await app.inject(`/api/people/${encodeURIComponent(id)}/presence`);
  return { status: answer.statusCode, body: answer.json() as PresenceAnswer };
}

describe('the presence of one person, to operators', () => {
  it('lists the person’s own clients and the gateway’s endpoint, with source, remarks and lease', async () => {
    const { status, body } = await ask(somebody('alice'), {
      sides: {
        teams: { seen: busy, seenAt: 900_000, lastActiveAt: 890_000, remarks },
        skype: { seen: busy, seenAt: 950_000, ours: busy, ourRemarks: remarks },
      },
      own: { teams: busy },
    });
    assert.equal(status, 200);
    assert.ok(Check(presenceAnswer, body));
    assert.deepEqual(body.endpoints, [
      {
        side: 'teams',
        whose: 'person',
        state: 'known',
        source: 'Graph',
        presence: busy,
        reportedAt: 900_000,
        lastActiveAt: 890_000,
        note: 'Back at ten',
        outOfOffice: '',
      },
      { side: 'skype', whose: 'person', state: 'covered', source: 'pool online', reportedAt: 950_000 },
      {
        side: 'skype',
        whose: 'gateway',
        state: 'known',
        presence: busy,
        source: 'teams',
        leaseUntil: now + 60_000,
        note: 'Back at ten',
        outOfOffice: '',
      },
    ]);
  });

  it('says where a network has told nothing, and leaves out where there is no account', async () => {
    const { body } = await ask(somebody('dave', { home: 'none' }));
    assert.deepEqual(body.endpoints, [{ side: 'teams', whose: 'person', state: 'untold', source: 'Graph' }]);
  });

  it('goes through the last day, the newest first', async () => {
    const history: readonly PresenceStep[] = [
      { at: 3, side: 'skype', kind: 'refused', presence: undefined },
      { at: 2, side: 'skype', kind: 'shown', presence: busy },
      { at: 1, side: 'teams', kind: 'seen', presence: busy },
    ];
    const { body } = await ask(somebody('alice'), { history });
    assert.deepEqual(body.history, [{ at: 3, side: 'skype', kind: 'refused' }, ...history.slice(1)]);
  });

  it('knows nobody but those in the directory', async () => {
    const { status } = await ask(somebody('alice'), {}, 'nobody@contoso.example');
    assert.equal(status, 404);
  });
});
