import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { it } from 'node:test';
import { type CoexistenceMode, type Home, homes, modes, type Side, sides } from '../src/core/people.ts';
import {
  checkFacts,
  isSfbMode,
  type Policy,
  type RouteFacts,
  type Scope,
  scopes,
} from '../src/core/routing/facts.ts';
import { presenceShown } from '../src/core/routing/presence-shown.ts';
import { everyFacts, type Route, route } from '../src/core/routing/route.ts';
import { landingRules, obstacleRules } from '../src/core/routing/rules.ts';

const file = new URL('../docs/routing.md', import.meta.url);

interface Party {
  readonly name: string;
  readonly matches: (facts: RouteFacts) => boolean;
}

const homeNames: Readonly<Record<Home, string>> = { online: 'online', onPrem: 'on-prem', none: 'none' };
const sideNames: Readonly<Record<Side, string>> = { teams: 'Teams', skype: 'SfB' };
const scopeNames: Readonly<Record<Scope, string>> = {
  inTenant: 'In one tenant',
  federated: 'Across tenants',
};

const senders: readonly Party[] = sides.flatMap((client) =>
  homes.map((home) => ({
    name: `${sideNames[client]}, homed ${homeNames[home]}`,
    matches: ({ from }: RouteFacts) => from.client === client && from.home === home,
  })),
);

const recipients: readonly Party[] = [
  { name: 'TeamsOnly', matches: ({ to }) => to.mode === 'TeamsOnly' },
  { name: 'SfB mode', matches: ({ to }) => isSfbMode(to.mode) && to.home !== 'none' },
  { name: 'SfB mode, homed none', matches: ({ to }) => isSfbMode(to.mode) && to.home === 'none' },
  ...recipientsOf('Islands', ['online', 'onPrem'], 'Islands'),
  ...recipientsOf('Islands', ['none'], 'Islands, homed none'),
  ...recipientsOf('Legacy', ['online'], 'Legacy, homed online, in Teams', true),
  ...recipientsOf('Legacy', ['onPrem'], 'Legacy, homed on-prem, in Teams', true),
  ...recipientsOf('Legacy', ['online', 'onPrem'], 'Legacy, not in Teams', false),
  ...recipientsOf('Legacy', ['none'], 'Legacy, homed none'),
];

function recipientsOf(
  mode: CoexistenceMode,
  toHomes: readonly Home[],
  name: string,
  inTeams?: boolean,
): readonly Party[] {
  return [
    {
      name,
      matches: ({ to }) =>
        to.mode === mode &&
        toHomes.includes(to.home) &&
        (inTeams === undefined || to.signedIn.includes('teams') === inTeams),
    },
  ];
}

const possible = [...everyFacts()].filter((facts) => checkFacts(facts).length === 0);

/** The one answer to every combination of facts that the cell stands for, under a policy. */
function cellOf(scope: Scope, sender: Party, recipient: Party, policy: Policy): string {
  const inCell = possible.filter(
    (facts) => facts.scope === scope && sender.matches(facts) && recipient.matches(facts),
  );
  const answers = new Set(inCell.map((facts) => textOf(route(facts, policy))));
  const [answer = ''] = answers;
  assert.equal(answers.size, 1, `${scope}, ${sender.name} to ${recipient.name}: ${[...answers].join(' / ')}`);
  return answer;
}

function textOf(answer: Route): string {
  if (!answer.possible) return 'not possible';
  return `${answer.lands.map((side) => sideNames[side]).join(' and ')}, ${answer.conversation}`;
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(headings), `|${'---|'.repeat(headings.length)}`, ...rows.map(line)].join('\n');
}

function routingTable(scope: Scope, policy: Policy): string {
  const used = senders.filter((sender) =>
    possible.some((facts) => facts.scope === scope && sender.matches(facts)),
  );
  return table(
    ['to ↓ from →', ...used.map(({ name }) => name)],
    recipients.map((recipient) => [
      `**${recipient.name}**`,
      ...used.map((sender) => {
        const cell = cellOf(scope, sender, recipient, policy);
        return cell === cellOf(scope, sender, recipient, 'microsoft') ? cell : `◆ **${cell}**`;
      }),
    ]),
  );
}

function presenceTable(): string {
  const watchers = scopes.flatMap((scope) => sides.map((watcherClient) => ({ scope, watcherClient })));
  const publishers = modes.flatMap((mode) =>
    homes
      .filter((home) => !(mode === 'TeamsOnly' && home === 'onPrem') && !(isSfbMode(mode) && home === 'none'))
      .map((home) => ({ mode, home })),
  );
  return table(
    [
      'publisher ↓ watcher →',
      ...watchers.map(
        ({ scope, watcherClient }) => `${sideNames[watcherClient]}, ${scopeNames[scope].toLowerCase()}`,
      ),
    ],
    publishers.map((publisher) => [
      `**${publisher.mode}, homed ${homeNames[publisher.home]}**`,
      ...watchers.map((watcher) => sideNames[presenceShown({ ...watcher, publisher }).shows]),
    ]),
  );
}

function impossible(): string {
  const sentences = new Set(
    [...everyFacts()].flatMap((facts) => checkFacts(facts).map(({ because }) => because)),
  );
  return [...sentences].map((sentence) => `- ${sentence}`).join('\n');
}

function page(): string {
  return `# Where a message lands

Generated from \`src/core/routing/\`, which decides every message by these tables; \`isthmus explain\` answers for two
people, or for facts, with the rule. Rows are recipients, columns the client and home of the sender. "SfB mode" is each of
SfBOnly, SfBWithTeamsCollab and SfBWithTeamsCollabAndMeetings; "homed none" is a person not enabled for SfB. A conversation
is *native* (one product on both ends, one tenant), *interop* (both products, one tenant) or *federated* (two tenants).
Modes of the sender that are not named decide nothing beyond which clients the sender may use.

## Policy \`microsoft\`

Microsoft's own tables, and for mode Legacy what was seen before there were modes.

${scopes.map((scope) => `### ${scopeNames[scope]}\n\n${routingTable(scope, 'microsoft')}`).join('\n\n')}

## Policy \`bridged\` (the default)

As \`microsoft\`, but an on-prem home is no reason to refuse, because the gateway reaches the on-prem pool itself; and a
person without SfB reaches SfB people, and is reached by them, through the gateway's own address for that person. ◆ marks
every cell that differs.

${scopes.map((scope) => `### ${scopeNames[scope]}\n\n${routingTable(scope, 'bridged')}`).join('\n\n')}

## The rules

The first of these that applies says where the recipient's side wants the message:

${table(
  ['rule', 'why'],
  landingRules.map(({ id, because }) => [`\`${id}\``, because]),
)}

Then these are looked at in turn. Policy \`microsoft\` refuses by the first that applies; policy \`bridged\` goes on, as rule
\`bridged-…\`:

${table(
  ['rule', 'why Microsoft refuses', 'what the gateway does'],
  obstacleRules.map(({ id, refusedBecause, bridgedBecause }) => [
    `\`${id}\``,
    refusedBecause,
    bridgedBecause,
  ]),
)}

## Facts that no two people can have

They are refused with these words before anything is decided:

${impossible()}

## Conversations that exist already

A Teams thread keeps the way it was made with, native, interop or federated, as long as that way exists. It is closed, and
its writer is told to start a new one, when it leads to SfB and the recipient became TeamsOnly or lost SfB, or leads to Teams
across tenants and the recipient's mode keeps chats in SfB since; under policy \`microsoft\` also when the recipient's account
moved home or the sender may no longer reach SfB from Teams. What it was made with is kept over restarts.

Microsoft's client keeps a native and an interop thread with one person apart. Through Graph two people have one chat, which both see,
and so it is with the gateway: a message in it that by the rules lands in Teams stays there, natively, and is never called
undelivered; the first one that lands in SfB makes it a thread that leads there. Threads that only one of the two sees are the
groups that the gateway makes for people who are not linked: those are closed for good when the recipient is no longer
behind them.

An SfB session keeps its way while it lives: \`skype.sessionIdleMs\` of silence end it (10 minutes unless configured), and so does
a restart of the gateway; after it, the tables above decide anew.

## Federation

Lists of allowed and blocked domains (\`federation\` of the configuration) are asked about both people's tenants, after the tables:
what they refuse ends in a notice that names the list. They bind what the gateway carries. What both write in Teams passes it by, and
which presence the pool and Teams show to another organisation is theirs to decide: the gateway shows a person's presence
only on that person's own accounts, never to a watcher. So bar a domain in the external access of Teams and on the pool's Edge too.
\`isthmus explain --presence\` says which list keeps two organisations from seeing each other.

## Which presence a watcher is shown

In the window of a thread, the presence of the side to which the thread is routed; elsewhere:

${presenceTable()}
`;
}

it('docs/routing.md holds the tables that the function decides by', () => {
  if (process.env['UPDATE_DOCS']) writeFileSync(file, page());
  assert.equal(readFileSync(file, 'utf8'), page(), 'stale: run this test with UPDATE_DOCS=1');
});

it('docs/routing.md leaves no possible combination of facts out', () => {
  for (const facts of possible) {
    assert.equal(senders.filter(({ matches }) => matches(facts)).length, 1, JSON.stringify(facts));
    assert.equal(recipients.filter(({ matches }) => matches(facts)).length, 1, JSON.stringify(facts));
  }
});
