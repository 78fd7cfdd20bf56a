import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import type { Application } from './application.ts';
import type { InvitationEvent, MessageEvent } from './events.ts';
import { ConnectionFailed, RequestFailed } from './failures.ts';
import { createMessaging } from './messaging.ts';
import type { Answer } from './requester.ts';

const conversation = '/c/1';
const running = new AbortController().signal;
const hello = { contentType: 'text/plain', text: 'hello' } as const;
const cutOff = new ConnectionFailed('ECONNRESET', 'maybe', 'pool.example');

const invitation: InvitationEvent = {
  kind: 'messagingInvitation',
  type: 'started',
  href: '/i/1',
  direction: 'Outgoing',
  state: 'Connecting',
  operationId: 'op',
  threadId: 'thread',
  subject: '',
  from: undefined,
  content: undefined,
  accept: undefined,
  decline: undefined,
  cancel: '/i/1/cancel',
  conversation,
  messaging: '/c/1/messaging',
};
const accepted: InvitationEvent = { ...invitation, type: 'completed', status: 'Success' };
const sent: MessageEvent = {
  kind: 'message',
  type: 'completed',
  status: 'Success',
  href: '/c/1/messaging/messages/1',
  conversation,
  direction: 'Outgoing',
  operationId: 'op',
  content: undefined,
  at: 1,
  failedRecipients: [],
};

/** Messaging over requests that are answered by hand. */
function world() {
  const clock = new ManualClock();
  const requests: { readonly href: string; readonly answer: PromiseWithResolvers<Answer> }[] = [];
  const application = {
    links: { startMessaging: '/start' },
    requester: {
      call(_method: string, href: string) {
        const answer = Promise.withResolvers<Answer>();
        requests.push({ href, answer });
        return answer.promise;
      },
    },
  } as unknown as Application;
  const messaging = createMessaging(application, clock);
  return {
    clock,
    messaging,
    requests,
    start: () =>
      messaging.start({ operationId: 'op', to: 'sip:bob@contoso.example', content: hello }, running),
    fail: (error: Error) => requests.at(-1)?.answer.reject(error),
    /** The peer's conversation, in which messages can be sent. */
    open() {
      messaging.handle([
        { ...invitation, direction: 'Incoming', operationId: undefined },
        {
          kind: 'messaging',
          type: 'updated',
          href: '/c/1/messaging',
          conversation,
          state: 'Connected',
          formats: ['Plain'],
          sendMessage: '/c/1/messaging/messages',
          stopMessaging: undefined,
        },
      ]);
    },
    send: () => messaging.send(conversation, hello, 'op', running),
  };
}

/** Lets what is under way come to where it waits for time or an answer. */
async function settle(): Promise<void> {
  for (let n = 0; n < 5; n++) await turn();
}

describe('a request whose answer was lost', () => {
  for (const [why, error] of [
    ['a connection that was cut', cutOff],
    ['a proxy that gave up', new RequestFailed(504, undefined)],
    ['a proxy that got no answer', new RequestFailed(502, undefined)],
  ] as const) {
    it(`is known by the events that follow, after ${why}`, async () => {
      const w = world();
      w.open();
      const outcome = w.send();
      await settle();
      w.fail(error);
      await settle();
      w.messaging.handle([sent]);
      assert.deepEqual(await outcome, { kind: 'sent', href: sent.href });
    });
  }

  it('is not waited for when the event comes first: the connection may have fallen silent', async () => {
    const w = world();
    w.open();
    const outcome = w.send();
    await settle();
    w.messaging.handle([sent]);
    assert.deepEqual(await outcome, { kind: 'sent', href: sent.href });
  });

  it('stays unknown when no event comes', async () => {
    const w = world();
    w.open();
    const outcome = assert.rejects(w.send(), cutOff);
    await settle();
    w.fail(cutOff);
    await settle();
    w.clock.advance(8_000);
    await outcome;
    assert.equal(w.clock.pending, 0);
  });

  it('has invited all the same when an event says that it rings: then its end is waited for', async () => {
    const w = world();
    const outcome = w.start();
    w.fail(cutOff);
    await settle();
    w.messaging.handle([invitation]);
    w.clock.advance(20_000);
    await settle();
    w.messaging.handle([accepted]);
    assert.deepEqual(await outcome, { kind: 'accepted', conversation, threadId: 'thread' });
  });

  it('is taken back when it rings after it was given up', async () => {
    const w = world();
    const outcome = assert.rejects(w.start(), cutOff);
    w.fail(cutOff);
    await settle();
    w.clock.advance(8_000);
    await outcome;
    w.messaging.handle([invitation]);
    assert.equal(w.requests.at(-1)?.href, '/i/1/cancel');
  });

  it('fails at once where nothing can have been done', async () => {
    const w = world();
    const refused = new RequestFailed(503, undefined, 2_000);
    const outcome = assert.rejects(w.start(), refused);
    w.fail(refused);
    await outcome;
    assert.equal(w.clock.pending, 0);
  });
});
