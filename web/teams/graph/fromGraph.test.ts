import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { shownInTeams } from '../../shared/presence/inTeams.ts';
import type { ParseHtml } from '../../shared/richText/parse.ts';
import { toChat, toMessage, toPresences, toUser, versionOf } from './fromGraph.ts';

const parse: ParseHtml = (html) => [{ kind: 'text', text: `html:${html}` }];

const wire = {
  id: '1700000000000',
  etag: '1',
  messageType: 'message',
  createdDateTime: '2026-01-05T09:00:00.15Z',
  lastModifiedDateTime: '2026-01-05T09:00:00.15Z',
  deletedDateTime: null,
  from: { user: { id: 'b', displayName: 'Bob Brown' } },
  body: { contentType: 'html', content: '<p>Hi</p>' },
  reactions: [{ reactionType: 'like' }, { reactionType: '💘' }],
};

describe('what Graph sends', () => {
  it('becomes a message with its author, time, text and reactions', () => {
    assert.deepEqual(toMessage(wire, parse), {
      id: '1700000000000',
      version: '1 2026-01-05T09:00:00.15Z like 💘',
      at: Date.UTC(2026, 0, 5, 9, 0, 0, 150),
      fromId: 'b',
      fromName: 'Bob Brown',
      content: [{ kind: 'text', text: 'html:<p>Hi</p>' }],
      edited: false,
      deleted: false,
      reactions: ['👍', '💘'],
    });
  });

  it('is no message where nobody wrote, and has no text once deleted', () => {
    assert.equal(toMessage({ ...wire, messageType: 'unknownFutureValue', from: null }, parse), undefined);
    const gone = toMessage({ ...wire, deletedDateTime: '2026-01-05T10:00:00Z' }, parse);
    assert.deepEqual([gone?.deleted, gone?.content], [true, []]);
  });

  it('has another version when a reaction came', () => {
    assert.notEqual(
      versionOf(wire),
      versionOf({ ...wire, reactions: [...wire.reactions, { reactionType: '⚠️' }] }),
    );
  });

  it('becomes a chat with the others in it and how far one has read', () => {
    const chat = toChat(
      {
        id: 'c',
        topic: null,
        createdDateTime: '2026-01-05T08:00:00Z',
        viewpoint: { lastMessageReadDateTime: '2026-01-05T09:00:00Z' },
        members: [
          { userId: 'a', displayName: 'Alice Adams', email: 'Alice@contoso.example' },
          { userId: 'b', displayName: 'Bob Brown', email: 'Bob@contoso.example' },
        ],
        lastMessagePreview: wire,
      },
      'a',
      parse,
    );
    assert.deepEqual(chat.others, [{ id: 'b', name: 'Bob Brown', address: 'bob@contoso.example' }]);
    assert.equal(chat.readUpTo, Date.UTC(2026, 0, 5, 9));
    assert.deepEqual([chat.preview?.fromId, chat.preview?.text], ['b', 'html:<p>Hi</p>']);
  });

  it('becomes what stands beside a presence: status message and out of office, as plain text', () => {
    const presence = {
      id: 'b',
      availability: 'Away',
      activity: 'OutOfOffice',
      statusMessage: { message: { content: 'Back at ten<pinnednote></pinnednote>', contentType: 'text' } },
      outOfOfficeSettings: { isOutOfOffice: true, message: 'Until Monday' },
    };
    const { b } = toPresences({ value: [presence] }, parse);
    assert.deepEqual([b?.note, b?.outOfOffice], ['Back at ten', 'html:Until Monday']);
    const quiet = { ...presence, statusMessage: null, outOfOfficeSettings: { isOutOfOffice: false } };
    const seen = toPresences({ value: [quiet] }, parse)['b'];
    assert.deepEqual([seen?.note, seen?.outOfOffice], ['', undefined]);
  });

  it('never throws, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        toUser(value);
        toPresences(value, parse);
        toChat(value, 'a', parse);
        toMessage(value, parse);
      }),
    );
  });
});

describe('presence in Teams’ words', () => {
  const words = (availability: string, activity: string): string =>
    shownInTeams({ availability, activity }).words;

  it('lets the activity speak where it says more', () => {
    assert.equal(words('Busy', 'InACall'), 'In a call');
    assert.equal(words('Busy', 'Busy'), 'Busy');
    assert.equal(words('DoNotDisturb', 'Presenting'), 'Presenting');
    assert.equal(words('Offline', 'OffWork'), 'Offline');
  });

  it('does not mind the case, and knows what it does not know', () => {
    assert.equal(words('doNotDisturb', 'doNotDisturb'), 'Do not disturb');
    assert.equal(words('', ''), 'Status unknown');
    assert.equal(shownInTeams(undefined).badge, 'unknown');
  });
});
