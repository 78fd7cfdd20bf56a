import { badRequest } from '../../errors.ts';
import type { ChatMessage } from '../../resources.ts';
import { addressedUser } from '../access.ts';
import type { GraphBackend } from '../backend.ts';
import { contexts } from '../context.ts';
import { filterOption, nextLink, option, type Query, refuseOptions, skipToken, topOption } from '../query.ts';
import type { Call, Route } from '../route.ts';
import { bounds } from './message-range.ts';
import { visibleMessage } from './rendering.ts';

/** Export of everything a user wrote and read, newest change first. */
export function exportRoutes(backend: GraphBackend): readonly Route[] {
  return [
    {
      operation: 'GET /users/{user}/chats/getAllMessages',
      async handle(call) {
        const { query, base, path } = call;
        refuseOptions(query, ['$search', '$select', '$count', '$skip', '$expand', '$orderby']);
        requireModel(query);
        const top = topOption(query, { max: 50, default: 20 });
        const found = await newest(backend, call, top + 1);
        const page = found.slice(0, top);
        const last = page.at(-1);
        return {
          status: 200,
          body: {
            '@odata.context': contexts.exported(base),
            '@odata.count': page.length,
            ...(found.length > top &&
              last && { '@odata.nextLink': nextLink(base, path, query, `${last.etag}/${last.chatId}`) }),
            value: page.map((message) => visibleMessage(message, call.unknownEnumMembers)),
          },
        };
      },
    },
  ];
}

async function newest(backend: GraphBackend, call: Call, limit: number): Promise<ChatMessage[]> {
  const user = await addressedUser(backend, call);
  const filter = filterOption(call.query);
  const { after, before } = filter === undefined ? {} : bounds(filter);
  const from = position(call.query);
  const upTo = Math.min(before ?? Infinity, from === undefined ? Infinity : from.etag + 1);
  const range = {
    by: 'modified',
    limit: limit + 1,
    ...(after !== undefined && { after }),
    ...(upTo !== Infinity && { before: upTo }),
  } as const;
  const found: ChatMessage[] = [];
  for (const { chat } of await backend.chats.list(user.id)) {
    found.push(...(await backend.messages.range(chat.id, range)));
  }
  found.sort(newestFirst);
  return (from === undefined ? found : found.filter((message) => isAfter(message, from))).slice(0, limit);
}

interface Position {
  readonly etag: number;
  readonly chatId: string;
}

function isAfter(message: ChatMessage, from: Position): boolean {
  const etag = Number(message.etag);
  return etag < from.etag || (etag === from.etag && message.chatId > from.chatId);
}

function newestFirst(a: ChatMessage, b: ChatMessage): number {
  return Number(b.etag) - Number(a.etag) || (a.chatId < b.chatId ? -1 : 1);
}

function position(query: Query): Position | undefined {
  const token = skipToken(query);
  if (token === undefined) return undefined;
  const match = /^(\d{1,16})\/(.+)$/.exec(token);
  if (!match?.[1] || !match[2]) throw badRequest('Invalid $skiptoken');
  return { etag: Number(match[1]), chatId: match[2] };
}

/** The payment model is taken for compatibility; since August 2025 it has no effect. */
function requireModel(query: Query): void {
  const model = option(query, 'model');
  if (model !== undefined && !/^[AB]$/i.test(model)) throw badRequest("'model' must be A or B");
}
