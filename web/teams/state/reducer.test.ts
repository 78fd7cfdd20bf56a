import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromPlainText } from '../../shared/richText/tree.ts';
import type { Chat, ChatMessage, User } from '../graph/types.ts';
import { reduce, type TeamsAction } from './reducer.ts';
import { initialState, type TeamsState } from './state.ts';
import { chatWith, isUnread, openMessages } from './views.ts';

const me: User = { id: 'a', name: 'Alice Adams', address: 'alice@contoso.example' };
const bob: User = { id: 'b', name: 'Bob Brown', address: 'bob@contoso.example' };
const isthmus: User = { id: 'i', name: 'Isthmus', address: 'isthmus@contoso.example' };

function chat(
  id: string,
  other: User,
  preview?: { id: string; at: number; from: User; text?: string },
): Chat {
  return {
    id,
    topic: '',
    others: [other],
    preview: preview && {
      id: preview.id,
      at: preview.at,
      fromId: preview.from.id,
      text: preview.text ?? 'text',
    },
    readUpTo: 0,
    createdAt: 1,
  };
}

function message(id: string, from: User, text: string, more: Partial<ChatMessage> = {}): ChatMessage {
  return {
    id,
    version: `${id} 1`,
    at: Number(id),
    fromId: from.id,
    fromName: from.name,
    content: fromPlainText(text),
    edited: false,
    deleted: false,
    reactions: [],
    ...more,
  };
}

function after(...actions: readonly TeamsAction[]): TeamsState {
  return actions.reduce(reduce, initialState(me));
}

const loaded = (chats: readonly Chat[], watching = true): TeamsAction => ({
  type: 'chatsLoaded',
  chats,
  watching,
});
const open = (chatId: string): TeamsAction => ({ type: 'opened', open: { kind: 'chat', chatId } });

describe('the list of chats', () => {
  it('shows no toast for what was there at sign-in', () => {
    const state = after(loaded([chat('1', bob, { id: '10', at: 10, from: bob })]));
    assert.deepEqual(state.toasts, []);
    assert.ok(state.chats?.every((one) => isUnread(state, one)));
  });

  it('shows a toast for a new conversation and for a new message, once', () => {
    const first = loaded([chat('1', bob, { id: '10', at: 10, from: bob, text: 'Hi' })]);
    const state = after(loaded([]), first);
    assert.deepEqual(state.toasts, [{ key: '1 10', chatId: '1', from: 'Bob Brown', text: 'Hi' }]);
    assert.equal(reduce(state, first), state);
    const closed = reduce(state, { type: 'toastClosed', key: '1 10' });
    assert.deepEqual(reduce(closed, first).toasts, []);
    const second = loaded([chat('1', bob, { id: '11', at: 11, from: bob, text: 'Hello?' })]);
    assert.deepEqual(
      reduce(closed, second).toasts.map((toast) => toast.text),
      ['Hello?'],
    );
  });

  it('shows none for the chat that is being looked at, nor for own messages', () => {
    const watched = after(
      loaded([chat('1', bob)]),
      open('1'),
      loaded([chat('1', bob, { id: '10', at: 10, from: bob })]),
    );
    assert.deepEqual(watched.toasts, []);
    const unwatched = after(
      loaded([chat('1', bob)]),
      open('1'),
      loaded([chat('1', bob, { id: '10', at: 10, from: bob })], false),
    );
    assert.equal(unwatched.toasts.length, 1);
    const own = after(loaded([]), loaded([chat('1', bob, { id: '10', at: 10, from: me })]));
    assert.deepEqual(own.toasts, []);
  });

  it('shows none for a notice about the open chat, whose message says itself why', () => {
    const text = 'Not delivered to Bob Brown: Bob Brown is offline. Send…';
    const notice = chat('n', isthmus, { id: '10', at: 10, from: isthmus, text });
    const open1 = after(loaded([chat('1', bob)]), open('1'), loaded([chat('1', bob), notice]));
    assert.deepEqual(open1.toasts, []);
    const elsewhere = after(loaded([chat('1', bob)]), loaded([chat('1', bob), notice]));
    assert.equal(elsewhere.toasts.length, 1);
  });

  it('keeps what was read here, although an older answer of the server comes later', () => {
    const state = after(
      loaded([chat('1', bob, { id: '10', at: 10, from: bob })]),
      { type: 'read', chatId: '1', upTo: 10 },
      loaded([chat('1', bob, { id: '10', at: 10, from: bob, text: 'edited' })]),
    );
    assert.ok(state.chats?.every((one) => !isUnread(state, one)));
  });

  it('finds the one-to-one chat with a person', () => {
    const state = after(loaded([{ ...chat('g', bob), topic: 'Team' }, chat('1', bob)]));
    assert.equal(chatWith(state, bob)?.id, '1');
    assert.equal(chatWith(state, isthmus), undefined);
  });
});

describe('a message of one’s own', () => {
  const sending: TeamsAction = {
    type: 'sending',
    at: '1',
    message: { key: 'k', text: 'Hi', at: 5, trouble: undefined },
  };

  it('is sending until Teams has it, then sent', () => {
    const before = after(
      loaded([chat('1', bob)]),
      open('1'),
      { type: 'messagesLoaded', chatId: '1', messages: [] },
      sending,
    );
    assert.deepEqual(
      openMessages(before)?.map((one) => one.send?.kind),
      ['sending'],
    );
    const done = reduce(before, { type: 'sent', at: '1', key: 'k', message: message('10', me, 'Hi') });
    assert.deepEqual(
      openMessages(done)?.map((one) => [one.key, one.send?.kind]),
      [['10', 'sent']],
    );
  });

  it('stands once, although polling found it before the answer came', () => {
    const state = after(
      loaded([chat('1', bob)]),
      open('1'),
      sending,
      { type: 'messagesLoaded', chatId: '1', messages: [message('10', me, 'Hi')] },
      { type: 'sent', at: '1', key: 'k', message: message('10', me, 'Hi') },
    );
    assert.equal(openMessages(state)?.length, 1);
  });

  it('is not delivered once it carries the warning sign, with the reason of the notice when that comes', () => {
    const failed = message('10', me, 'Hi', { reactions: ['⚠️'] });
    const marked = after(loaded([chat('1', bob)]), open('1'), {
      type: 'messagesLoaded',
      chatId: '1',
      messages: [failed],
    });
    const [shown] = openMessages(marked) ?? [];
    assert.equal(shown?.send?.kind, 'notDelivered');
    assert.deepEqual(shown?.reactions, []);
    const notice = 'Not delivered to Bob Brown: Bob Brown is offline.\nTry later.\nMessage 10';
    const told = reduce(marked, {
      type: 'messagesLoaded',
      chatId: 'n',
      messages: [message('11', isthmus, notice)],
    });
    assert.deepEqual(openMessages(told)?.[0]?.send, {
      kind: 'notDelivered',
      reason: 'Bob Brown is offline. Try later.',
    });
  });

  it('is not marked by somebody else who writes like the gateway', () => {
    const state = after(
      loaded([chat('1', bob)]),
      open('1'),
      { type: 'messagesLoaded', chatId: '1', messages: [message('10', me, 'Hi')] },
      {
        type: 'messagesLoaded',
        chatId: '1',
        messages: [message('11', bob, 'Not delivered to Bob Brown: no.\nMessage 10')],
      },
    );
    assert.equal(openMessages(state)?.[0]?.send?.kind, 'sent');
  });

  it('moves from a draft into its chat, with what waits behind it', () => {
    const draft = { kind: 'draft', person: bob } as const;
    const at = 'draft bob@contoso.example';
    const state = after(
      loaded([]),
      { type: 'opened', open: draft },
      { ...sending, at },
      { type: 'chatCreated', draft, chat: chat('1', bob) },
    );
    assert.deepEqual(state.open, { kind: 'chat', chatId: '1' });
    assert.equal(state.outgoing['1']?.length, 1);
    assert.equal(state.outgoing[at], undefined);
  });
});

describe('the messages of a chat', () => {
  it('stand in the order written, each once, in the newest version', () => {
    const state = after(
      open('1'),
      { type: 'messagesLoaded', chatId: '1', messages: [message('12', bob, 'b'), message('10', bob, 'a')] },
      {
        type: 'messagesLoaded',
        chatId: '1',
        messages: [message('10', bob, 'A', { version: '10 2' }), message('11', me, 'x')],
      },
    );
    assert.deepEqual(
      openMessages(state)?.map((one) => one.key),
      ['10', '11', '12'],
    );
    assert.deepEqual(openMessages(state)?.[0]?.content, fromPlainText('A'));
  });

  it('change nothing when nothing changed', () => {
    const action: TeamsAction = { type: 'messagesLoaded', chatId: '1', messages: [message('10', bob, 'a')] };
    const state = after(action);
    assert.equal(reduce(state, action), state);
  });
});
