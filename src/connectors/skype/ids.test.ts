import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { MessageId } from '../../core/ids.ts';
import type { SipUri } from '../../core/people.ts';
import { parseThreadKey, remoteId, sipUri, threadBegunBy, threadKey } from './ids.ts';

const sip = fc.string({ unit: 'grapheme' }).map((name): SipUri => `sip:${name.toWellFormed()}`);
const word = fc.string({ unit: 'grapheme' }).map((text) => text.toWellFormed());

describe('names of threads and messages', () => {
  it('read back what was minted, whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.record({ pool: word, owner: sip, peer: sip, thread: word }, { noNullPrototype: true }),
        (thread) => {
          assert.deepEqual(parseThreadKey(threadKey(thread)), thread);
        },
      ),
    );
  });

  it('do not read what this connector did not mint', () => {
    fc.assert(
      fc.property(fc.string(), (key) => {
        const parsed = parseThreadKey(key as ReturnType<typeof threadKey>);
        assert.ok(parsed === undefined || parsed.owner.startsWith('sip:'));
      }),
    );
  });

  it('name a message the same each time, and differently in another incarnation', () => {
    assert.equal(remoteId('one', '/m/2'), remoteId('one', '/m/2'));
    assert.notEqual(remoteId('one', '/m/2'), remoteId('two', '/m/2'));
    assert.notEqual(remoteId('one', '/m/2'), remoteId('one', '/m/3'));
  });

  it('find the address in whatever form it comes', () => {
    assert.equal(sipUri('SIP:Bob@Contoso.example;gruu;opaque=x'), 'sip:bob@contoso.example');
    assert.equal(sipUri('bob@contoso.example'), 'sip:bob@contoso.example');
    for (const bad of ['', 'sip:', 'tel:+1', 'sip:bob', 'a b@c']) assert.equal(sipUri(bad), undefined, bad);
  });

  it('name the thread that a message begins the same way every time, and no other message’s', () => {
    const named = ['m1' as MessageId, 'm2' as MessageId, 'm1' as MessageId].map(threadBegunBy);
    assert.deepEqual([new Set(named).size, named[0]], [2, named[2]]);
    assert.match(named[0] ?? '', /^[\w-]{24}$/);
  });
});
