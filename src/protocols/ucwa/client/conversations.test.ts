import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyEvent, type Conversation } from './conversations.ts';
import type { InvitationEvent, MessageEvent } from './events.ts';

const conversation = '/c/1';

const invitation: InvitationEvent = {
  kind: 'messagingInvitation',
  type: 'started',
  href: '/i/1',
  direction: 'Incoming',
  state: 'Connecting',
  operationId: undefined,
  threadId: 'thread',
  subject: '',
  from: { uri: 'sip:bob@contoso.example', name: 'Bob' },
  content: { contentType: 'text/plain', text: 'Hi Tosh\r\n' },
  accept: '/i/1/accept',
  decline: '/i/1/decline',
  cancel: undefined,
  conversation,
  messaging: '/c/1/messaging',
};

function message(href: string, text: string): MessageEvent {
  return {
    kind: 'message',
    type: 'completed',
    status: 'Success',
    href,
    conversation,
    direction: 'Incoming',
    operationId: undefined,
    content: { contentType: 'text/plain', text },
    at: 1,
    failedRecipients: [],
  };
}

function invited(): Map<string, Conversation> {
  const known = new Map<string, Conversation>();
  assert.equal(applyEvent(known, invitation)?.kind, 'invited');
  return known;
}

describe('what events say of conversations', () => {
  it('shows the first message once, though the pool shows it twice, and twice in a resent package', () => {
    const known = invited();
    assert.equal(applyEvent(known, message('/m/2', 'Hi Tosh')), undefined);
    assert.equal(applyEvent(known, message('/m/2', 'Hi Tosh')), undefined);
    assert.equal(applyEvent(known, message('/m/3', 'Hi Tosh'))?.kind, 'received');
  });

  it('does not swallow the same words said again, after the package with the invitation was resent', () => {
    const known = invited();
    assert.equal(applyEvent(known, message('/m/2', 'Hi Tosh')), undefined);
    assert.equal(applyEvent(known, invitation)?.kind, 'invited');
    assert.equal(applyEvent(known, message('/m/2', 'Hi Tosh')), undefined);
    assert.equal(applyEvent(known, message('/m/3', 'Hi Tosh'))?.kind, 'received');
  });

  it('does not swallow a first message that is another than the invitation brought', () => {
    const known = invited();
    const news = applyEvent(known, message('/m/2', 'Hello'));
    assert.equal(news?.kind === 'received' && news.message.content.text, 'Hello');
  });

  it('keeps where an invitation is taken up although an update comes without it', () => {
    const known = invited();
    const updated = { ...invitation, type: 'updated', accept: undefined, decline: undefined } as const;
    assert.equal(applyEvent(known, updated), undefined);
    assert.equal(known.get(conversation)?.threadId, 'thread');
  });

  it('ends a conversation once, however many events say so', () => {
    const known = invited();
    const gone = { kind: 'conversation', href: conversation, threadId: undefined } as const;
    const ends = [
      applyEvent(known, { ...gone, type: 'updated', state: 'Disconnected' }),
      applyEvent(known, { ...gone, type: 'deleted', state: undefined }),
    ];
    assert.deepEqual(
      ends.map((end) => end?.kind),
      ['ended', undefined],
    );
  });

  it('ends the conversation of an invitation that fails', () => {
    const known = invited();
    const news = applyEvent(known, {
      ...invitation,
      type: 'completed',
      status: 'Failure',
      reason: { code: 'RemoteFailure', subcode: 'Canceled' },
    });
    assert.equal(news?.kind === 'ended' && news.reason?.subcode, 'Canceled');
  });
});
