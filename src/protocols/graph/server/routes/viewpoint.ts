import { Type } from 'typebox';
import { parseInstant } from '../../dates.ts';
import { badRequest, forbidden } from '../../errors.ts';
import { visibleChat } from '../access.ts';
import type { GraphBackend, ViewpointChange } from '../backend.ts';
import { bodyReader, type Call, type Route } from '../route.ts';

/** `tenantId` was a parameter of its own once, and is taken and not looked at. */
const readTarget = bodyReader(
  Type.Object({
    user: Type.Object({ id: Type.String() }),
    tenantId: Type.Optional(Type.String()),
    lastMessageReadDateTime: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  }),
);

/** What one person alone sees of a chat. Everybody changes their own, and reads nobody else's. */
export function viewpointRoutes(backend: GraphBackend): readonly Route[] {
  const change = (
    operation: Route['operation'],
    toChange: (unreadSince: string | null | undefined) => ViewpointChange,
  ): Route => ({
    operation,
    async handle(call: Call) {
      const { chat } = await visibleChat(backend, call);
      const { user, lastMessageReadDateTime } = readTarget(call.body);
      if (call.claims.kind !== 'delegated' || user.id !== call.claims.userId) {
        throw forbidden("'user.id' must be the user of the access token.");
      }
      await backend.chats.setViewpoint(chat.id, user.id, toChange(lastMessageReadDateTime));
      return { status: 204 };
    },
  });
  return [
    change('POST {owner}/chats/{chat}/markChatReadForUser', () => ({ kind: 'read' })),
    change('POST {owner}/chats/{chat}/markChatUnreadForUser', (since) => ({
      kind: 'unread',
      since: instant(since),
    })),
    change('POST {owner}/chats/{chat}/hideForUser', () => ({ kind: 'hidden', hidden: true })),
    change('POST {owner}/chats/{chat}/unhideForUser', () => ({ kind: 'hidden', hidden: false })),
  ];
}

function instant(text: string | null | undefined): number | undefined {
  if (text === undefined || text === null) return undefined;
  const at = parseInstant(text);
  if (at === undefined) throw badRequest("'lastMessageReadDateTime' must be a date in ISO 8601");
  return at;
}
