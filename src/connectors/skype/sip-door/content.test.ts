import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type SipRequest, textBody } from '../../../protocols/sip/message.ts';
import { contentOf, firstTextHeader, firstTextOf } from './content.ts';

function message(type: string, body: string | Uint8Array): SipRequest {
  return {
    kind: 'request',
    method: 'MESSAGE',
    uri: 'sip:bob@contoso.example',
    headers: [{ name: 'Content-Type', value: type }],
    body: typeof body === 'string' ? textBody(body) : body,
  };
}

function said(type: string, body: string | Uint8Array): string {
  const content = contentOf(message(type, body));
  if (content.kind !== 'text') return content.kind;
  return content.body.format === 'text' ? content.body.text : `html ${content.body.html}`;
}

describe('what a message says', () => {
  it('is its text, in the character set that it names', () => {
    assert.equal(said('text/plain; charset=UTF-8;msgr=WAA=', 'Grüße'), 'Grüße');
    assert.equal(said('text/plain; charset=ISO-8859-1', Buffer.from('Grüße', 'latin1')), 'Grüße');
    assert.equal(said('text/plain; charset=klingon', 'x'), 'unsupported');
  });

  it('is HTML without what is not safe', () => {
    assert.equal(said('text/html', '<b>Hi</b><script>alert(1)</script>'), 'html <b>Hi</b>');
  });

  it('is the best of several alternatives', () => {
    const part = (type: string, text: string) => `--b\r\nContent-Type: ${type}\r\n\r\n${text}\r\n`;
    const all = `${part('text/rtf', '{\\rtf1}')}${part('text/plain', 'plain')}${part('text/html', '<i>rich</i>')}--b--\r\n`;
    assert.equal(said('multipart/alternative;boundary=b', all), 'html <i>rich</i>');
    assert.equal(said('multipart/alternative;boundary=b', `${part('text/rtf', '{}')}--b--`), 'unsupported');
  });

  it('stands inside message/cpim, with the wish for a receipt', () => {
    const cpim = [
      'From: <sip:kim@voip.example>',
      'NS: imdn <urn:ietf:params:imdn>',
      'imdn.Message-ID: 34jk324j',
      'imdn.Disposition-Notification: positive-delivery, display',
      '',
      'Content-Type: text/plain',
      '',
      'hello',
    ].join('\r\n');
    const content = contentOf(message('message/cpim', cpim));
    assert.ok(content.kind === 'text');
    assert.deepEqual(content.receipt, { messageId: '34jk324j' });
  });

  it('is nothing while somebody types, for a receipt, and for blanks', () => {
    for (const type of [
      'application/im-iscomposing+xml',
      'message/imdn+xml',
      'application/ms-imdn+xml',
      'text/plain',
    ])
      assert.equal(said(type, type === 'text/plain' ? ' \n' : '<x/>'), 'nothing', type);
    assert.equal(said('image/png', 'x'), 'unsupported');
  });

  it('never throws', () => {
    const types = fc.constantFrom(
      'text/plain',
      'text/html',
      'multipart/alternative;boundary=b',
      'message/cpim',
      '',
    );
    fc.assert(fc.property(types, fc.uint8Array(), (type, body) => void contentOf(message(type, body))));
  });
});

describe('the first text of a session', () => {
  it('is read out of its invitation as it was written there', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zü漢]([a-z ü漢]{0,40}[a-zü漢])?$/), (text) => {
        const invite = { ...message('application/sdp', 'v=0'), headers: [firstTextHeader(text)] };
        const body = firstTextOf(invite);
        assert.equal(body?.format === 'text' && body.text, text);
      }),
    );
  });

  it('is none where there is no such header, or no text in it', () => {
    const invite = message('application/sdp', 'v=0');
    assert.equal(firstTextOf(invite), undefined);
    for (const value of ['text/plain', 'text/plain;ms-body=', 'image/png;ms-body=AAAA', ';;;'])
      assert.equal(firstTextOf({ ...invite, headers: [{ name: 'ms-text-format', value }] }), undefined);
  });
});
