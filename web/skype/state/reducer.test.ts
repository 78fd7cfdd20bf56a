import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { noRemarks } from '../../shared/presence/remarks.ts';
import { fromPlainText, textOf } from '../../shared/richText/tree.ts';
import { reduce, type SkypeAction } from './reducer.ts';
import { type Invitation, initialState, type Line, type LineState, type SkypeState, sipOf } from './state.ts';
import { contactsFor, windowsByTime } from './views.ts';

const alice = 'sip:alice@contoso.example';
const conversation = '/ucwa/c/1';

const invitation: Invitation = {
  href: '/ucwa/i/1',
  conversation,
  window: alice,
  threadId: 't1',
  name: 'Alice Adams',
  content: fromPlainText('Hi Bob'),
  accept: '/ucwa/i/1/accept',
  decline: '/ucwa/i/1/decline',
};

function line(
  key: string,
  author: Line['author'],
  text: string,
  state: LineState = { kind: 'received' },
): Line {
  return { key, author, authorName: 'x', at: 10, content: fromPlainText(text), state };
}

function after(...actions: readonly SkypeAction[]): SkypeState {
  return actions.reduce(reduce, initialState({ uri: 'sip:bob@contoso.example', name: 'Bob Brown' }));
}

const invited: SkypeAction = { type: 'invited', invitation };
const accepted: SkypeAction = { type: 'invitationAnswered', href: invitation.href, accepted: true, at: 5 };
const texts = (state: SkypeState): readonly (readonly [string, string])[] =>
  (state.windows[alice]?.lines ?? []).map((one) => [one.author, textOf(one.content)]);

describe('an invitation', () => {
  it('is a toast until it is answered', () => {
    assert.equal(after(invited, invited).invitations.length, 1);
    assert.deepEqual(after(invited, accepted).invitations, []);
  });

  it('opens a window with its text when it is accepted', () => {
    const state = after(invited, accepted);
    assert.equal(state.open, alice);
    assert.deepEqual(texts(state), [['peer', 'Hi Bob']]);
    assert.equal(state.windows[alice]?.session.kind, 'connected');
  });

  it('leaves no window when it is declined', () => {
    const state = after(invited, {
      type: 'invitationAnswered',
      href: invitation.href,
      accepted: false,
      at: 5,
    });
    assert.deepEqual(state.windows, {});
  });

  it('shows its text once, although the same message comes again as an event', () => {
    const state = after(invited, accepted, {
      type: 'received',
      conversation,
      line: line('m2', 'peer', 'Hi Bob\r\n'),
    });
    assert.deepEqual(texts(state), [['peer', 'Hi Bob']]);
    const next = reduce(state, { type: 'received', conversation, line: line('m3', 'peer', 'Hi Bob') });
    assert.equal(texts(next).length, 2);
  });

  it('that was missed leaves its text and says so', () => {
    const state = after(invited, {
      type: 'invitationOver',
      href: invitation.href,
      at: 9,
      note: 'You missed this.',
    });
    assert.deepEqual(texts(state), [
      ['peer', 'Hi Bob'],
      ['notice', 'You missed this.'],
    ]);
    assert.ok(state.windows[alice]?.unread);
  });

  it('that somebody took elsewhere just goes', () => {
    const state = after(invited, { type: 'invitationOver', href: invitation.href, at: 9, note: undefined });
    assert.deepEqual([state.invitations, state.windows], [[], {}]);
  });
});

describe('a conversation window', () => {
  it('is unread when a line comes while another is open', () => {
    const state = after(
      invited,
      accepted,
      { type: 'opened', window: 'sip:carol@contoso.example', name: 'Carol' },
      { type: 'received', conversation, line: line('m3', 'peer', 'Still there?') },
    );
    assert.ok(state.windows[alice]?.unread);
    assert.ok(!reduce(state, { type: 'opened', window: alice, name: '' }).windows[alice]?.unread);
  });

  it('outlives its session, and says once that the peer left', () => {
    const over: SkypeAction = { type: 'conversationOver', conversation, at: 20, note: 'Alice has left.' };
    const state = after(invited, accepted, over, over);
    assert.equal(state.windows[alice]?.session.kind, 'none');
    assert.deepEqual(texts(state).at(-1), ['notice', 'Alice has left.']);
    assert.equal(texts(state).length, 2);
  });

  it('forgets sessions, not words, when the pool forgets', () => {
    const state = after(invited, accepted, { type: 'forgotten' });
    assert.equal(state.windows[alice]?.session.kind, 'none');
    assert.equal(texts(state).length, 1);
  });

  it('stops showing typing when the message is there', () => {
    const typing = after(invited, accepted, { type: 'typing', conversation, typing: true });
    assert.ok(typing.windows[alice]?.peerTyping);
    const done = reduce(typing, { type: 'received', conversation, line: line('m3', 'peer', 'x') });
    assert.ok(!done.windows[alice]?.peerTyping);
  });

  it('ignores what comes for a conversation it does not know', () => {
    const state = after(invited, accepted);
    assert.equal(
      reduce(state, { type: 'received', conversation: '/other', line: line('m', 'peer', 'x') }),
      state,
    );
  });
});

describe('a line of one’s own', () => {
  const writing: SkypeAction = {
    type: 'writing',
    window: alice,
    line: line('k1', 'me', 'Lunch?\nAt noon', { kind: 'sending' }),
  };

  it('goes from sending to delivered or failed', () => {
    const state = after(invited, accepted, writing, {
      type: 'lineState',
      window: alice,
      key: 'k1',
      state: { kind: 'delivered' },
    });
    assert.deepEqual(state.windows[alice]?.lines.at(-1)?.state, { kind: 'delivered' });
  });

  it('fails when the gateway says afterwards that it did not arrive in Teams', () => {
    const state = after(
      invited,
      accepted,
      writing,
      { type: 'lineState', window: alice, key: 'k1', state: { kind: 'delivered' } },
      {
        type: 'received',
        conversation,
        line: line(
          'm4',
          'peer',
          'Not delivered to Alice Adams: Teams could not be reached. Try later.\n> Lunch? At noon',
        ),
      },
    );
    const own = state.windows[alice]?.lines.find((one) => one.key === 'k1');
    assert.deepEqual(own?.state, { kind: 'failed', why: 'Teams could not be reached. Try later.' });
  });
});

describe('a client that was signed out', () => {
  it('shows nobody’s presence any more, and keeps what was said', () => {
    const presence = { badge: 'available', words: 'Available' } as const;
    const state = after(
      { type: 'contacts', contacts: [{ uri: alice, name: 'Alice', presence, remarks: noRemarks }] },
      { type: 'ownPresence', presence },
      invited,
      accepted,
      {
        type: 'connection',
        connection: { kind: 'stopped', trouble: { what: 'Ended.', cure: 'Sign in again.' } },
      },
    );
    assert.deepEqual([state.presence, state.contacts?.[0]?.presence], [undefined, undefined]);
    assert.equal(texts(state).length, 1);
  });
});

describe('addresses and lists', () => {
  it('name one contact in one way', () => {
    assert.equal(sipOf('SIP:Bob@Contoso.example;gruu;opaque=x'), 'sip:bob@contoso.example');
    assert.equal(sipOf('bob@contoso.example'), 'sip:bob@contoso.example');
  });

  it('show own contacts before those of the directory, each once, never oneself', () => {
    const contact = (name: string) => ({
      uri: `sip:${name}@contoso.example`,
      name,
      presence: undefined,
      remarks: noRemarks,
    });
    const state = after({ type: 'contacts', contacts: [contact('anna'), contact('zoe')] });
    const found = [contact('anna'), contact('annette'), contact('bob')];
    assert.deepEqual(
      contactsFor(state, 'an', found).map((one) => one.name),
      ['anna', 'annette'],
    );
    assert.equal(contactsFor(state, '', found).length, 2);
  });

  it('hold windows with words, the newest first', () => {
    const state = after(
      { type: 'opened', window: 'sip:c@x', name: 'C' },
      { type: 'writing', window: 'sip:a@x', line: { ...line('1', 'me', 'a'), at: 1 } },
      { type: 'writing', window: 'sip:b@x', line: { ...line('2', 'me', 'b'), at: 2 } },
    );
    assert.deepEqual(
      windowsByTime(state).map((window) => window.id),
      ['sip:b@x', 'sip:a@x'],
    );
  });
});
