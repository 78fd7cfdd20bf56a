import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { mutatedJson } from '../../../../test/kit/fuzz.ts';
import { batch } from './batch.ts';
import { getChatWithMembers } from './chats.ts';
import { type GraphClient, refusal } from './graph-client.ts';
import { getMessage, messagesOfUser } from './messages.ts';
import { presencesOf } from './presence.ts';
import type { TokenSource } from './result.ts';
import { message } from './shapes.ts';
import { listSubscriptions } from './subscriptions.ts';

const never = new AbortController().signal;
const account: TokenSource = { token: async () => ({ ok: true, token: 't' }), rejected: () => undefined };

/** Answers every request with the same body, as far as it has the shape that is asked for. */
function answering(body: unknown): GraphClient & { readonly asked: number } {
  let asked = 0;
  return {
    baseUrl: 'https://graph.example/v1.0',
    get asked() {
      return asked;
    },
    async call(_as, request) {
      asked += 1;
      const value = request.answer(body);
      return value === undefined
        ? { ok: false, failure: { kind: 'malformed', status: 200, detail: 'unexpected shape' } }
        : { ok: true, value };
    },
  };
}

const chatMessage = {
  id: '1700000000000',
  messageType: 'message',
  createdDateTime: '2026-01-05T09:00:00.123Z',
  lastModifiedDateTime: '2026-01-05T09:00:00.123Z',
  deletedDateTime: null,
  chatId: '19:x@unq.gbl.spaces',
  from: { application: null, user: { id: 'a11ce000-0000-4000-8000-000000000001', displayName: 'Alice' } },
  body: { contentType: 'html', content: '<p>hi</p>' },
  attachments: [{ id: '1', contentType: 'reference', name: null }],
  mentions: [],
  reactions: [],
};
const samples = [
  {
    value: [chatMessage],
    '@odata.nextLink': 'https://graph.example/v1.0/users/a/chats/getAllMessages?$skiptoken=1',
  },
  { responses: [{ id: '1', status: 200, headers: { 'Retry-After': '3' }, body: chatMessage }] },
  chatMessage,
  {
    id: '19:x',
    chatType: 'oneOnOne',
    topic: null,
    members: [
      { id: 'm', userId: 'a' },
      { id: 'n', userId: 'b' },
    ],
  },
  { value: [{ id: 'a', availability: 'Busy', activity: 'InACall' }] },
  {
    value: [
      {
        id: 's',
        resource: '/chats/getAllMessages',
        expirationDateTime: 'soon',
        notificationUrl: 'https://x',
      },
    ],
  },
];

describe('the Graph client', () => {
  it('gives every answer as a value, whatever was done to it, and follows no pages for ever', async () => {
    await fc.assert(
      fc.asyncProperty(mutatedJson(...samples), async (body) => {
        const graph = answering(body);
        await getMessage(graph, account, 'c', 'm', never);
        await getChatWithMembers(graph, account, 'c', never);
        await presencesOf(graph, account, ['a', 'b'], never);
        await listSubscriptions(graph, account, never);
        const steps = Array.from({ length: 3 }, () => ({
          method: 'GET' as const,
          path: '/me',
          answer: (value: unknown) => (message.Check(value) ? value : undefined),
        }));
        const many = await batch(graph, account, steps, never);
        if (many.ok) assert.equal(many.value.length, 3);
        for await (const page of messagesOfUser(graph, account, 'a', { after: 0, before: 1 }, never))
          if (page.ok) for (const item of page.value.items) assert.equal(typeof item.id, 'string');
        assert.ok(graph.asked < 1_000);
      }),
      { numRuns: 150 },
    );
  });

  it('reads a refusal whatever it looks like', () => {
    const error = { error: { code: 'TooManyRequests', message: 'slow', innerError: { 'request-id': 'r1' } } };
    fc.assert(
      fc.property(
        mutatedJson(error),
        fc.oneof(fc.string(), fc.constantFrom('7', '-1', '1e9', '999999999')),
        (body, after) => {
          const found = refusal(429, { 'retry-after': after }, body);
          assert.ok(
            found.kind === 'answered' &&
              (found.retryAfterMs ?? 0) >= 0 &&
              Number.isFinite(found.retryAfterMs ?? 0),
          );
        },
      ),
    );
  });
});
