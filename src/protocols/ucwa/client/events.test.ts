import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseEvent, parsePackage } from './events.ts';

const app = '/ucwa/oauth/v1/applications/1';
const conversation = `${app}/communication/conversations/c1`;

/** Anything, now and then under a name that means something in a package. */
const names = fc.constantFrom(
  '_links',
  '_embedded',
  'sender',
  'events',
  'link',
  'rel',
  'href',
  'type',
  'in',
  'status',
  'reason',
  'message',
  'messaging',
  'messagingInvitation',
  'participant',
  'next',
);
const garbage = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.anything(),
    fc.constantFrom('started', 'completed', 'messagingInvitation', 'message', 'data:text/plain,%', '/x'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(names, tie('value'), { maxKeys: 8 }),
  ),
})).value;

describe('parsing event packages', () => {
  it('never throws, whatever came', () => {
    fc.assert(
      fc.property(garbage, (body) => {
        const parsed = parsePackage(body);
        if (parsed) for (const event of parsed.events) assert.equal(typeof event.href, 'string');
        parseEvent(body, conversation);
      }),
    );
  });

  it('keeps the readable events when others are garbage, in order', () => {
    const good = { link: { rel: 'presence', href: `${app}/me/presence` }, type: 'updated' };
    fc.assert(
      fc.property(fc.array(garbage, { maxLength: 5 }), (others) => {
        const events = [good, ...others, { ...good, type: 'deleted' }];
        const parsed = parsePackage({
          _links: { next: { href: `${app}/events?ack=2` } },
          sender: [{ rel: 'me', href: `${app}/me`, events }],
        });
        assert.equal(parsed?.events[0]?.type, 'updated');
        assert.equal(parsed?.events.at(-1)?.type, 'deleted');
      }),
    );
  });

  it('accepts a package without senders, and one that says to resume or to resync', () => {
    assert.deepEqual(parsePackage({ _links: { next: { href: '/e?ack=2' } } }), {
      events: [],
      onward: { kind: 'next', href: '/e?ack=2' },
    });
    assert.equal(parsePackage({ _links: { resume: { href: '/e' } }, sender: [] })?.onward.kind, 'resume');
    assert.equal(parsePackage({ _links: { resync: { href: '/e' } }, sender: [] })?.onward.kind, 'resync');
    assert.equal(parsePackage({ sender: [] }), undefined);
  });

  it('decodes the text of a message in both forms', () => {
    const texts = ['data:text/plain;charset=utf-8,Hi+Tosh%0d%0a', 'data:text/plain;base64,SGkgVG9zaA0K'].map(
      (href) => {
        const event = parseEvent(
          {
            link: { rel: 'message', href: `${conversation}/messaging/messages/2` },
            type: 'completed',
            status: 'Success',
            _embedded: {
              message: {
                direction: 'Incoming',
                timeStamp: '/Date(1383784870271)/',
                _links: { plainMessage: { href } },
              },
            },
          },
          conversation,
        );
        assert.equal(event?.kind, 'message');
        return event?.kind === 'message' ? [event.content?.text, event.at, event.conversation] : [];
      },
    );
    assert.deepEqual(texts[0], ['Hi Tosh\r\n', 1383784870271, conversation]);
    assert.deepEqual(texts[1], texts[0]);
  });

  it('takes a participant in a roster for no joining', () => {
    const typing = parseEvent(
      {
        link: { rel: 'participant', href: `${conversation}/participants/a` },
        in: { rel: 'typingParticipants', href: `${conversation}/messaging/typingParticipants` },
        type: 'added',
      },
      conversation,
    );
    assert.equal(typing?.kind, 'other');
  });
});
