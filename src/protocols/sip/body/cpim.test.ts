import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { header } from '../message.ts';
import { cpimHeader, formatCpim, parseCpim } from './cpim.ts';

const written = [
  'From: Alice <sip:alice@contoso.example>',
  'To: <sip:bob@contoso.example>',
  'NS: imdn <urn:ietf:params:imdn>',
  'imdn.Message-ID: 34jk324j',
  'imdn.Disposition-Notification: positive-delivery, negative-delivery',
  '',
  'Content-type: text/plain',
  '',
  'Hello\r\n\r\nWorld',
].join('\r\n');

describe('message/cpim', () => {
  it('keeps the headers of the message and of its content apart', () => {
    const cpim = parseCpim(Buffer.from(written));
    assert.ok(cpim !== undefined);
    assert.equal(cpimHeader(cpim, 'imdn.Message-ID'), '34jk324j');
    assert.equal(cpimHeader(cpim, 'imdn.message-id'), undefined);
    assert.equal(header({ headers: cpim.contentHeaders }, 'Content-Type'), 'text/plain');
    assert.equal(Buffer.from(cpim.content).toString(), 'Hello\r\n\r\nWorld');
  });

  it('comes back the same, and no value starts a header of its own', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (content, subject) => {
        const own = [{ name: 'Subject', value: subject }];
        const type = [{ name: 'Content-Type', value: 'text/plain' }];
        const again = parseCpim(formatCpim({ headers: own, contentHeaders: type, content }));
        assert.ok(again !== undefined);
        assert.equal(again.headers.length, 1);
        assert.deepEqual(again.contentHeaders, type);
        assert.deepEqual(Buffer.from(again.content), Buffer.from(content));
      }),
    );
  });

  it('that is none is refused, and garbage never throws', () => {
    for (const bad of ['', 'x', 'From: a\r\n\r\nno end', 'no colon\r\n\r\na: b\r\n\r\n']) {
      assert.equal(parseCpim(Buffer.from(bad)), undefined, JSON.stringify(bad));
    }
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void parseCpim(bytes)));
  });
});
