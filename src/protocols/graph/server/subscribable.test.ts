import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { webPath } from '../../../../test/kit/text.ts';
import { GraphError } from '../errors.ts';
import { parseResource, type Subscribable } from './subscribable.ts';

const id = 'a11ce000-0000-4000-8000-000000000001';
const chatId = '19:x@thread.v2';

describe('the resource of a subscription', () => {
  const known: readonly (readonly [string, Subscribable])[] = [
    [`/chats/${chatId}/messages`, { kind: 'chatMessages', chatId }],
    [`chats('${chatId}')/messages`, { kind: 'chatMessages', chatId }],
    [`/chats/${encodeURIComponent(chatId)}/messages`, { kind: 'chatMessages', chatId }],
    [`/users/${id}/chats/getAllMessages`, { kind: 'userMessages', user: id }],
    [`users/${id}/chats/getAllMessages()?model=B`, { kind: 'userMessages', user: id }],
    ['/me/chats/getAllMessages', { kind: 'userMessages', user: 'me' }],
    ['/chats/getAllMessages?model=B', { kind: 'tenantMessages' }],
    ['/chats/getAllMembers', { kind: 'tenantMembers' }],
    ['/chats', { kind: 'chats' }],
    [`/chats/${chatId}`, { kind: 'chat', chatId }],
    [`/chats/${chatId}/members`, { kind: 'chatMembers', chatId }],
    [`/communications/presences/${id}`, { kind: 'presences', userIds: [id] }],
    [`/communications/presences?$filter=id in ('${id}')`, { kind: 'presences', userIds: [id] }],
    [
      `communications/presences?$filter=id%20in%20('${id}','${id.toUpperCase()}')`,
      { kind: 'presences', userIds: [id] },
    ],
  ];
  for (const [resource, expected] of known) {
    it(`may be ${resource}`, () => assert.deepEqual(parseResource(resource), expected));
  }

  for (const resource of [
    'https://graph.microsoft.com/v1.0/chats',
    '/users',
    '/me/chats',
    '/communications/presences',
    "/communications/presences?$filter=id in ('alice')",
    '/chats/%zz/messages',
    '',
  ]) {
    it(`may not be '${resource}'`, () => assert.throws(() => parseResource(resource), GraphError));
  }

  it('names at most 650 presences', () => {
    const ids = (count: number) =>
      Array.from({ length: count }, (_, i) => `'${id.slice(0, -4)}${String(i).padStart(4, '0')}'`).join(',');
    const resource = (count: number) => `/communications/presences?$filter=id in (${ids(count)})`;
    const parsed = parseResource(resource(650));
    assert.equal(parsed.kind === 'presences' && parsed.userIds.length, 650);
    assert.throws(() => parseResource(resource(651)), /at most 650/);
  });

  it('is known or refused, never anything worse', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), webPath()), (resource) => {
        try {
          parseResource(resource);
        } catch (error) {
          assert.ok(error instanceof GraphError);
        }
      }),
    );
  });
});
