import { setTimeout as sleep } from 'node:timers/promises';
import type {
  MessagesAnswer,
  PeopleAnswer,
  PersonAnswer,
  SandboxAnswer,
  StatusAnswer,
  TraceAnswer,
} from '../../console/types.ts';
import { type Side, sides } from '../../core/people.ts';
import { CommandError, defineCommand, UsageError } from '../command.ts';
import { type ConsoleClient, findGateway } from '../console-client.ts';
import { findPerson } from '../person-name.ts';

export const command = defineCommand({
  name: 'send',
  summary: 'Write a message as a sandbox person, and tell its final state.',
  usage: '--from NAME --to NAME [--client SIDE] TEXT',
  options: {
    from: { type: 'string', value: 'NAME', help: 'who writes: alice, or alice@contoso.example' },
    to: { type: 'string', value: 'NAME', help: 'who is written to' },
    client: {
      type: 'string',
      value: 'SIDE',
      help: 'the client it is written in, teams or skype (default: by mode)',
    },
    password: { type: 'string', value: 'TEXT', help: "the writer's password (default: demo)" },
  },
  async run(values, words, terminal) {
    const text = words.join(' ');
    if (values.from === undefined || values.to === undefined || text === '')
      throw new UsageError('give --from, --to and the text');
    const client = sides.find((side) => side === values.client);
    if (values.client !== undefined && !client) throw new UsageError('--client is teams or skype');

    const gateway = await findGateway({ ...terminal, ...values, file: values.config });
    const sandbox = await gateway.get<SandboxAnswer>('/api/sandbox');
    const { people } = await gateway.get<PeopleAnswer>('/api/people');
    const writing: Writing = {
      from: findPerson(people, values.from),
      to: findPerson(people, values.to),
      side: client ?? defaultClient(findPerson(people, values.from)),
      password: values.password ?? 'demo',
      text,
    };
    const { now } = await gateway.get<StatusAnswer>('/api/status');
    const trace = await follow(gateway, writing, await write(sandbox, writing), now);
    terminal.out(values.json ? JSON.stringify(trace) : show(trace));
    return trace.state === 'failed' ? 1 : 0;
  },
});

interface Writing {
  readonly from: PersonAnswer;
  readonly to: PersonAnswer;
  readonly side: Side;
  readonly password: string;
  readonly text: string;
}

function defaultClient({ mode, teams }: PersonAnswer): Side {
  return teams.kind === 'none' || mode.startsWith('SfB') ? 'skype' : 'teams';
}

/** Resolves to the network's id of the message, where the network tells its writer one. */
async function write(
  sandbox: SandboxAnswer,
  { from, to, side, password, text }: Writing,
): Promise<string | undefined> {
  if (side === 'teams') {
    const { writeInTeams } = await import('../sandbox-person/teams.ts');
    return writeInTeams(sandbox, from.id, to.id, password, text);
  }
  const { skype } = from;
  const pool = skype.home === 'none' ? undefined : sandbox.pools.find(({ name }) => name === skype.pool);
  if (!pool)
    throw new CommandError(
      'no-account',
      `${from.id} has no account in Skype for Business.`,
      'Write with --client teams.',
    );
  const { writeInSkype } = await import('../sandbox-person/skype.ts');
  await writeInSkype(pool.discovery, from.id, to.id, password, text);
  return undefined;
}

const pollMs = 50;
/** Beyond a message's own deadline; by then the gateway has said something, or has not seen the message. */
const followMs = 60_000;

/** Asks the gateway until the message has its final state. */
async function follow(
  gateway: ConsoleClient,
  writing: Writing,
  remoteId: string | undefined,
  since: number,
): Promise<TraceAnswer> {
  const end = Date.now() + followMs;
  let id = remoteId;
  while (Date.now() < end) {
    id ??= await newestOf(gateway, writing, since);
    const trace =
      id === undefined
        ? undefined
        : await gateway.find<TraceAnswer>(`/api/messages/${encodeURIComponent(id)}`);
    if (trace && trace.state !== 'under way') return trace;
    await sleep(pollMs);
  }
  throw new CommandError(
    'not-seen',
    'The message was written, but the gateway has told no final state of it.',
    'Look at the console, and at the connections of the gateway in `isthmus people` and its log.',
  );
}

async function newestOf(
  gateway: ConsoleClient,
  { from, to, side }: Writing,
  since: number,
): Promise<string | undefined> {
  const { messages } = await gateway.get<MessagesAnswer>('/api/messages?limit=100');
  return messages.find(
    (message) =>
      message.author === from.id &&
      message.recipient === to.id &&
      message.side === side &&
      message.takenAt >= since,
  )?.id;
}

function show(trace: TraceAnswer): string {
  const { id, state, reason, end, takenAt, endedAt } = trace;
  const took = endedAt === undefined ? '' : ` after ${endedAt - takenAt} ms`;
  const how = end?.kind === 'delivered' ? ` in ${end.side}, in the name of the ${end.as}` : '';
  const why = reason ? `\n${reason.cause} ${reason.cure}` : '';
  return `${state}${how}${took}${why}\nisthmus trace ${id}`;
}
