import { type Static, type TSchema, Type } from 'typebox';
import { Check } from 'typebox/value';
import type { SandboxAnswer } from '../../console/types.ts';
import { CommandError } from '../command.ts';

const tokenSchema = Type.Object({ access_token: Type.String() });
const idSchema = Type.Object({ id: Type.String() });
const failureSchema = Type.Union([
  Type.Object({ error: Type.Object({ message: Type.String() }) }),
  Type.Object({ error_description: Type.String() }),
]);

/**
 * Posts a text in the one-to-one chat of two people, as one of them at a Teams client would.
 * @returns Graph's id of the message
 */
export async function writeInTeams(
  { graph, authority, clientId }: SandboxAnswer,
  from: string,
  to: string,
  password: string,
  text: string,
): Promise<string> {
  const tenant = from.slice(from.indexOf('@') + 1);
  const { access_token: token } = await post(
    tokenSchema,
    `${authority}/${tenant}/oauth2/v2.0/token`,
    {},
    new URLSearchParams({
      grant_type: 'password',
      client_id: clientId,
      username: from,
      password,
      scope: 'https://graph.microsoft.com/.default',
    }),
  );
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const chat = await post(
    idSchema,
    `${graph}/v1.0/chats`,
    headers,
    JSON.stringify({ chatType: 'oneOnOne', members: [member(from), member(to)] }),
  );
  const message = await post(
    idSchema,
    `${graph}/v1.0/chats/${encodeURIComponent(chat.id)}/messages`,
    headers,
    JSON.stringify({ body: { contentType: 'text', content: text } }),
  );
  return message.id;
}

function member(address: string): Record<string, unknown> {
  return {
    '@odata.type': '#microsoft.graph.aadUserConversationMember',
    roles: ['owner'],
    'user@odata.bind': `https://graph.microsoft.com/v1.0/users('${address}')`,
  };
}

async function post<S extends TSchema>(
  schema: S,
  url: string,
  headers: Record<string, string>,
  body: string | URLSearchParams,
): Promise<Static<S>> {
  const answer = await fetch(url, { method: 'POST', headers, body }).catch((error: unknown) => {
    throw refused(`${new URL(url).origin} cannot be reached`, error);
  });
  const value: unknown = await answer.json().catch(() => undefined);
  if (answer.ok && Check(schema, value)) return value;
  throw refused(Check(failureSchema, value) ? said(value) : `it answered ${answer.status}`);
}

function said(failure: Static<typeof failureSchema>): string {
  return 'error' in failure ? failure.error.message : failure.error_description;
}

function refused(why: string, cause?: unknown): CommandError {
  const error = new CommandError(
    'refused',
    `Teams did not take the message: ${why}.`,
    'Check both names; `isthmus people` lists everybody.',
  );
  error.cause = cause;
  return error;
}
