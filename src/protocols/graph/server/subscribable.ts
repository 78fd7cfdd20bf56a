import { badRequest, GraphError } from '../errors.ts';
import { FilterSyntaxError, namedValues, parseFilter } from '../odata.ts';
import { maxPresenceIds } from '../presence.ts';
import { type ChangeType, maxLifetime } from '../subscriptions.ts';
import type { Permission } from './permissions.ts';

/** What can be subscribed to. Ids are as the subscriber wrote them; `me` stands for the token's user. */
export type Subscribable =
  | { readonly kind: 'chatMessages'; readonly chatId: string }
  | { readonly kind: 'userMessages'; readonly user: string }
  | { readonly kind: 'tenantMessages' }
  | { readonly kind: 'chats' }
  | { readonly kind: 'chat'; readonly chatId: string }
  | { readonly kind: 'chatMembers'; readonly chatId: string }
  | { readonly kind: 'tenantMembers' }
  | { readonly kind: 'presences'; readonly userIds: readonly string[] };

interface Terms {
  readonly permission: Permission;
  readonly changeTypes: readonly ChangeType[];
  /** Milliseconds. */
  readonly maxLifetime: number;
}

const everyChange: readonly ChangeType[] = ['created', 'updated', 'deleted'];

const messages = (delegated: Permission['delegated']): Terms => ({
  permission: { delegated, application: ['Chat.Read.All', 'Chat.ReadWrite.All'] },
  changeTypes: everyChange,
  maxLifetime: maxLifetime.teamwork,
});

const chats = (delegated: Permission['delegated'], changeTypes: readonly ChangeType[]): Terms => ({
  permission: { delegated, application: ['Chat.ReadBasic.All', 'Chat.Read.All', 'Chat.ReadWrite.All'] },
  changeTypes,
  maxLifetime: maxLifetime.teamwork,
});

const readBasic = ['Chat.ReadBasic', 'Chat.Read', 'Chat.ReadWrite'];

/** Who may subscribe to what, to which changes and for how long. */
export const terms: Readonly<Record<Subscribable['kind'], Terms>> = {
  chatMessages: messages(['Chat.Read', 'Chat.ReadWrite']),
  userMessages: messages(['Chat.Read', 'Chat.ReadWrite']),
  tenantMessages: messages('unsupported'),
  chats: chats('unsupported', ['created', 'updated']),
  chat: chats(readBasic, ['created', 'updated']),
  chatMembers: chats(readBasic, everyChange),
  tenantMembers: chats('unsupported', everyChange),
  presences: {
    permission: { delegated: ['Presence.Read.All'], application: 'unsupported' },
    changeTypes: ['updated'],
    maxLifetime: maxLifetime.presence,
  },
};

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @throws {GraphError} 400 for a resource that cannot be subscribed to */
export function parseResource(resource: string): Subscribable {
  if (/^https?:/i.test(resource)) {
    throw badRequest("'resource' must be a path relative to the service, without its base URL");
  }
  const mark = resource.indexOf('?');
  const path = canonicalPath(mark === -1 ? resource : resource.slice(0, mark));
  const query = mark === -1 ? '' : resource.slice(mark + 1);
  const segments = path.split('/').map(decode);
  const words = segments.map((segment) => segment.toLowerCase());
  const [first = '', second = '', third = '', fourth = ''] = words;
  const id = segments[1] ?? '';
  switch (segments.length) {
    case 1:
      if (first === 'chats') return { kind: 'chats' };
      break;
    case 2:
      if (first === 'chats' && second === 'getallmessages') return { kind: 'tenantMessages' };
      if (first === 'chats' && second === 'getallmembers') return { kind: 'tenantMembers' };
      if (first === 'chats') return { kind: 'chat', chatId: id };
      if (first === 'communications' && second === 'presences') {
        return { kind: 'presences', userIds: presenceIds(query) };
      }
      break;
    case 3:
      if (first === 'chats' && third === 'messages') return { kind: 'chatMessages', chatId: id };
      if (first === 'chats' && third === 'members') return { kind: 'chatMembers', chatId: id };
      if (first === 'me' && second === 'chats' && third === 'getallmessages') {
        return { kind: 'userMessages', user: 'me' };
      }
      if (first === 'communications' && second === 'presences') {
        return { kind: 'presences', userIds: checkedIds([segments[2] ?? '']) };
      }
      break;
    case 4:
      if (first === 'users' && third === 'chats' && fourth === 'getallmessages') {
        return { kind: 'userMessages', user: id };
      }
      break;
  }
  throw badRequest(`Resource '${resource}' is not supported for change notifications.`);
}

function canonicalPath(path: string): string {
  return path
    .replace(/^\/+|\/+$/g, '')
    .replace(/\(\)(?=\/|$)/g, '')
    .replace(/\('([^']*)'\)/g, '/$1')
    .replace(/\/microsoft\.graph\./gi, '/');
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest("'resource' cannot be decoded");
  }
}

function presenceIds(query: string): readonly string[] {
  const text = new URLSearchParams(query).get('$filter');
  if (text === null) throw badRequest("'resource': presences need a $filter that names their ids");
  try {
    const ids = namedValues(parseFilter(text), 'id');
    if (ids) return checkedIds(ids);
  } catch (error) {
    if (!(error instanceof FilterSyntaxError)) throw error;
    throw badRequest(`'resource': invalid $filter: ${error.message}`);
  }
  throw badRequest("'resource': $filter must be of the form id in ('…', '…')");
}

function checkedIds(ids: readonly string[]): readonly string[] {
  if (ids.length > maxPresenceIds) {
    throw new GraphError(
      400,
      'BadRequest',
      `'resource' names ${ids.length} ids; at most ${maxPresenceIds} are supported`,
    );
  }
  for (const id of ids) if (!guid.test(id)) throw badRequest(`'resource': '${id}' is not a user id`);
  return [...new Set(ids.map((id) => id.toLowerCase()))];
}
