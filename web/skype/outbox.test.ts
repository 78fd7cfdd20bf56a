import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createStore } from '../shared/store.ts';
import { createOutbox } from './outbox.ts';
import { reduce, type SkypeAction } from './state/reducer.ts';
import { initialState, type SessionState, type SkypeState } from './state/state.ts';
import { type Ucwa, type UcwaAnswer, UcwaError } from './ucwa/client.ts';

const alice = 'sip:alice@contoso.example';
const connected: SessionState = {
  kind: 'connected',
  conversation: '/c/1',
  sendMessage: '/c/1/messages',
  setIsTyping: undefined,
  stop: undefined,
};

/** A pool that takes everything, unless `answer` says otherwise. */
function outboxAt(
  answer: (href: string, text: string) => UcwaAnswer = () => ({ body: undefined, location: '' }),
) {
  const sent: string[] = [];
  const store = createStore<SkypeState, SkypeAction>(
    reduce,
    initialState({ uri: 'sip:bob@contoso.example', name: 'Bob' }),
  );
  let keys = 0;
  let now = 1000;
  const refuse = (): never => {
    throw new Error('an outbox only posts');
  };
  const ucwa: Ucwa = {
    get: refuse,
    delete: refuse,
    deleteLast: refuse,
    post: async (href, body) => {
      const { _links } = body as { _links: { message: { href: string } } };
      const text = decodeURIComponent(_links.message.href.split(',')[1] ?? '');
      sent.push(`${href} ${text}`);
      return answer(href, text);
    },
    postText: async (href, text) => {
      sent.push(`${href.split('?')[0]} ${text}`);
      return answer(href, text);
    },
  };
  const outbox = createOutbox(
    ucwa,
    '/invite',
    store,
    () => now,
    () => `k${++keys}`,
  );
  store.dispatch({ type: 'opened', window: alice, name: 'Alice Adams' });
  return {
    outbox,
    sent,
    store,
    advance: (ms: number) => {
      now += ms;
    },
    session: (session: SessionState) => {
      store.dispatch({ type: 'session', window: alice, session });
      outbox.pump(alice);
    },
    states: () => store.get().windows[alice]?.lines.map((line) => line.state),
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('what a person writes', () => {
  it('begins a conversation with its first line and waits with the rest until it is taken up', async () => {
    const { outbox, sent, session, states } = outboxAt();
    outbox.send(alice, 'Hi');
    outbox.send(alice, 'Lunch?');
    await settled();
    assert.deepEqual(sent, ['/invite Hi']);
    outbox.invitationEnded('k2', undefined, true);
    session(connected);
    await settled();
    assert.deepEqual(sent, ['/invite Hi', '/c/1/messages Lunch?']);
    assert.deepEqual(states(), [{ kind: 'delivered' }, { kind: 'sending' }]);
  });

  it('fails as a whole when nobody takes it up, with the reason', async () => {
    const { outbox, states, store } = outboxAt();
    outbox.send(alice, 'Hi');
    outbox.send(alice, 'Lunch?');
    await settled();
    outbox.invitationEnded('k2', { code: 'RemoteFailure', subcode: 'Declined', message: '' }, false);
    const failed = { kind: 'failed', why: 'Alice Adams did not take up the conversation.' };
    assert.deepEqual(states(), [failed, failed]);
    assert.equal(store.get().windows[alice]?.session.kind, 'none');
  });

  it('is delivered when the pool confirms it, by its operation or by its address', async () => {
    const { outbox, session, states } = outboxAt((href) => ({
      body: undefined,
      location: `http://pool${href.split('?')[0]}/7`,
    }));
    session(connected);
    outbox.send(alice, 'a');
    outbox.send(alice, 'b');
    await settled();
    outbox.messageEnded('k2', '', undefined, true);
    assert.deepEqual(states(), [{ kind: 'delivered' }, { kind: 'sending' }]);
    outbox.messageEnded('', '/c/1/messages/7', { code: 'Timeout', subcode: 'Timeout', message: '' }, false);
    assert.deepEqual(states()?.[1], { kind: 'failed', why: 'Alice Adams did not answer.' });
  });

  it('is delivered although the confirmation, which names no operation, overtakes the answer', async () => {
    const world = outboxAt((href) => {
      world.outbox.messageEnded('', '/c/1/messages/7', undefined, true);
      return { body: undefined, location: `${href.split('?')[0]}/7` };
    });
    world.session(connected);
    world.outbox.send(alice, 'a');
    await settled();
    assert.deepEqual(world.states(), [{ kind: 'delivered' }]);
  });

  it('begins a new conversation when the session turns out to be dead, once', async () => {
    const dead = new UcwaError(404, 'NotFound', 'ConversationNotFound', '');
    const { outbox, sent, session, states } = outboxAt(() => {
      throw dead;
    });
    session(connected);
    outbox.send(alice, 'Hi');
    await settled();
    await settled();
    assert.deepEqual(sent, ['/c/1/messages Hi', '/invite Hi']);
    assert.equal(states()?.[0]?.kind, 'failed');
  });

  it('fails when the session ends before it is confirmed', async () => {
    const { outbox, session, states } = outboxAt();
    session(connected);
    outbox.send(alice, 'Hi');
    await settled();
    outbox.sessionOver(alice, { code: 'Informational', subcode: 'Ended', message: '' });
    assert.equal(states()?.[0]?.kind, 'failed');
  });

  it('never stays sending: without any word of the pool it ends after a while, and says that nobody knows', async () => {
    const { outbox, advance, states } = outboxAt();
    outbox.send(alice, 'Hi');
    outbox.send(alice, 'Lunch?');
    await settled();
    advance(44_000);
    outbox.keep(45_000);
    assert.equal(states()?.[0]?.kind, 'sending');
    outbox.keep(46_000);
    assert.deepEqual(
      states()?.map((state) => state.kind),
      ['failed', 'failed'],
    );
  });
});
