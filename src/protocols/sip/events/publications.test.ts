import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { noBody, type SipRequest, textBody } from '../message.ts';
import { nextExpiry, type Publications, type PublishOutcome, publish, readPublish } from './publications.ts';

const rules = { min: 60, max: 3600, byDefault: 600, maxPublications: 3 };
const content = { contentType: 'application/pidf+xml', body: textBody('<presence/>') };

function publisher() {
  let publications: Publications = [];
  let now = 1_000_000;
  let tags = 0;
  return {
    pass(ms: number): void {
      now += ms;
    },
    get all(): Publications {
      return publications;
    },
    send(
      ifMatch: string | undefined,
      seconds: number | undefined,
      body: typeof content | undefined,
    ): PublishOutcome {
      const step = publish(
        publications,
        { ifMatch, seconds, content: body },
        { rules, now, newTag: `t${++tags}` },
      );
      publications = step.publications;
      return step.outcome;
    },
  };
}

const status = (outcome: PublishOutcome): number | string =>
  outcome.kind === 'refused'
    ? outcome.fault.status
    : `${outcome.change} ${outcome.entityTag ?? '-'} ${outcome.seconds}`;

describe('PUBLISH', () => {
  it('adds, refreshes, modifies and removes by entity tag', () => {
    const one = publisher();
    assert.equal(status(one.send(undefined, 120, content)), 'added t1 120');
    assert.equal(status(one.send('t1', undefined, undefined)), 'refreshed t2 600');
    assert.equal(status(one.send('t2', 9000, content)), 'modified t3 3600');
    assert.equal(status(one.send('t3', 0, undefined)), 'removed - 0');
    assert.equal(one.all.length, 0);
  });

  it('refuses an old or unknown tag with 412', () => {
    const one = publisher();
    one.send(undefined, 120, content);
    one.send('t1', 120, undefined);
    assert.equal(status(one.send('t1', 120, content)), 412);
    assert.equal(status(one.send('never', 0, undefined)), 412);
  });

  it('refuses the tag of what has expired', () => {
    const one = publisher();
    one.send(undefined, 60, content);
    one.pass(60_000);
    assert.equal(status(one.send('t1', 60, undefined)), 412);
  });

  it('refuses too brief a time with 423 and says the least', () => {
    const outcome = publisher().send(undefined, 5, content);
    assert.ok(outcome.kind === 'refused');
    assert.equal(outcome.fault.status, 423);
    assert.deepEqual(outcome.fault.headers, [{ name: 'Min-Expires', value: '60' }]);
  });

  it('keeps the publications of several endpoints apart, up to the limit', () => {
    const one = publisher();
    for (let n = 0; n < 3; n++) one.send(undefined, 60, content);
    assert.equal(status(one.send(undefined, 60, content)), 403);
    assert.equal(status(one.send('t2', 0, undefined)), 'removed - 0');
    assert.deepEqual(
      one.all.map(({ entityTag }) => entityTag),
      ['t1', 't3'],
    );
    assert.equal(nextExpiry(one.all), 1_060_000);
    one.send(undefined, 120, content);
    assert.equal(nextExpiry(one.all), 1_060_000, 'the first of them');
    assert.equal(nextExpiry([]), undefined);
  });

  it('never holds two of one tag nor more than allowed, whatever is asked', () => {
    const wish = fc.tuple(
      fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
      fc.constantFrom(undefined, 0, 5, 60, 5000),
      fc.boolean(),
      fc.nat(100_000),
    );
    fc.assert(
      fc.property(fc.array(wish), (wishes) => {
        const one = publisher();
        for (const [tag, seconds, hasContent, wait] of wishes) {
          one.send(tag === undefined ? undefined : `t${tag}`, seconds, hasContent ? content : undefined);
          one.pass(wait);
          assert.ok(one.all.length <= rules.maxPublications);
          assert.equal(new Set(one.all.map(({ entityTag }) => entityTag)).size, one.all.length);
        }
      }),
    );
  });
});

describe('reading a PUBLISH', () => {
  const request = (headers: SipRequest['headers'], body: Uint8Array = noBody): SipRequest => ({
    kind: 'request',
    method: 'PUBLISH',
    uri: 'sip:a@b',
    headers,
    body,
  });
  const event = { name: 'Event', value: 'presence' };

  it('takes tag, time and content', () => {
    const type = { name: 'Content-Type', value: 'application/pidf+xml' };
    const expires = { name: 'Expires', value: '120' };
    assert.deepEqual(readPublish(request([event, type, expires], content.body)), {
      ifMatch: undefined,
      seconds: 120,
      content,
    });
    assert.deepEqual(readPublish(request([event, { name: 'SIP-If-Match', value: 'x' }])), {
      ifMatch: 'x',
      seconds: undefined,
      content: undefined,
    });
  });

  it('refuses what makes no publication, by field', () => {
    const fault = (headers: SipRequest['headers'], body?: Uint8Array) => {
      const outcome = readPublish(request(headers, body));
      return 'status' in outcome ? [outcome.status, outcome.field] : 'taken';
    };
    assert.deepEqual(fault([]), [489, 'Event']);
    assert.deepEqual(fault([event]), [400, 'body']);
    assert.deepEqual(fault([event], content.body), [400, 'Content-Type']);
    assert.deepEqual(fault([event, { name: 'SIP-If-Match', value: 'a, b' }]), [400, 'SIP-If-Match']);
  });
});
