import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { headerLines } from '../message.ts';
import { makeRequest } from '../request.ts';
import { withReceived } from './received.ts';

const base = makeRequest({
  method: 'MESSAGE',
  uri: 'sip:bob@contoso.example',
  from: '<sip:alice@contoso.example>;tag=a',
  to: '<sip:bob@contoso.example>',
  callId: 'c1',
  cseq: 1,
});

const noted = (...vias: readonly string[]): readonly string[] => {
  const request = { ...base, headers: [...vias.map((value) => ({ name: 'Via', value })), ...base.headers] };
  return headerLines(withReceived(request, { address: '::ffff:10.0.0.9', port: 5555 }), 'Via');
};

describe('where a request came from', () => {
  it('is noted where its sender calls itself otherwise', () => {
    assert.deepEqual(noted('SIP/2.0/TCP pc.example;branch=z9hG4bK1', 'SIP/2.0/TCP x'), [
      'SIP/2.0/TCP pc.example;branch=z9hG4bK1;received=10.0.0.9',
      'SIP/2.0/TCP x',
    ]);
    assert.deepEqual(noted('SIP/2.0/TCP pc.example, SIP/2.0/TCP x'), [
      'SIP/2.0/TCP pc.example;received=10.0.0.9, SIP/2.0/TCP x',
    ]);
  });

  it('and its port where that is asked for', () => {
    assert.deepEqual(noted('SIP/2.0/TCP 10.0.0.9;rport'), [
      'SIP/2.0/TCP 10.0.0.9;rport=5555;received=10.0.0.9',
    ]);
  });

  it('replaces what the sender claims, and leaves a true Via as it was written', () => {
    assert.deepEqual(noted('SIP/2.0/TCP pc;received=1.2.3.4'), ['SIP/2.0/TCP pc;received=10.0.0.9']);
    assert.deepEqual(noted('SIP / 2.0 / TCP   10.0.0.9'), ['SIP / 2.0 / TCP   10.0.0.9']);
  });
});
