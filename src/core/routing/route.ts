import { homes, modes, type Side, sides } from '../people.ts';
import { checkFacts, type Policy, policies, type RouteFacts, scopes } from './facts.ts';
import {
  type LandingRule,
  type LandingRuleId,
  landingRules,
  type ObstacleRuleId,
  obstacleRules,
} from './rules.ts';

/** `native`: one product on both ends, one tenant. `interop`: both products, one tenant. `federated`: two tenants. */
export type ConversationKind = 'native' | 'interop' | 'federated';

export type RuleId = LandingRuleId | ObstacleRuleId | `bridged-${ObstacleRuleId}` | 'impossible-facts';

/** Where a message lands, and why. `because` is one or two sentences for a person; `rule` names the rule that decided. */
export type Route =
  | {
      readonly possible: true;
      readonly lands: readonly Side[];
      readonly conversation: ConversationKind;
      readonly rule: RuleId;
      readonly because: string;
    }
  | {
      readonly possible: false;
      readonly lands: readonly [];
      readonly rule: RuleId;
      readonly because: string;
    };

/**
 * Where a new conversation lands. Never throws: facts that {@link checkFacts} refuses have no route.
 * A look-up: every answer is made when the module is loaded and shared by all who ask.
 */
export function route(facts: RouteFacts, policy: Policy): Route {
  const answer = table[indexOf(facts, policy)];
  if (answer === undefined) throw new Error('the table of routes has a hole');
  return answer;
}

const scopeIndex = indexed(scopes);
const policyIndex = indexed(policies);
const modeIndex = indexed(modes);
const homeIndex = indexed(homes);
const sideIndex = indexed(sides);
const signedInSets: readonly (readonly Side[])[] = [[], ['teams'], ['skype'], ['teams', 'skype']];

function indexed<T extends string>(values: readonly T[]): Readonly<Record<T, number>> {
  return Object.fromEntries(values.map((value, index) => [value, index])) as Record<T, number>;
}

function indexOf({ scope, from, to }: RouteFacts, policy: Policy): number {
  let index = policyIndex[policy];
  index = index * scopes.length + scopeIndex[scope];
  index = index * modes.length + modeIndex[from.mode];
  index = index * homes.length + homeIndex[from.home];
  index = index * sides.length + sideIndex[from.client];
  index = index * modes.length + modeIndex[to.mode];
  index = index * homes.length + homeIndex[to.home];
  return index * 4 + (to.signedIn.includes('teams') ? 1 : 0) + (to.signedIn.includes('skype') ? 2 : 0);
}

/** Every combination of facts, the impossible ones too. */
export function* everyFacts(): Generator<RouteFacts> {
  for (const scope of scopes)
    for (const fromMode of modes)
      for (const fromHome of homes)
        for (const client of sides)
          for (const toMode of modes)
            for (const toHome of homes)
              for (const signedIn of signedInSets)
                yield {
                  scope,
                  from: { mode: fromMode, home: fromHome, client },
                  to: { mode: toMode, home: toHome, signedIn },
                };
}

const table: Route[] = [];
const shared = new Map<string, Route>();
for (const policy of policies)
  for (const facts of everyFacts()) {
    const answer = decide(facts, policy);
    const key = JSON.stringify(answer);
    const known = shared.get(key) ?? answer;
    shared.set(key, known);
    table[indexOf(facts, policy)] = known;
  }

function decide(facts: RouteFacts, policy: Policy): Route {
  const problem = checkFacts(facts)[0];
  if (problem) return { possible: false, lands: [], rule: 'impossible-facts', because: problem.because };

  const landing = landingRules.find(({ applies }) => applies(facts));
  if (landing === undefined) throw new Error('no rule says where this lands');
  const wanted = landsBy(landing, facts);
  if (wanted.length === 0) return { possible: false, lands: [], rule: landing.id, because: landing.because };

  let lands = wanted;
  let rule: RuleId = landing.id;
  let because: string = landing.because;
  for (const obstacle of obstacleRules) {
    if (!obstacle.applies(facts, lands)) continue;
    if (policy === 'microsoft')
      return { possible: false, lands: [], rule: obstacle.id, because: obstacle.refusedBecause };
    if (rule === landing.id) rule = `bridged-${obstacle.id}`;
    const intended = obstacle.bridged === 'asIntended';
    because = intended ? `${because} ${obstacle.bridgedBecause}` : obstacle.bridgedBecause;
    lands = intended ? lands : obstacle.bridged;
  }
  return { possible: true, lands, conversation: kindOf(facts, lands), rule, because };
}

function landsBy(rule: LandingRule, { from }: RouteFacts): readonly Side[] {
  return rule.lands === 'sameClient' ? [from.client] : rule.lands;
}

function kindOf({ scope, from }: RouteFacts, lands: readonly Side[]): ConversationKind {
  if (scope === 'federated') return 'federated';
  return lands.every((side) => side === from.client) ? 'native' : 'interop';
}
