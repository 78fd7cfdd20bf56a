import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ChatMessage, ConversationMember } from '../../resources.ts';
import { type Change, contentOf, describeChange, topics, topicsOf } from './change.ts';

const member = (userId: string, tenantId: string) =>
  ({ userId, tenantId, id: `m-${userId}` }) as unknown as ConversationMember;
const message = {
  id: '7',
  etag: '8',
  chatId: 'c',
  messageType: 'systemEventMessage',
} as unknown as ChatMessage;
const members = [member('alice', 'contoso'), member('grace', 'fabrikam')];
const written: Change = { kind: 'message', changeType: 'created', message, members };

describe('a change', () => {
  it('in a federated chat concerns both tenants and both people', () => {
    assert.deepEqual(
      new Set(topicsOf(written)),
      new Set([
        topics.userMessages('contoso', 'alice'),
        topics.userMessages('fabrikam', 'grace'),
        topics.chatMessages('contoso', 'c'),
        topics.chatMessages('fabrikam', 'c'),
        topics.tenantMessages('contoso'),
        topics.tenantMessages('fabrikam'),
      ]),
    );
  });

  it('of membership concerns the tenant of whoever left as well', () => {
    const left: Change = {
      kind: 'member',
      changeType: 'deleted',
      chatId: 'c',
      member: member('grace', 'fabrikam'),
      members: members.slice(0, 1),
    };
    assert.ok(topicsOf(left).includes(topics.tenantMembers('fabrikam')));
  });

  it('is named by its path', () => {
    assert.equal(describeChange(written).resource, "chats('c')/messages('7')");
    assert.equal(describeChange(written).resourceData['@odata.etag'], '8');
  });

  it('hides from subscribers the members of an enumeration that they may not know', () => {
    assert.equal(JSON.parse(contentOf(written)).messageType, 'unknownFutureValue');
  });
});
