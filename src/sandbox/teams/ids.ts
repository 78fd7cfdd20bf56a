import { randomUUID } from 'node:crypto';

/** The same for both people, whoever starts. */
export function oneOnOneId(userA: string, userB: string): string {
  const [first, second] = userA < userB ? [userA, userB] : [userB, userA];
  return `19:${first}_${second}@unq.gbl.spaces`;
}

export function newGroupId(): string {
  return `19:${randomUUID().replaceAll('-', '')}@thread.v2`;
}

/** Opaque to clients, and fit for a path. */
export function membershipId(tenantId: string, chatId: string, userId: string): string {
  return Buffer.from(`0##${tenantId}##${chatId}##${userId}`).toString('base64url');
}
