import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { codePoint } from '../../../test/kit/text.ts';
import {
  BatchSyntaxError,
  boundaryOf,
  decodeBatchRequest,
  decodeBatchResponse,
  encodeBatchRequest,
  encodeBatchResponse,
} from './batch.ts';

const boundary = '77f2569d-c005-442b-b856-782305305e5f';
const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
const headers = fc
  .dictionary(token, value, { maxKeys: 4 })
  .map((own) => Object.fromEntries(Object.entries(own)));
const body = fc
  .string({ unit: codePoint })
  .filter((text) => !text.includes(boundary) && !text.startsWith('\uFEFF'));

describe('a batch of requests', () => {
  it('comes back as it went', () => {
    const request = fc.record(
      {
        method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
        url: fc.stringMatching(/^\/[!-~]{0,40}$/),
        headers,
        body,
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 5 }), (requests) => {
        assert.deepEqual(decodeBatchRequest(encodeBatchRequest(requests, boundary), boundary), requests);
      }),
    );
  });

  it('is read with bare line feeds, as the documentation prints it', () => {
    const text = [
      `--${boundary}`,
      'Content-Type: application/http; msgtype=request',
      '',
      'GET /ucwa/oauth/v1/applications/103/me HTTP/1.1',
      'Host: pool.example',
      'Accept: application/json',
      '',
      `--${boundary}--`,
    ].join('\n');
    assert.deepEqual(decodeBatchRequest(text, boundary), [
      {
        method: 'GET',
        url: '/ucwa/oauth/v1/applications/103/me',
        headers: { host: 'pool.example', accept: 'application/json' },
        body: '',
      },
    ]);
  });

  it('says which part cannot be read', () => {
    assert.throws(() => decodeBatchRequest('nothing', boundary), { name: 'BatchSyntaxError', part: 0 });
    assert.throws(() => decodeBatchRequest(`--${boundary}\r\n\r\nGET / HTTP/1.1\r\n\r\n`, boundary), {
      part: 0,
    });
    const second = `${encodeBatchRequest(
      [{ method: 'GET', url: '/', headers: {}, body: '' }],
      boundary,
    ).replace(`--${boundary}--`, `--${boundary}`)}Content-Type: text/plain\r\n\r\nhello\r\n--${boundary}--`;
    assert.throws(() => decodeBatchRequest(second, boundary), { part: 2 });
  });

  it('throws nothing but its own error, whatever is sent', () => {
    fc.assert(
      fc.property(fc.string(), (rest) => {
        try {
          decodeBatchRequest(`--b\r\n${rest}\r\n--b--`, 'b');
        } catch (error) {
          assert.ok(error instanceof BatchSyntaxError);
        }
      }),
    );
  });
});

describe('a batch of answers', () => {
  it('comes back as it went, without the mark that some servers put before JSON', () => {
    const response = fc.record(
      {
        status: fc.integer({ min: 100, max: 599 }),
        reason: fc.constantFrom('OK', 'Not Found', ''),
        headers,
        body,
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(fc.array(response, { minLength: 1, maxLength: 5 }), (responses) => {
        const marked = responses.map((one) => ({ ...one, body: `\uFEFF${one.body}` }));
        assert.deepEqual(decodeBatchResponse(encodeBatchResponse(marked, boundary), boundary), responses);
      }),
    );
  });
});

describe('the boundary', () => {
  it('is found quoted or not, in any case, and only in a batch', () => {
    assert.equal(boundaryOf('multipart/batching;boundary=abc'), 'abc');
    assert.equal(boundaryOf('Multipart/Batching; charset=utf-8; Boundary="a b"'), 'a b');
    assert.equal(boundaryOf('multipart/mixed; boundary=abc'), undefined);
    assert.equal(boundaryOf('multipart/batching'), undefined);
  });
});
