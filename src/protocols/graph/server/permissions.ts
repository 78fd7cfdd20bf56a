import { forbidden, GraphError } from '../errors.ts';
import type { TokenClaims } from './auth.ts';

/** `unsupported`: no permission makes the request possible with that kind of token. Lists run from least to most. */
export interface Permission {
  readonly delegated: readonly string[] | 'unsupported';
  readonly application: readonly string[] | 'unsupported';
}

const readUsers = ['User.ReadBasic.All', 'User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All'];
const readMe = ['User.Read', 'User.ReadWrite', ...readUsers];
const readChats = ['Chat.ReadBasic', 'Chat.Read', 'Chat.ReadWrite'];
const readAnyChat = ['Chat.ReadBasic.All', 'Chat.Read.All', 'Chat.ReadWrite.All'];
const readMembers = ['ChatMember.Read', 'ChatMember.ReadWrite', ...readChats];
const readAnyMembers = ['ChatMember.Read.All', 'ChatMember.ReadWrite.All', ...readAnyChat];
const readMessages = ['Chat.Read', 'Chat.ReadWrite'];
const readAnyMessages = ['Chat.Read.All', 'Chat.ReadWrite.All'];
const react: Permission = { delegated: ['ChatMessage.Send', 'Chat.ReadWrite'], application: 'unsupported' };
const ownState: Permission = { delegated: ['Chat.ReadWrite'], application: 'unsupported' };
const readPresence: Permission = {
  delegated: ['Presence.Read.All'],
  application: ['Presence.Read.All', 'Presence.ReadWrite.All'],
};
const writePresence: Permission = {
  delegated: ['Presence.ReadWrite'],
  application: ['Presence.ReadWrite.All'],
};
/** What a subscription may see is decided by its resource: see `subscribable.ts`. */
const anyCaller: Permission = { delegated: [], application: [] };

/**
 * Every request that this Graph answers, and who may make it. In a path `{owner}` stands for nothing, `/me` or
 * `/users/{user}`; `{self}` for the latter two; `{presence}` for the three ways to a person's presence.
 */
export const permissions = {
  'GET /me': { delegated: readMe, application: 'unsupported' },
  'GET /users': { delegated: readUsers, application: readUsers },
  'GET /users/delta': { delegated: ['User.Read', ...readUsers], application: readUsers },
  'GET /users/{user}': { delegated: readMe, application: readUsers },

  'POST /chats': { delegated: ['Chat.Create', 'Chat.ReadWrite'], application: ['Chat.Create'] },
  'GET /chats': { delegated: readChats, application: 'unsupported' },
  'GET {self}/chats': { delegated: readChats, application: readAnyChat },
  'GET {owner}/chats/{chat}': { delegated: readChats, application: readAnyChat },
  'PATCH {owner}/chats/{chat}': { delegated: ['Chat.ReadWrite'], application: ['Chat.ReadWrite.All'] },

  'GET {owner}/chats/{chat}/members': { delegated: readMembers, application: readAnyMembers },
  'GET {owner}/chats/{chat}/members/{member}': { delegated: readMembers, application: readAnyMembers },
  'POST {owner}/chats/{chat}/members': {
    delegated: ['ChatMember.ReadWrite', 'Chat.ReadWrite'],
    application: ['ChatMember.ReadWrite.All', 'Chat.ReadWrite.All'],
  },
  'DELETE {owner}/chats/{chat}/members/{member}': {
    delegated: ['ChatMember.ReadWrite', 'Chat.ReadWrite'],
    application: ['ChatMember.ReadWrite.All', 'Chat.ReadWrite.All'],
  },

  'GET {owner}/chats/{chat}/messages': { delegated: readMessages, application: readAnyMessages },
  'GET {owner}/chats/{chat}/messages/{message}': { delegated: readMessages, application: readAnyMessages },
  'POST {owner}/chats/{chat}/messages': {
    delegated: ['ChatMessage.Send', 'Chat.ReadWrite'],
    application: 'unsupported',
  },
  'PATCH {owner}/chats/{chat}/messages/{message}': {
    delegated: ['Chat.ReadWrite'],
    application: ['Chat.UpdatePolicyViolation.All'],
  },
  'POST {owner}/chats/{chat}/messages/{message}/softDelete': ownState,
  'POST {owner}/chats/{chat}/messages/{message}/undoSoftDelete': ownState,
  'POST {owner}/chats/{chat}/messages/{message}/setReaction': react,
  'POST {owner}/chats/{chat}/messages/{message}/unsetReaction': react,
  'GET /users/{user}/chats/getAllMessages': { delegated: 'unsupported', application: readAnyMessages },

  'POST {owner}/chats/{chat}/markChatReadForUser': ownState,
  'POST {owner}/chats/{chat}/markChatUnreadForUser': ownState,
  'POST {owner}/chats/{chat}/hideForUser': ownState,
  'POST {owner}/chats/{chat}/unhideForUser': ownState,

  'GET /me/presence': {
    delegated: ['Presence.Read', 'Presence.ReadWrite', 'Presence.Read.All'],
    application: 'unsupported',
  },
  'GET /users/{user}/presence': readPresence,
  'GET /communications/presences': readPresence,
  'GET /communications/presences/{user}': readPresence,
  'POST /communications/getPresencesByUserId': readPresence,
  'POST {presence}/setPresence': writePresence,
  'POST {presence}/clearPresence': writePresence,
  'POST {presence}/setUserPreferredPresence': writePresence,
  'POST {presence}/clearUserPreferredPresence': writePresence,
  'POST {presence}/setStatusMessage': writePresence,

  'GET /subscriptions': anyCaller,
  'POST /subscriptions': anyCaller,
  'GET /subscriptions/{subscription}': anyCaller,
  'PATCH /subscriptions/{subscription}': anyCaller,
  'DELETE /subscriptions/{subscription}': anyCaller,
  'POST /subscriptions/{subscription}/reauthorize': anyCaller,

  'POST /$batch': anyCaller,
} as const satisfies Readonly<Record<string, Permission>>;

export type Operation = keyof typeof permissions;

/** @throws {GraphError} 403 unless the token carries one of the permissions asked for */
export function requirePermission(permission: Permission, claims: TokenClaims): void {
  const needed = permission[claims.kind];
  if (needed === 'unsupported') {
    throw forbidden(
      claims.kind === 'application'
        ? 'Requested API is not supported in application-only context'
        : 'Requested API is not supported in delegated context',
    );
  }
  const held = claims.kind === 'delegated' ? claims.scopes : claims.roles;
  if (needed.length === 0 || needed.some((permission) => held.includes(permission))) return;
  const [kind, noun] = claims.kind === 'delegated' ? ['scope', 'Scopes'] : ['role', 'Roles'];
  throw new GraphError(
    403,
    'Forbidden',
    `Missing ${kind} permissions on the request. API requires one of '${needed.join(', ')}'. ` +
      `${noun} on the request '${held.join(', ')}'.`,
  );
}

/** @throws {GraphError} 400: nobody is `me` in an application's token */
export function requireUserForMe(claims: TokenClaims): void {
  if (claims.kind === 'application') {
    throw new GraphError(400, 'BadRequest', '/me request is only valid with delegated authentication flow.');
  }
}
