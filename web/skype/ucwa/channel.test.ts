import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { followEvents } from './channel.ts';
import { type Ucwa, UcwaError } from './client.ts';
import { eventsOf, onwardOf } from './events.ts';

type Answer = unknown;

function scripted(answers: readonly Answer[], ending: AbortController): { ucwa: Ucwa; asked: string[] } {
  const asked: string[] = [];
  const left = [...answers];
  const refuse = (): never => {
    throw new Error('the channel only reads');
  };
  return {
    asked,
    ucwa: {
      get: async (href) => {
        asked.push(href);
        const answer = left.shift();
        if (left.length === 0) ending.abort();
        if (answer instanceof Error) throw answer;
        return answer;
      },
      post: refuse,
      postText: refuse,
      delete: refuse,
      deleteLast: refuse,
    },
  };
}

async function follow(answers: readonly Answer[]) {
  const ending = new AbortController();
  const { ucwa, asked } = scripted(answers, ending);
  const heard: string[] = [];
  await followEvents(
    ucwa,
    '/events?ack=1',
    {
      events: async (events) => void heard.push(...events.map((event) => `${event.rel} ${event.type}`)),
      forgotten: async () => void heard.push('forgotten'),
      connected: () => undefined,
      ended: (how) => void heard.push(how),
    },
    ending.signal,
  );
  await new Promise((resolve) => setImmediate(resolve));
  return { asked, heard };
}

const payload = (lead: string, href: string, ...rels: readonly string[]): unknown => ({
  _links: { self: { href: 'x' }, [lead]: { href } },
  sender: [
    {
      rel: 'me',
      href: '/me',
      events: rels.map((rel) => ({ link: { rel, href: `/${rel}` }, type: 'updated' })),
    },
  ],
});

describe('the event channel', () => {
  it('goes on where each answer says, and hands over events in order', async () => {
    const { asked, heard } = await follow([
      payload('next', '/events?ack=2', 'presence', 'note'),
      { _links: { next: { href: '/events?ack=3' } } },
      payload('next', '/events?ack=4', 'location'),
    ]);
    assert.deepEqual(asked, ['/events?ack=1', '/events?ack=2', '/events?ack=3']);
    assert.deepEqual(heard, ['presence updated', 'note updated', 'location updated']);
  });

  it('tells that all was forgotten after resync and resume, and goes on', async () => {
    const { asked, heard } = await follow([
      payload('resume', '/events?ack=5', 'me'),
      { _links: { resync: { href: '/events?ack=7' } } },
      payload('next', '/events?ack=8'),
    ]);
    assert.deepEqual(asked, ['/events?ack=1', '/events?ack=5', '/events?ack=7']);
    assert.deepEqual(heard, ['me updated', 'forgotten', 'forgotten']);
  });

  it('ends when the application is gone, and waits for a person when it was taken over or given up', async () => {
    const gone = new UcwaError(404, 'NotFound', 'ApplicationNotFound', '');
    const replaced = new UcwaError(409, 'Conflict', 'PGetReplaced', '');
    const tooMany = new UcwaError(410, 'Gone', 'TooManyApplications', '');
    assert.deepEqual((await follow([gone, {}])).heard, ['gone']);
    assert.deepEqual((await follow([replaced, {}])).heard, ['stopped']);
    assert.deepEqual((await follow([tooMany, {}])).heard, ['stopped']);
  });
});

describe('an event payload', () => {
  it('is flat in the order sent, a sender as often as it stands there', () => {
    const events = eventsOf({
      sender: [
        {
          rel: 'people',
          href: '/p',
          events: [
            {
              link: { rel: 'contact', href: '/c' },
              in: { rel: 'subscribedContacts', href: '/s' },
              type: 'added',
            },
          ],
        },
        {
          rel: 'conversation',
          href: '/v',
          events: [
            {
              link: { rel: 'message', href: '/m' },
              type: 'completed',
              status: 'Failure',
              reason: { code: 'Timeout', subcode: 'Timeout' },
              _embedded: { message: { direction: 'Outgoing' } },
            },
          ],
        },
        { rel: 'people', href: '/p', events: [{ link: { rel: 'contact', href: '/d' }, type: 'deleted' }] },
      ],
    });
    assert.deepEqual(
      events.map((event) => [event.sender, event.href, event.inRel, event.status, event.reason?.subcode]),
      [
        ['people', '/c', 'subscribedContacts', '', undefined],
        ['conversation', '/m', '', 'Failure', 'Timeout'],
        ['people', '/d', '', '', undefined],
      ],
    );
    assert.deepEqual(events[1]?.resource, { direction: 'Outgoing' });
  });

  it('may lack everything', () => {
    for (const nothing of [undefined, null, 'x', {}, { sender: [null, {}] }])
      assert.deepEqual(eventsOf(nothing), []);
    assert.deepEqual(onwardOf({}), { kind: 'nowhere' });
  });
});
