import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CoexistenceMode, Home } from '../people.ts';
import { type ExistingThread, isAlive, routeExisting } from './existing.ts';
import { checkFacts, policies, type RouteFacts, type Scope } from './facts.ts';
import { everyFacts, route } from './route.ts';

const native: ExistingThread = {
  side: 'teams',
  lands: ['teams'],
  conversation: 'native',
  toHome: 'online',
  alive: true,
};
const interop: ExistingThread = { ...native, lands: ['skype'], conversation: 'interop' };
const session: ExistingThread = {
  side: 'skype',
  lands: ['skype'],
  conversation: 'native',
  toHome: 'online',
  alive: true,
};

function to(
  mode: CoexistenceMode,
  home: Home = 'online',
  fromHome: Home = 'online',
  scope: Scope = 'inTenant',
): RouteFacts {
  return {
    scope,
    from: { mode: 'Islands', home: fromHome, client: 'teams' },
    to: { mode, home, signedIn: [] },
  };
}

describe('a Teams thread', () => {
  it('keeps the way it was made with, where a new one would go another way', () => {
    const kept = routeExisting(native, to('SfBOnly'), 'microsoft');
    assert.deepEqual(kept.kind === 'continues' && [kept.lands, kept.conversation], [['teams'], 'native']);
    const crossed = routeExisting(interop, to('Islands'), 'microsoft');
    assert.deepEqual(crossed.kind === 'continues' && [crossed.lands, crossed.conversation], [
      ['skype'],
      'interop',
    ]);
  });

  it('is closed, with a cure, when its way is gone', () => {
    const cases = [
      [interop, to('TeamsOnly'), 'upgraded'],
      [interop, to('Islands', 'none'), 'lost-sfb'],
      [interop, to('SfBOnly', 'onPrem'), 'moved-home'],
      [interop, to('SfBOnly', 'online', 'onPrem'), 'sender-lost-way'],
      [
        { ...native, conversation: 'federated' },
        to('SfBOnly', 'online', 'online', 'federated'),
        'lost-teams',
      ],
    ] as const;
    for (const [thread, facts, rule] of cases) {
      const answer = routeExisting(thread, facts, 'microsoft');
      assert.equal(answer.kind === 'closed' && answer.rule, rule);
      assert.match(answer.kind === 'closed' ? answer.cure : '', /new conversation/);
    }
  });

  it('is followed by the gateway through a move between homes, of either person', () => {
    assert.equal(routeExisting(interop, to('SfBOnly', 'onPrem'), 'bridged').kind, 'continues');
    assert.equal(routeExisting(interop, to('SfBOnly', 'online', 'onPrem'), 'bridged').kind, 'continues');
  });

  it("made by today's facts goes on under today's facts", () => {
    for (const facts of everyFacts())
      for (const policy of policies) {
        const now = route(facts, policy);
        if (!now.possible || facts.from.client === 'skype' || checkFacts(facts).length > 0) continue;
        const thread: ExistingThread = { ...now, side: 'teams', toHome: facts.to.home, alive: true };
        assert.equal(
          routeExisting(thread, facts, policy).kind,
          'continues',
          JSON.stringify({ facts, policy }),
        );
      }
  });
});

describe('an SfB session', () => {
  const facts: RouteFacts = {
    ...to('TeamsOnly'),
    from: { mode: 'SfBOnly', home: 'online', client: 'skype' },
  };
  it('keeps its way while it lives', () => {
    const answer = routeExisting(session, facts, 'microsoft');
    assert.deepEqual(answer.kind === 'continues' && answer.lands, ['skype']);
  });
  it('lives until it has been silent for the time given, and not beyond the process that held it', () => {
    assert.equal(isAlive(1_000, 1_000, 600), true);
    assert.equal(isAlive(1_000, 1_599, 600), true);
    assert.equal(isAlive(1_000, 1_600, 600), false);
    assert.equal(isAlive(undefined, 1_000, 600), false);
  });
  it('is followed by a new conversation by the rules, to Teams for a person upgraded since', () => {
    const answer = routeExisting({ ...session, alive: false }, facts, 'microsoft');
    assert.deepEqual(answer, { kind: 'new', route: route(facts, 'microsoft') });
    assert.deepEqual(answer.kind === 'new' && answer.route.lands, ['teams']);
  });
});
