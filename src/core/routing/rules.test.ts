import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CoexistenceMode, Home, Side } from '../people.ts';
import { checkFacts, type Policy, policies, type RouteFacts, type Scope } from './facts.ts';
import { everyFacts, type RuleId, route } from './route.ts';

type Sender = readonly [CoexistenceMode, Home, Side];
type Recipient = readonly [CoexistenceMode, Home, (readonly Side[])?];

function facts(
  scope: Scope,
  [mode, home, client]: Sender,
  [toMode, toHome, signedIn = []]: Recipient,
): RouteFacts {
  const given = { scope, from: { mode, home, client }, to: { mode: toMode, home: toHome, signedIn } };
  assert.deepEqual(checkFacts(given), []);
  return given;
}

const inTeams: Sender = ['Islands', 'online', 'teams'];
const inSkype: Sender = ['Islands', 'online', 'skype'];

describe('the rule that is named for where a message lands', () => {
  const rows: readonly (readonly [Scope, Sender, Recipient, RuleId, readonly Side[]])[] = [
    ['inTenant', inSkype, ['TeamsOnly', 'online'], 'recipient-teams-only', ['teams']],
    ['inTenant', inTeams, ['SfBOnly', 'none'], 'recipient-without-client', []],
    ['inTenant', inTeams, ['SfBWithTeamsCollab', 'online'], 'recipient-sfb', ['skype']],
    ['inTenant', inTeams, ['Islands', 'none'], 'recipient-in-teams-alone', ['teams']],
    ['inTenant', inTeams, ['Legacy', 'none'], 'recipient-in-teams-alone', ['teams']],
    ['federated', inTeams, ['Islands', 'online'], 'federated-to-islands', ['skype']],
    ['inTenant', inTeams, ['Islands', 'online'], 'islands-same-client', ['teams']],
    ['inTenant', inSkype, ['Islands', 'online'], 'islands-same-client', ['skype']],
    ['inTenant', inTeams, ['Legacy', 'online', ['teams']], 'legacy-signed-in-to-teams', ['teams']],
    ['inTenant', inTeams, ['Legacy', 'online', ['skype']], 'legacy-not-in-teams', ['skype']],
    ['inTenant', inSkype, ['Legacy', 'online', ['teams']], 'legacy-two-toasts', ['teams', 'skype']],
    ['inTenant', inSkype, ['Legacy', 'online'], 'legacy-sfb', ['skype']],
    ['inTenant', inSkype, ['Legacy', 'onPrem', ['teams']], 'legacy-sfb', ['skype']],
  ];
  for (const [scope, from, to, rule, lands] of rows)
    it(`is ${rule} ${scope} from ${from.join(' ')} to ${to.flat().join(' ')}, under both policies`, () => {
      for (const policy of policies) {
        const answer = route(facts(scope, from, to), policy);
        assert.deepEqual([answer.rule, answer.lands], [rule, lands], policy);
      }
    });
});

describe('what Microsoft refuses', () => {
  const rows: readonly (readonly [Scope, Sender, Recipient, string, readonly Side[]])[] = [
    ['inTenant', inSkype, ['Islands', 'none'], 'recipient-not-enabled', ['teams']],
    ['inTenant', ['Islands', 'onPrem', 'teams'], ['SfBOnly', 'online'], 'on-prem-sender', ['skype']],
    ['federated', ['Islands', 'onPrem', 'teams'], ['TeamsOnly', 'online'], 'on-prem-sender', ['teams']],
    ['inTenant', ['Islands', 'none', 'teams'], ['SfBOnly', 'online'], 'sender-not-enabled', ['skype']],
  ];
  for (const [scope, from, to, obstacle, lands] of rows)
    it(`is told by its obstacle, ${obstacle}, and so is the way that the gateway finds round it`, () => {
      const given = facts(scope, from, to);
      const [refused, bridged] = [route(given, 'microsoft'), route(given, 'bridged')];
      assert.deepEqual([refused.possible, refused.rule], [false, obstacle]);
      assert.deepEqual([bridged.rule, bridged.lands], [`bridged-${obstacle}`, lands]);
      assert.notEqual(refused.because, bridged.because);
    });

  it('says where the message lands by rule before it says how the gateway brings it there', () => {
    const { because } = route(
      facts('inTenant', ['Islands', 'onPrem', 'teams'], ['SfBOnly', 'online']),
      'bridged',
    );
    assert.match(because, /mode keeps chats in Skype for Business.*homed on-prem/);
  });

  it('says instead how the gateway brings it somewhere else', () => {
    const { because } = route(facts('inTenant', inSkype, ['Islands', 'none']), 'bridged');
    assert.match(because, /^The recipient is not enabled .* brings the message to Teams\.$/);
  });

  it('is named by the first obstacle and told with every one where there are several', () => {
    const given = facts('federated', ['Islands', 'onPrem', 'teams'], ['Islands', 'none']);
    const { rule, because } = route(given, 'bridged');
    assert.equal(rule, 'bridged-recipient-not-enabled');
    assert.match(because, /recipient is not enabled.*sender is homed on-prem/);
  });
});

describe('answers', () => {
  it('are shared: facts with the same answer have one between them', () => {
    const distinct = (policy: Policy) => {
      const answers = [...everyFacts()].map((given) => route(given, policy));
      return [new Set(answers).size, new Set(answers.map((answer) => JSON.stringify(answer))).size];
    };
    for (const policy of policies) {
      const [objects, texts] = distinct(policy);
      assert.equal(objects, texts);
    }
  });
});
