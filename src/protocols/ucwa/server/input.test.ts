import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { encodeDataUri } from '../data-uri.ts';
import { UcwaError } from '../errors.ts';
import { Input } from './input.ts';
import { addressOf } from './paths.ts';

const json = { 'content-type': 'application/json; charset=utf-8' };

function inputOf(body: unknown, query: unknown = {}): Input {
  return new Input({ body: typeof body === 'string' ? body : JSON.stringify(body), query, headers: json });
}

describe('input', () => {
  it('is read under names of any case, from the body or the query', () => {
    const input = inputOf({ OperationID: 'a' }, { SUBJECT: 'b', operationId: 'not this' });
    assert.equal(input.text('operationId', 50), 'a');
    assert.equal(input.text('subject', 50), 'b');
    assert.equal(input.text('other', 50), undefined);
    input.check();
  });

  it('treats null as absent', () => {
    const input = inputOf({ telemetryId: null });
    assert.equal(input.text('telemetryId', 5), undefined);
    input.check();
  });

  it('tells everything that is wrong at once, by name', () => {
    const input = inputOf({ a: 1, b: 'long', d: 'x', e: 'Nope', f: [1], g: { x: 1 } });
    input.text('a', 5);
    input.text('b', 3);
    input.requiredText('c', 3);
    input.integer('d', 1, 5);
    input.oneOf('e', ['Yes']);
    input.list('f', 5, 5);
    input.list('g', 5, 5);
    assert.throws(
      () => input.check(),
      (error) => {
        assert.ok(error instanceof UcwaError);
        assert.deepEqual([error.status, error.subcode], [400, 'ParameterValidationFailure']);
        assert.deepEqual(Object.keys(error.parameters ?? {}), ['a', 'b', 'c', 'd', 'e', 'f', 'g']);
        return true;
      },
    );
  });

  it('reads text that stands in a link', () => {
    const content = { contentType: 'text/html' as const, text: '<b>Hi</b>' };
    const input = inputOf({ _links: { message: { href: encodeDataUri(content) } } });
    assert.deepEqual(input.dataLink('message'), content);
    const wrong = inputOf({ _links: { message: { href: 'http://elsewhere.example/' } } });
    wrong.dataLink('message');
    assert.throws(() => wrong.check(), { code: 'BadRequest' });
  });

  it('throws nothing but its own error, whatever the body is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        try {
          const input = inputOf(body);
          input.text('a', 3);
          input.list('b', 3, 3);
          input.integer('c', 0, 3);
          input.dataLink('message');
          input.check();
        } catch (error) {
          assert.ok(error instanceof UcwaError);
        }
      }),
    );
  });
});

describe('an address', () => {
  it('is taken out of a SIP URI, in lower case', () => {
    assert.equal(addressOf('sip:Alice@Contoso.example'), 'alice@contoso.example');
    assert.equal(addressOf(' alice@contoso.example;transport=tls '), 'alice@contoso.example');
  });

  it('is nothing that a header or path could be broken with', () => {
    for (const text of [
      '',
      'alice',
      '@contoso.example',
      'a@b c',
      'a b@c',
      'tel:+1',
      'a@b@c',
      'a\r\n@b',
      '<a@b>',
    ]) {
      assert.equal(addressOf(text), undefined, text);
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        const found = addressOf(text);
        assert.ok(found === undefined || /^[^\s@]+@[a-z0-9.-]+$/.test(found));
      }),
    );
  });
});
