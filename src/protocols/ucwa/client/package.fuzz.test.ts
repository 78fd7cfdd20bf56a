import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  assertKeepsNothing,
  assertNoBlowUp,
  mutatedBytes,
  mutatedJson,
  mutatedText,
} from '../../../../test/kit/fuzz.ts';
import {
  BatchSyntaxError,
  boundaryOf,
  decodeBatchRequest,
  decodeBatchResponse,
  encodeBatchRequest,
  encodeBatchResponse,
} from '../batch.ts';
import { decodeDataUri } from '../data-uri.ts';
import { parseDate, parseTimeSpan } from '../dates.ts';
import { parseChallenges } from '../www-authenticate.ts';
import { failureOf, jsonOf, reasonOf } from './answers.ts';
import { applyEvent, type Conversation } from './conversations.ts';
import { parsePackage } from './events.ts';
import { checks } from './shapes.ts';

const app = '/ucwa/oauth/v1/applications/103';
const conversation = `${app}/communication/conversations/1`;
const sample = {
  _links: { self: { href: `${app}/events?ack=1` }, next: { href: `${app}/events?ack=2` } },
  sender: [
    {
      rel: 'communication',
      href: `${app}/communication`,
      events: [
        {
          link: { rel: 'messagingInvitation', href: `${app}/communication/messagingInvitations/7` },
          type: 'started',
          _embedded: {
            messagingInvitation: {
              direction: 'Incoming',
              importance: 'Normal',
              threadId: 'AdM',
              state: 'Connecting',
              operationId: '5028e824',
              subject: 'Hello',
              _links: {
                self: { href: `${app}/communication/messagingInvitations/7` },
                from: { href: `${conversation}/participants/bob@contoso.example`, title: 'Bob' },
                conversation: { href: conversation },
                messaging: { href: `${conversation}/messaging` },
                accept: { href: `${app}/communication/messagingInvitations/7/accept` },
                message: { href: 'data:text/plain;base64,SGkgVG9zaA0K' },
              },
              _embedded: {
                from: { sourceNetwork: 'SameEnterprise', uri: 'sip:bob@contoso.example', name: 'Bob' },
              },
            },
          },
        },
      ],
    },
    {
      rel: 'conversation',
      href: conversation,
      events: [
        {
          link: { rel: 'message', href: `${conversation}/messaging/messages/2` },
          status: 'Success',
          type: 'completed',
          _embedded: {
            message: {
              direction: 'Incoming',
              timeStamp: '/Date(1383784870271)/',
              _links: {
                messaging: { href: `${conversation}/messaging` },
                plainMessage: { href: 'data:text/plain;charset=utf-8,Hi+Tosh%0d%0a' },
              },
            },
          },
        },
        {
          link: { rel: 'conversation', href: conversation },
          type: 'deleted',
          reason: { code: 'Gone', subcode: 'Ended' },
        },
      ],
    },
  ],
};

describe('a package of events', () => {
  it('is read as far as it can be, whatever was done to it', () => {
    let events = 0;
    fc.assert(
      fc.property(mutatedJson(sample), (body) => {
        const parsed = parsePackage(body);
        if (!parsed) return;
        const known = new Map<string, Conversation>();
        for (const event of parsed.events) {
          events += 1;
          const news = applyEvent(known, event);
          if (news?.kind === 'received') assert.equal(typeof news.message.content.text, 'string');
        }
      }),
      { numRuns: 400 },
    );
    assert.ok(events > 100, 'most of it can still be read');
  });

  it('leaves nothing behind, and takes no longer than its length explains', () => {
    assertKeepsNothing(() => void parsePackage(sample), 1_000);
    const [first] = sample.sender;
    assertNoBlowUp((size) => void parsePackage({ ...sample, sender: Array(size).fill(first) }), 300);
  });
});

describe('what a pool answers', () => {
  it('has its shape or has not', () => {
    fc.assert(
      fc.property(
        mutatedJson(sample, { code: 'Conflict', subcode: 'PGetReplaced', message: 'x' }),
        (body) => {
          for (const check of Object.values(checks)) check.Check(body);
          reasonOf(body);
        },
      ),
    );
    fc.assert(
      fc.property(mutatedText(JSON.stringify({ code: 'Gone' }), '<html>Bad Gateway</html>'), (text) => {
        const answer = {
          status: 502,
          headers: { 'content-type': 'application/json', 'retry-after': text },
          text,
        };
        jsonOf(answer as never);
        assert.equal(failureOf(answer as never).name, 'RequestFailed');
      }),
    );
  });

  it('carries texts, dates and challenges that may be anything', () => {
    const uris = ['data:text/plain;charset=utf-8,Hi+Tosh%0d%0a', 'data:text/html;base64,PGI+aGk8L2I+'];
    fc.assert(
      fc.property(mutatedText(...uris), (uri) => void decodeDataUri(uri)),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(mutatedText('/Date(1383784870271)/', 'PT1H30M', '2026-01-05T09:00:00Z'), (text) => {
        parseDate(text);
        parseTimeSpan(text);
      }),
    );
    const challenge =
      'Bearer trusted_issuers="", client_id="x", MsRtcOAuth href="https://pool/webticket",grant_type="password"';
    fc.assert(
      fc.property(mutatedText(challenge), (text) => void parseChallenges(text)),
      { numRuns: 300 },
    );
    assertNoBlowUp((size) => void parseChallenges(`MsRtcOAuth ${'a="\\'.repeat(size)}`), 1_000);
    assertNoBlowUp((size) => void decodeDataUri(`data:text/plain;${';charset='.repeat(size)},x`), 1_000);
    assertNoBlowUp((size) => void decodeDataUri(`data:text/plain,${'%'.repeat(size)}`), 1_000);
  });
});

describe('a multipart batch', () => {
  const boundary = '77f2569d';
  const request = encodeBatchRequest(
    [
      { method: 'GET', url: `${app}/me`, headers: { accept: 'application/json' }, body: '' },
      { method: 'POST', url: `${app}/x`, headers: { 'content-type': 'application/json' }, body: '{"a":1}' },
    ],
    boundary,
  );
  const response = encodeBatchResponse(
    [{ status: 200, reason: 'OK', headers: { 'Content-Type': 'application/json' }, body: '{"a":1}' }],
    boundary,
  );
  const read = (text: string): void => {
    for (const decode of [decodeBatchRequest, decodeBatchResponse]) {
      try {
        decode(text, boundary);
      } catch (error) {
        assert.ok(error instanceof BatchSyntaxError, String(error));
      }
    }
  };

  it('is read, or refused with the part that is wrong', () => {
    fc.assert(fc.property(mutatedText(request, response), read), { numRuns: 400 });
    fc.assert(
      fc.property(mutatedBytes(request, response), (bytes) => read(bytes.toString('latin1'))),
      { numRuns: 200 },
    );
    fc.assert(
      fc.property(mutatedText(`multipart/batching; boundary="${boundary}"`), (text) => void boundaryOf(text)),
    );
  });

  it('takes no longer than its length explains', () => {
    assertNoBlowUp((size) => read(`--${boundary}\r\n`.repeat(size)), 500);
    assertNoBlowUp((size) => read(`--${boundary}\r\n\r\nGET / HTTP/1.1\r\n${'a: b\r\n'.repeat(size)}`), 500);
    assertNoBlowUp((size) => read(`${'-'.repeat(size)}${request}`), 2_000);
    assertNoBlowUp((size) => void boundaryOf(`multipart/batching${';boundary'.repeat(size)}`), 1_000);
    assertNoBlowUp((size) => void boundaryOf(`multipart/batching;${' '.repeat(size)}`), 1_000);
  });
});
