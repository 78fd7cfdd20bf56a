import type { PeopleAnswer, PersonAnswer, UndoAnswer } from '../../console/types.ts';
import { homes, modes, type Person, type Side, sides } from '../../core/people.ts';
import type { LinkSecret } from '../../gateway/links.ts';
import { CommandError, defineCommand, type Terminal, UsageError } from '../command.ts';
import { type ConsoleClient, findGateway } from '../console-client.ts';
import { findPerson } from '../person-name.ts';
import { table } from '../table.ts';

export const command = defineCommand({
  name: 'people',
  summary:
    'List people with accounts, links and presence; change, add or remove one; link or unlink an account.',
  usage:
    '[set NAME [--mode MODE] … | add ADDRESS --display-name NAME … | remove NAME | undo NAME | link NAME --side SIDE --password-stdin | unlink NAME --side SIDE]',
  options: {
    mode: { type: 'string', value: 'MODE', help: modes.join(', ') },
    home: { type: 'string', value: 'HOME', help: homes.join(', ') },
    pool: { type: 'string', value: 'NAME', help: 'the pool, where several have that home' },
    sip: { type: 'string', value: 'ADDRESS', help: 'the SIP address' },
    'object-id': { type: 'string', value: 'GUID', help: 'the Entra object id' },
    'display-name': { type: 'string', value: 'NAME', help: 'the name people see' },
    side: { type: 'string', value: 'SIDE', help: 'teams or skype' },
    username: {
      type: 'string',
      value: 'NAME',
      help: "the account's sign-in name, where it is another than its address",
    },
    'password-stdin': { type: 'boolean', help: "read the account's password from standard input" },
  },
  async run(values, [verb, name, ...more], terminal) {
    const gateway = await findGateway({ ...terminal, ...values, file: values.config });
    const say = (person: string, done: string, words: string): void =>
      terminal.out(values.json ? JSON.stringify({ person, done }) : `${person}: ${words}`);
    if (verb === 'add' && name !== undefined && more.length === 0) {
      await gateway.post('/api/people', { id: name, ...fieldsOf(values) });
      say(name.toLowerCase(), verb, 'added');
      return 0;
    }
    const answer = await gateway.get<PeopleAnswer>('/api/people');
    const { people } = answer;
    if (verb === undefined) {
      terminal.out(values.json ? JSON.stringify(answer) : show(answer));
      return 0;
    }
    if (name === undefined || more.length > 0) throw new UsageError(verbs);
    switch (verb) {
      case 'set': {
        const { id } = findPerson(people, name);
        const fields = fieldsOf(values);
        if (Object.keys(fields).length === 0)
          throw new UsageError('give what changes: --mode, --home, --sip …');
        await gateway.put(addressOf(id), fields);
        say(id, verb, 'changed');
        return 0;
      }
      case 'remove': {
        const { id } = findPerson(people, name);
        await gateway.delete(addressOf(id));
        say(id, verb, 'removed; `isthmus people undo` takes it back, but for links');
        return 0;
      }
      case 'undo': {
        const { id } = findPerson([...people, ...answer.removed.map((removed) => ({ id: removed }))], name);
        const { person } = await gateway.post<UndoAnswer>(`${addressOf(id)}/undo`);
        say(
          id,
          verb,
          person ? 'as the people file or the tenant says' : 'gone: nobody but you had named them',
        );
        return 0;
      }
      case 'link':
      case 'unlink': {
        const side = sides.find((known) => known === values.side);
        if (!side) throw new UsageError('give --side teams or --side skype');
        const person = findPerson(people, name);
        if (verb === 'link' && !values['password-stdin'])
          throw new UsageError('give --password-stdin, and the password on standard input');
        if (verb === 'link') await link(gateway, person, side, values.username, terminal);
        else await gateway.delete(linkOf(person, side));
        terminal.out(
          values.json
            ? JSON.stringify({ person: person.id, side, done: verb })
            : `${person.id}: ${verb}ed in ${side}`,
        );
        return 0;
      }
      default:
        throw new UsageError(verbs);
    }
  },
});

const verbs =
  'give nothing, or `set NAME`, `add ADDRESS`, `remove NAME`, `undo NAME`, `link NAME` or `unlink NAME`';

/** Options, with the words that the people file has for them. */
const editable = {
  mode: 'mode',
  home: 'home',
  pool: 'pool',
  sip: 'sip',
  'object-id': 'objectId',
  'display-name': 'displayName',
} as const;

function fieldsOf(
  values: Readonly<Partial<Record<keyof typeof editable, string | undefined>>>,
): Readonly<Record<string, string>> {
  const given = Object.entries(editable).flatMap(([option, field]) => {
    const value = values[option as keyof typeof editable];
    return value === undefined ? [] : [[field, value] as const];
  });
  return Object.fromEntries(given);
}

async function link(
  gateway: ConsoleClient,
  person: Person,
  side: Side,
  username: string | undefined,
  terminal: Terminal,
): Promise<void> {
  const password = (await terminal.readInput()).replace(/\r?\n$/, '');
  if (password === '') throw new UsageError('standard input holds no password');
  const secret: LinkSecret = { kind: 'password', username: username ?? signInName(person, side), password };
  await gateway.put(linkOf(person, side), secret);
}

function signInName(person: Person, side: Side): string {
  if (side === 'teams' && person.teams.kind === 'account') return person.teams.upn;
  if (side === 'skype' && person.skype.home !== 'none') return person.skype.sip.slice('sip:'.length);
  throw new CommandError(
    'no-account',
    `${person.id} has no account in ${side}.`,
    'Add the account to the directory first.',
  );
}

function addressOf(person: string): string {
  return `/api/people/${encodeURIComponent(person)}`;
}

function linkOf(person: Person, side: Side): string {
  return `${addressOf(person.id)}/links/${side}`;
}

function show({ people, removed }: PeopleAnswer): string {
  const rows = people.map(({ id, displayName, mode, teams, skype, links, presence, amended }) => [
    id,
    displayName,
    mode,
    teams.kind === 'account' ? links.teams : '–',
    seen(presence, 'teams'),
    skype.home === 'none' ? '–' : `${skype.home}, ${links.skype}`,
    seen(presence, 'skype'),
    amended ?? '',
  ]);
  const list = table(
    ['person', 'name', 'mode', 'Teams', 'presence', 'Skype for Business', 'presence', 'by operators'],
    rows,
  );
  return removed.length === 0 ? list : `${list}\n\nRemoved by an operator: ${removed.join(', ')}`;
}

function seen({ sides: shown }: PersonAnswer['presence'], side: Side): string {
  return shown[side].seen?.availability ?? '';
}
