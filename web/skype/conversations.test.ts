import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { textOf } from '../shared/richText/tree.ts';
import { createStore } from '../shared/store.ts';
import { ajaxTime, createConversations } from './conversations.ts';
import type { Outbox } from './outbox.ts';
import { reduce, type SkypeAction } from './state/reducer.ts';
import { initialState, type SkypeState } from './state/state.ts';
import type { Ucwa } from './ucwa/client.ts';
import { eventsOf, type Reason } from './ucwa/events.ts';

const alice = 'sip:alice@contoso.example';
const conversation = '/app/communication/conversations/c1';
const invitationHref = '/app/communication/messagingInvitations/i1';

function world() {
  const store = createStore<SkypeState, SkypeAction>(
    reduce,
    initialState({ uri: 'sip:bob@contoso.example', name: 'Bob' }),
  );
  const told: string[] = [];
  const why = (reason: Reason | undefined): string => reason?.subcode ?? 'no reason';
  const outbox: Outbox = {
    send: () => undefined,
    pump: (peer) => void told.push(`pump ${peer}`),
    invitationEnded: (id, reason, success) => void told.push(`invitation ${id} ${success} ${why(reason)}`),
    messageEnded: (id, href, reason, success) =>
      void told.push(`message ${id || href} ${success} ${why(reason)}`),
    windowFor: (id) => (id === 'op' ? alice : undefined),
    sessionOver: (peer, reason) => void told.push(`over ${peer} ${why(reason)}`),
    keep: () => undefined,
  };
  const nothing = (): never => {
    throw new Error('every event brings its resource here');
  };
  const ucwa: Ucwa = { get: nothing, post: nothing, postText: nothing, delete: nothing, deleteLast: nothing };
  const conversations = createConversations(
    ucwa,
    store,
    outbox,
    () => [],
    () => 99,
  );
  const hear = async (sender: string, ...events: readonly object[]): Promise<void> => {
    const href = sender === 'conversation' ? conversation : '/app/communication';
    for (const event of eventsOf({ sender: [{ rel: sender, href, events }] }))
      await conversations.handle(event);
  };
  return { store, told, hear };
}

const embedded = (rel: string, href: string, resource: object, more: object): object => ({
  link: { rel, href },
  _embedded: { [rel]: { rel, ...resource } },
  ...more,
});

const incoming = embedded(
  'messagingInvitation',
  invitationHref,
  {
    direction: 'Incoming',
    state: 'Connecting',
    _links: {
      conversation: { href: conversation },
      accept: { href: `${invitationHref}/accept` },
      decline: { href: `${invitationHref}/decline` },
      message: { href: 'data:text/plain;charset=utf-8,Hi+Bob%0d%0a' },
    },
    _embedded: { from: { name: 'Alice Adams', uri: 'sip:Alice@contoso.example' } },
  },
  { type: 'started' },
);
const accept: SkypeAction = { type: 'invitationAnswered', href: invitationHref, accepted: true, at: 1 };

describe('the events of a conversation', () => {
  it('begin with an invitation that carries the text and both answers', async () => {
    const { store, hear } = world();
    await hear('communication', incoming);
    const [invitation] = store.get().invitations;
    assert.deepEqual([invitation?.window, invitation?.name], [alice, 'Alice Adams']);
    assert.equal(textOf(invitation?.content ?? []), 'Hi Bob');
  });

  it('keep the answers of the start, although an update comes without them', async () => {
    const { store, hear } = world();
    await hear('communication', incoming, {
      ...embedded(
        'messagingInvitation',
        invitationHref,
        { direction: 'Incoming', _links: {} },
        { type: 'updated' },
      ),
    });
    assert.equal(store.get().invitations[0]?.accept, `${invitationHref}/accept`);
  });

  it('open a window for each person behind the gateway’s own account, which names them in the subject', async () => {
    const { store, hear } = world();
    const behalf = (number: number, subject: string): object =>
      embedded(
        'messagingInvitation',
        `/i/${number}`,
        {
          direction: 'Incoming',
          subject,
          threadId: `thread ${number}`,
          _links: {
            conversation: { href: `/c/${number}` },
            accept: { href: '/a' },
            decline: { href: '/d' },
            message: { href: 'data:text/plain,Hi' },
          },
          _embedded: { from: { name: 'Isthmus', uri: 'sip:isthmus@contoso.example' } },
        },
        { type: 'started' },
      );
    await hear('communication', behalf(1, 'Dave Davis (Teams)'), behalf(2, 'Erin Evans (Teams)'));
    for (const { href } of store.get().invitations)
      store.dispatch({ type: 'invitationAnswered', href, accepted: true, at: 1 });
    assert.deepEqual(
      Object.values(store.get().windows).map(({ name, peer, threadId }) => [name, peer, threadId]),
      [
        ['Dave Davis (Teams)', 'sip:isthmus@contoso.example', 'thread 1'],
        ['Erin Evans (Teams)', 'sip:isthmus@contoso.example', 'thread 2'],
      ],
    );
  });

  it('tell of a missed invitation, and not of one that another client took', async () => {
    const over = (subcode: string): object =>
      embedded(
        'messagingInvitation',
        invitationHref,
        { direction: 'Incoming', _embedded: { from: { name: 'Alice Adams', uri: alice } } },
        { type: 'completed', status: 'Failure', reason: { code: 'x', subcode } },
      );
    for (const nobodyTookIt of ['Missed', 'Canceled']) {
      const missed = world();
      await missed.hear('communication', incoming, over(nobodyTookIt));
      const window = missed.store.get().windows[alice];
      assert.deepEqual([window?.lines.length, window?.unread], [2, true], nobodyTookIt);
    }
    const elsewhere = world();
    await elsewhere.hear('communication', incoming, over('ConnectedElsewhere'));
    assert.deepEqual(elsewhere.store.get().windows, {});
  });

  it('connect the window, show what the other writes and when, and who is typing', async () => {
    const { store, told, hear } = world();
    await hear('communication', incoming);
    store.dispatch(accept);
    await hear(
      'conversation',
      { link: { rel: 'localParticipant', href: `${conversation}/participants/bob` }, type: 'added' },
      embedded(
        'messaging',
        `${conversation}/messaging`,
        { state: 'Connected', _links: { sendMessage: { href: '/send' }, stopMessaging: { href: '/stop' } } },
        { type: 'updated' },
      ),
      embedded(
        'message',
        `${conversation}/messaging/messages/2`,
        {
          direction: 'Incoming',
          timeStamp: '/Date(1383784870271)/',
          _links: {
            participant: { href: 'x', title: 'Alice Adams' },
            plainMessage: { href: 'data:text/plain;charset=utf-8,Hi+Bob%0d%0a' },
          },
        },
        { type: 'completed', status: 'Success' },
      ),
      {
        link: { rel: 'participant', href: `${conversation}/participants/bob` },
        in: { rel: 'typingParticipants', href: 't' },
        type: 'added',
      },
    );
    const window = store.get().windows[alice];
    assert.equal(window?.session.kind === 'connected' && window.session.sendMessage, '/send');
    assert.deepEqual(
      window?.lines.map((line) => [textOf(line.content).trim(), line.at]),
      [['Hi Bob', 1383784870271]],
    );
    assert.equal(window?.peerTyping, false);
    assert.deepEqual(told, [`pump ${alice}`]);
    await hear('conversation', {
      link: { rel: 'participant', href: `${conversation}/participants/alice` },
      in: { rel: 'typingParticipants', href: 't' },
      type: 'added',
    });
    assert.equal(store.get().windows[alice]?.peerTyping, true);
  });

  it('tell the outbox how invitations and messages of one’s own ended', async () => {
    const { told, hear } = world();
    const outgoing = (more: object): object =>
      embedded('messagingInvitation', invitationHref, { direction: 'Outgoing', operationId: 'op' }, more);
    await hear('communication', outgoing({ type: 'completed', status: 'Success' }));
    await hear(
      'communication',
      outgoing({
        type: 'completed',
        status: 'Failure',
        reason: { code: 'RemoteFailure', subcode: 'Declined' },
      }),
    );
    await hear(
      'conversation',
      embedded('message', '/m/7', { direction: 'Outgoing' }, { type: 'completed', status: 'Success' }),
    );
    assert.deepEqual(told, [
      'invitation op true no reason',
      'invitation op false Declined',
      'message /m/7 true no reason',
    ]);
  });

  it('say once that the other has left, however often the pool does', async () => {
    const { store, told, hear } = world();
    await hear('communication', incoming);
    store.dispatch(accept);
    const reason = { code: 'Informational', subcode: 'Ended' };
    await hear(
      'conversation',
      embedded(
        'messaging',
        `${conversation}/messaging`,
        { state: 'Disconnected' },
        { type: 'updated', reason },
      ),
    );
    await hear('communication', {
      link: { rel: 'conversation', href: conversation },
      type: 'deleted',
      reason,
    });
    const notices = store.get().windows[alice]?.lines.filter((line) => line.author === 'notice');
    assert.deepEqual(
      notices?.map((line) => textOf(line.content)),
      ['Alice Adams has left the conversation.'],
    );
    assert.deepEqual(told, [`over ${alice} Ended`, `pump ${alice}`]);
  });

  it('carry times as ASP.NET writes them', () => {
    assert.equal(ajaxTime('/Date(1383784870271)/'), 1383784870271);
    assert.equal(ajaxTime('2013-11-07T00:41:10Z'), undefined);
  });
});
