import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { personId } from '../ids.ts';
import { type CoexistenceMode, type Home, homes, modes, type Person, type Side, sides } from '../people.ts';
import {
  checkFacts,
  factsOf,
  isSfbMode,
  type Policy,
  policies,
  type RouteFacts,
  type Scope,
} from './facts.ts';
import { type ConversationKind, everyFacts, type Route, route } from './route.ts';

type Expected = readonly [lands: readonly Side[], kind: ConversationKind] | 'refused';
const sfbModes = modes.filter(isSfbMode);
const possibleFacts = [...everyFacts()].filter((facts) => checkFacts(facts).length === 0);
const name = (facts: RouteFacts): string => JSON.stringify(facts);

function facts(
  scope: Scope,
  [mode, home, client]: readonly [CoexistenceMode, Home, Side],
  [toMode, toHome, signedIn = []]: readonly [CoexistenceMode, Home, (readonly Side[])?],
): RouteFacts {
  return { scope, from: { mode, home, client }, to: { mode: toMode, home: toHome, signedIn } };
}

function assertRoute(given: RouteFacts, policy: Policy, expected: Expected): void {
  assert.deepEqual(checkFacts(given), [], name(given));
  const answer = route(given, policy);
  const got = answer.possible ? [answer.lands, answer.conversation] : 'refused';
  assert.deepEqual(got, expected, `${policy} ${name(given)}: ${answer.because}`);
}

/** A documented cell: for every sender mode that may use the client, and every home of the recipient that exists. */
function cell(
  scope: Scope,
  client: Side,
  senderHome: Home,
  recipients: readonly CoexistenceMode[],
  policy: Policy,
  expected: Expected,
): void {
  let checked = 0;
  for (const senderMode of modes)
    for (const toMode of recipients)
      for (const toHome of ['online', 'onPrem'] as const)
        for (const signedIn of [[], ['teams'], ['skype'], ['teams', 'skype']] as const) {
          const given = facts(scope, [senderMode, senderHome, client], [toMode, toHome, signedIn]);
          if (checkFacts(given).length > 0) continue;
          assertRoute(given, policy, expected);
          checked++;
        }
  assert.ok(checked > 0, 'the cell exists');
}

describe("Microsoft's rules for a new conversation", () => {
  const rows: readonly (readonly [Scope, Side, Home, readonly CoexistenceMode[], Expected])[] = [
    ['inTenant', 'teams', 'online', ['TeamsOnly'], [['teams'], 'native']],
    ['inTenant', 'teams', 'online', ['Islands'], [['teams'], 'native']],
    ['inTenant', 'teams', 'online', sfbModes, [['skype'], 'interop']],
    ['inTenant', 'teams', 'onPrem', ['TeamsOnly'], [['teams'], 'native']],
    ['inTenant', 'teams', 'onPrem', ['Islands'], [['teams'], 'native']],
    ['inTenant', 'teams', 'onPrem', sfbModes, 'refused'],
    ['inTenant', 'teams', 'none', ['TeamsOnly', 'Islands'], [['teams'], 'native']],
    ['inTenant', 'teams', 'none', sfbModes, 'refused'],
    ['inTenant', 'skype', 'online', ['TeamsOnly'], [['teams'], 'interop']],
    ['inTenant', 'skype', 'online', ['Islands', ...sfbModes], [['skype'], 'native']],
    ['inTenant', 'skype', 'onPrem', ['TeamsOnly'], [['teams'], 'interop']],
    ['inTenant', 'skype', 'onPrem', ['Islands', ...sfbModes], [['skype'], 'native']],
    ['federated', 'teams', 'online', ['TeamsOnly'], [['teams'], 'federated']],
    ['federated', 'teams', 'online', ['Islands', 'Legacy', ...sfbModes], [['skype'], 'federated']],
    ['federated', 'teams', 'onPrem', modes, 'refused'],
    ['federated', 'teams', 'none', ['Islands', 'Legacy', ...sfbModes], 'refused'],
    ['federated', 'skype', 'online', ['TeamsOnly'], [['teams'], 'federated']],
    ['federated', 'skype', 'online', ['Islands', 'Legacy', ...sfbModes], [['skype'], 'federated']],
    ['federated', 'skype', 'onPrem', ['TeamsOnly'], [['teams'], 'federated']],
    ['federated', 'skype', 'onPrem', ['Islands', 'Legacy', ...sfbModes], [['skype'], 'federated']],
  ];
  for (const [scope, client, home, recipients, expected] of rows)
    it(`${scope}, from ${client} homed ${home}, to ${recipients.join(', ')}: ${expected === 'refused' ? expected : expected.flat().join(' ')}`, () =>
      cell(scope, client, home, recipients, 'microsoft', expected));
});

describe('the report on mode Legacy', () => {
  it('keeps a message from Teams in Teams when the recipient is signed in there, whoever sends it', () => {
    for (const home of homes)
      assertRoute(
        facts('inTenant', ['Legacy', home, 'teams'], ['Legacy', 'online', ['teams', 'skype']]),
        'microsoft',
        [['teams'], 'native'],
      );
  });
  it('brings a message from Teams to Skype for Business when the recipient is not in Teams', () => {
    for (const home of ['online', 'onPrem'] as const)
      for (const signedIn of [[], ['skype']] as const)
        assertRoute(
          facts('inTenant', ['Legacy', 'online', 'teams'], ['Legacy', home, signedIn]),
          'microsoft',
          [['skype'], 'interop'],
        );
  });
  it('refuses that to a sender homed on-prem and to a sender without Skype for Business', () => {
    for (const home of ['onPrem', 'none'] as const)
      assertRoute(
        facts('inTenant', ['Legacy', home, 'teams'], ['Legacy', 'online', ['skype']]),
        'microsoft',
        'refused',
      );
  });
  it('shows a message from Skype for Business twice to a recipient homed online who is in Teams too', () => {
    for (const home of ['online', 'onPrem'] as const)
      assertRoute(
        facts('inTenant', ['Legacy', home, 'skype'], ['Legacy', 'online', ['teams', 'skype']]),
        'microsoft',
        [['teams', 'skype'], 'interop'],
      );
  });
  it('shows it once, in Skype for Business, to a recipient homed on-prem or not in Teams', () => {
    for (const to of [
      ['Legacy', 'onPrem', ['teams', 'skype']],
      ['Legacy', 'onPrem', []],
      ['Legacy', 'online', ['skype']],
    ] as const)
      assertRoute(facts('inTenant', ['Legacy', 'online', 'skype'], to), 'microsoft', [['skype'], 'native']);
  });
});

describe('policy bridged', () => {
  it('lets a sender homed on-prem use Teams for interop and federation', () => {
    assertRoute(facts('inTenant', ['Islands', 'onPrem', 'teams'], ['SfBOnly', 'onPrem']), 'bridged', [
      ['skype'],
      'interop',
    ]);
    assertRoute(facts('federated', ['Islands', 'onPrem', 'teams'], ['TeamsOnly', 'online']), 'bridged', [
      ['teams'],
      'federated',
    ]);
    assertRoute(
      facts('inTenant', ['Legacy', 'onPrem', 'teams'], ['Legacy', 'online', ['skype']]),
      'bridged',
      [['skype'], 'interop'],
    );
  });
  it('lets a person without Skype for Business reach and be reached by its users', () => {
    assertRoute(facts('inTenant', ['Legacy', 'none', 'teams'], ['SfBOnly', 'onPrem']), 'bridged', [
      ['skype'],
      'interop',
    ]);
    assertRoute(facts('inTenant', ['SfBOnly', 'onPrem', 'skype'], ['Legacy', 'none']), 'bridged', [
      ['teams'],
      'interop',
    ]);
  });
  it('still refuses a recipient whose mode and home leave no client at all', () => {
    assertRoute(facts('inTenant', ['Legacy', 'online', 'teams'], ['SfBOnly', 'none']), 'bridged', 'refused');
  });
});

describe('every combination of facts', () => {
  const answers = (policy: Policy): readonly (readonly [RouteFacts, Route])[] =>
    possibleFacts.map((given) => [given, route(given, policy)] as const);

  it('is answered, with a rule and a sentence, or refused as impossible', () => {
    let impossible = 0;
    for (const given of everyFacts())
      for (const policy of policies) {
        const answer = route(given, policy);
        assert.match(answer.because, /^[A-Z].*\.$/, name(given));
        assert.equal(answer.possible, answer.lands.length > 0);
        assert.equal(answer.rule === 'impossible-facts', checkFacts(given).length > 0);
        if (answer.rule === 'impossible-facts') impossible++;
      }
    assert.ok(impossible > 0);
    assert.equal(possibleFacts.length * 2 + impossible, 2 * 6 * 3 * 2 * 6 * 3 * 4 * 2);
  });

  it('lands the same under bridged wherever Microsoft lands it', () => {
    for (const [given, microsoft] of answers('microsoft'))
      if (microsoft.possible) assert.deepEqual(route(given, 'bridged'), microsoft, name(given));
  });

  it('is never refused under bridged for an on-prem home, nor for anything but a recipient without any client', () => {
    for (const [given, answer] of answers('bridged'))
      if (!answer.possible) assert.equal(answer.rule, 'recipient-without-client', name(given));
    for (const [given, answer] of answers('bridged'))
      if (given.from.home === 'onPrem' && given.to.home === 'onPrem') assert.ok(answer.possible, name(given));
  });

  it('goes from Teams to Teams in one tenant whatever the homes', () => {
    for (const policy of policies)
      for (const [given, answer] of answers(policy))
        if (
          given.scope === 'inTenant' &&
          given.from.client === 'teams' &&
          ['TeamsOnly', 'Islands'].includes(given.to.mode)
        )
          assert.deepEqual([answer.possible, answer.lands], [true, ['teams']], name(given));
  });

  it('never lands in Skype for Business for a person without an account there, nor in Teams for an SfB mode', () => {
    for (const policy of policies)
      for (const [given, answer] of answers(policy)) {
        if (given.to.home === 'none') assert.ok(!answer.lands.some((side) => side === 'skype'), name(given));
        if (isSfbMode(given.to.mode)) assert.ok(!answer.lands.some((side) => side === 'teams'), name(given));
      }
  });

  it('lands on both sides only by the two toasts of Legacy', () => {
    for (const policy of policies)
      for (const [, answer] of answers(policy))
        assert.equal(answer.lands.length === 2, answer.rule === 'legacy-two-toasts');
  });

  it('is federated across tenants, native where one product is at both ends, interop elsewhere', () => {
    for (const policy of policies)
      for (const [given, answer] of answers(policy)) {
        if (!answer.possible) continue;
        const expected =
          given.scope === 'federated'
            ? 'federated'
            : answer.lands.every((side) => side === given.from.client)
              ? 'native'
              : 'interop';
        assert.equal(answer.conversation, expected, name(given));
      }
  });

  it('is decided in less than two microseconds', () => {
    const rounds = 100;
    let landed = 0;
    const began = process.hrtime.bigint();
    for (let round = 0; round < rounds; round++)
      for (const given of possibleFacts) landed += route(given, 'bridged').lands.length;
    const each = Number(process.hrtime.bigint() - began) / (rounds * possibleFacts.length);
    assert.ok(landed > 0 && each < 2000, `${each} ns`);
  });
});

describe('impossible facts', () => {
  it('are named with the field and in words', () => {
    const fields = (given: RouteFacts): readonly string[] => checkFacts(given).map(({ field }) => field);
    const to = ['Islands', 'online'] as const;
    for (const mode of sfbModes)
      assert.deepEqual(fields(facts('inTenant', [mode, 'online', 'teams'], to)), ['from.client']);
    assert.deepEqual(fields(facts('inTenant', ['TeamsOnly', 'online', 'skype'], to)), ['from.client']);
    assert.deepEqual(fields(facts('inTenant', ['TeamsOnly', 'onPrem', 'teams'], to)), ['from.mode']);
    assert.deepEqual(fields(facts('inTenant', ['Islands', 'none', 'skype'], to)), ['from.client']);
    const from = ['Islands', 'online', 'teams'] as const;
    assert.deepEqual(fields(facts('inTenant', from, ['TeamsOnly', 'onPrem'])), ['to.mode']);
    assert.deepEqual(fields(facts('inTenant', from, ['Islands', 'none', ['skype']])), ['to.signedIn']);
    assert.match(
      checkFacts(facts('inTenant', ['SfBOnly', 'online', 'teams'], to))[0]?.because ?? '',
      /SfBOnly .* not from a Teams client/,
    );
  });
});

describe('the facts about two people', () => {
  const person = (upn: string, tenant: string, teams: boolean): Person => ({
    id: personId(upn),
    displayName: upn,
    tenant,
    mode: 'Islands',
    teams: teams
      ? { kind: 'account', objectId: '00000000-0000-4000-8000-000000000001', upn }
      : { kind: 'none' },
    skype: { home: 'onPrem', sip: `sip:${upn}`, pool: 'main' },
  });
  const a = person('a@one.example', 'one.example', true);
  it('tells one tenant from two', () => {
    assert.equal(factsOf(a, 'teams', person('b@one.example', 'one.example', true), []).scope, 'inTenant');
    assert.equal(factsOf(a, 'teams', person('c@two.example', 'two.example', true), []).scope, 'federated');
  });
  it('counts somebody without a Teams account as using Skype for Business alone', () => {
    const given = factsOf(a, 'teams', person('b@one.example', 'one.example', false), []);
    assert.deepEqual(route(given, 'bridged').lands, ['skype']);
  });
});

describe('sides', () => {
  it('are named in one order wherever both are named', () => {
    for (const given of possibleFacts) {
      const { lands } = route(given, 'microsoft');
      assert.deepEqual(
        [...lands].sort((a, b) => sides.indexOf(a) - sides.indexOf(b)),
        [...lands],
      );
    }
  });
});
