import { type CoexistenceMode, homes, modes, type Person, type Side, sides } from '../../core/people.ts';
import {
  checkFacts,
  factsOf,
  isSfbMode,
  type Policy,
  policies,
  type RecipientFacts,
  type RouteFacts,
  type Scope,
} from '../../core/routing/facts.ts';
import {
  describeFederationRefusal,
  type FederationRefusal,
  federationRefusal,
} from '../../core/routing/federation.ts';
import { policyFor } from '../../core/routing/policy.ts';
import { presenceShown, type WatchFacts } from '../../core/routing/presence-shown.ts';
import { type Route, route } from '../../core/routing/route.ts';
import {
  defaultToasts,
  type ToastPolicy,
  type ToastSettings,
  toastPolicyFor,
} from '../../core/toasts/policy.ts';
import { checkedConfig } from '../checked-config.ts';
import { CommandError, defineCommand, type Terminal, UsageError } from '../command.ts';
import { type LoadOptions, readSettings } from '../config/load.ts';
import { knownPeople } from '../people-known.ts';
import { findPerson } from '../person-name.ts';
import { explainToast, type ToastAnswer, toastText } from './explain-toast.ts';

const scopeNames: Readonly<Record<string, Scope>> = { 'in-tenant': 'inTenant', federated: 'federated' };

export const command = defineCommand({
  name: 'explain',
  summary: 'Say where a message would land, or which presence is shown, and why.',
  usage:
    '--from NAME --to NAME | --scope SCOPE --from-mode MODE --from-client SIDE --from-home HOME --to-mode MODE --to-home HOME',
  options: {
    from: { type: 'string', value: 'NAME', help: 'the sender (or watcher), a person of the directory' },
    to: { type: 'string', value: 'NAME', help: 'the recipient (or publisher), a person of the directory' },
    client: {
      type: 'string',
      value: 'SIDE',
      help: "the sender's client: teams (the default where possible) or skype",
    },
    policy: {
      type: 'string',
      value: 'POLICY',
      help: 'microsoft or bridged (default: as configured, else bridged)',
    },
    scope: { type: 'string', value: 'SCOPE', help: 'in-tenant or federated' },
    'from-mode': { type: 'string', value: 'MODE', help: modes.join(', ') },
    'from-client': { type: 'string', value: 'SIDE', help: 'teams or skype' },
    'from-home': { type: 'string', value: 'HOME', help: homes.join(', ') },
    'to-mode': { type: 'string', value: 'MODE', help: modes.join(', ') },
    'to-home': { type: 'string', value: 'HOME', help: homes.join(', ') },
    'to-signed-in': {
      type: 'string',
      value: 'SIDES',
      help: 'where the recipient is signed in: teams,skype (default: as the running gateway sees, else nowhere)',
    },
    presence: { type: 'boolean', help: "say which of the publisher's presences the watcher is shown" },
  },
  async run(values, words, terminal) {
    if (words[0] !== undefined) throw new UsageError(`what is ${words[0]}? Give options only`);
    const { facts, policy, barred, toasts, toastPolicy } =
      values.from !== undefined || values.to !== undefined
        ? await aboutPeople(values, terminal)
        : aboutFacts(values);
    refuseImpossible(facts);
    terminal.out(
      values.presence
        ? presenceText(facts, barred, values.json)
        : routeText(answerTo(facts, policy, barred), policy, values.json, (lands) =>
            explainToast(facts, lands, policy, toastPolicy, toasts),
          ),
    );
    return 0;
  },
});

type Flags = { readonly [name in string]?: string | boolean | undefined };
interface Question {
  readonly facts: RouteFacts;
  readonly policy: Policy;
  readonly barred?: FederationRefusal | undefined;
  readonly toasts: ToastSettings;
  /** That of the recipient. */
  readonly toastPolicy: ToastPolicy;
}

type Answer =
  | Route
  | { readonly possible: false; readonly lands: []; readonly rule: string; readonly because: string };

/** What is written from Teams to Teams is carried by nobody who could keep it back. */
const nativeToo = 'What both write in Teams passes the gateway by: bar the domain in Teams, too.';

function refusedBy(barred: FederationRefusal, landing: Route, client: Side): Answer {
  const isNative = client === 'teams' && landing.possible && landing.lands.every((side) => side === 'teams');
  const words = `The two organisations may not chat: ${describeFederationRefusal(barred)}.`;
  const because = isNative ? `${words} ${nativeToo}` : words;
  return { possible: false, lands: [], rule: `federation-${barred.list}-list`, because };
}

function answerTo(facts: RouteFacts, policy: Policy, barred: FederationRefusal | undefined): Answer {
  const landing = route(facts, policy);
  return barred ? refusedBy(barred, landing, facts.from.client) : landing;
}

const bareFlags = ['scope', 'from-mode', 'from-client', 'from-home', 'to-mode', 'to-home'] as const;

function aboutFacts(flags: Flags): Question {
  if (flags['client'] !== undefined)
    throw new UsageError('--client goes with --from and --to; give --from-client');
  const home = flags['presence'] ? 'online' : undefined;
  return {
    policy: oneOf(flags, 'policy', policies, 'bridged'),
    toasts: defaultToasts,
    toastPolicy: defaultToasts.everybody,
    facts: {
      scope: scopeNames[oneOf(flags, 'scope', Object.keys(scopeNames))] ?? 'inTenant',
      from: {
        mode: oneOf(flags, 'from-mode', modes, flags['presence'] ? watcherMode(flags) : undefined),
        client: oneOf(flags, 'from-client', sides),
        home: oneOf(flags, 'from-home', homes, home),
      },
      to: {
        mode: oneOf(flags, 'to-mode', modes),
        home: oneOf(flags, 'to-home', homes, home),
        signedIn: signedIn(flags),
      },
    },
  };
}

/** A watcher's own mode decides nothing; any that may use the client will do. */
function watcherMode(flags: Flags): CoexistenceMode | undefined {
  return flags['from-client'] === undefined ? undefined : 'Islands';
}

async function aboutPeople(flags: Flags, terminal: Terminal): Promise<Question> {
  const misplaced = bareFlags.find((name) => flags[name] !== undefined);
  if (misplaced)
    throw new UsageError(`--${misplaced} cannot be given with --from and --to, whose directory knows it`);
  const names = { from: flags['from'], to: flags['to'] };
  if (typeof names.from !== 'string' || typeof names.to !== 'string')
    throw new UsageError('give both --from and --to');
  const options = loadOptions(flags, terminal);
  const config = await checkedConfig(readSettings(options));
  const people = await knownPeople(config, options);
  const from = findPerson(people, names.from);
  const to = findPerson(people, names.to);
  if (from.id === to.id) throw new UsageError('--from and --to are the same person');
  const client = flags['client'] === undefined ? usualClient(from) : oneOf(flags, 'client', sides);
  return {
    policy: oneOf(flags, 'policy', policies, policyFor(config.policies, from)),
    facts: factsOf(from, client, to, signedIn(flags, to.signedIn)),
    barred: federationRefusal(config.federation, from, to),
    toasts: config.toasts,
    toastPolicy: toastPolicyFor(config.toasts, to),
  };
}

function usualClient({ mode, teams }: Person): Side {
  return isSfbMode(mode) || teams.kind === 'none' ? 'skype' : 'teams';
}

function loadOptions(flags: Flags, terminal: Terminal): LoadOptions {
  const text = (name: string): string | undefined =>
    typeof flags[name] === 'string' ? flags[name] : undefined;
  return { ...terminal, data: text('data'), file: text('config') };
}

function oneOf<T extends string>(flags: Flags, name: string, known: readonly T[], otherwise?: T): T {
  const given = flags[name];
  if (given === undefined && otherwise !== undefined) return otherwise;
  const value = known.find((one) => one === given);
  if (value !== undefined) return value;
  const choice = known.join(', ');
  throw new UsageError(
    given === undefined ? `give --${name}: ${choice}` : `--${name} ${given} is none of ${choice}`,
  );
}

function signedIn(flags: Flags, otherwise: RecipientFacts['signedIn'] = []): RecipientFacts['signedIn'] {
  const given = flags['to-signed-in'];
  if (typeof given !== 'string') return otherwise;
  const named = given
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return named.map((name) => oneOf({ 'to-signed-in': name }, 'to-signed-in', sides));
}

function refuseImpossible(facts: RouteFacts): void {
  const problems = checkFacts(facts);
  if (problems.length > 0)
    throw new CommandError(
      'impossible-facts',
      problems.map(({ because }) => because).join(' '),
      'Correct the mode, the home, the client or where the recipient is signed in.',
    );
}

const sideNames: Readonly<Record<Side, string>> = { teams: 'Teams', skype: 'Skype for Business' };

function routeText(
  answer: Answer,
  policy: Policy,
  json: boolean | undefined,
  toastFor: (lands: readonly Side[]) => ToastAnswer | undefined,
): string {
  const toast = toastFor(answer.lands);
  if (json) {
    const { possible, lands, rule, because } = answer;
    return JSON.stringify({
      possible,
      lands,
      conversation: possible ? answer.conversation : null,
      rule,
      because,
      ...(toast && { toast }),
    });
  }
  const where = answer.lands.map((side) => sideNames[side]).join(' and in ');
  const headline = answer.possible ? `Lands in ${where} (${answer.conversation}).` : 'Not possible.';
  const pops = toast ? `\n${toastText(toast)}` : '';
  return `${headline}\n${answer.because}${pops}\nRule ${answer.rule}, policy ${policy}.`;
}

function presenceText(
  { scope, from, to }: RouteFacts,
  barred: FederationRefusal | undefined,
  json: boolean | undefined,
): string {
  if (barred) {
    const because = `The two organisations see no presence of each other: ${describeFederationRefusal(barred)}.`;
    const rule = `federation-${barred.list}-list`;
    return json
      ? JSON.stringify({ shows: null, rule, because })
      : `Shows no presence.\n${because}\nRule ${rule}.`;
  }
  const watch: WatchFacts = { scope, watcherClient: from.client, publisher: to };
  const { shows, rule, because } = presenceShown(watch);
  return json
    ? JSON.stringify({ shows })
    : `Shows the presence in ${sideNames[shows]}.\n${because}\nRule ${rule}.`;
}
