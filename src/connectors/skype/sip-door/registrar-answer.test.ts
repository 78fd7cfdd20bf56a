import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { noBody, type SipResponse } from '../../../protocols/sip/message.ts';
import { grantedSeconds, homesOf } from './registrar-answer.ts';

const answer = (status: number, ...contacts: readonly string[]): SipResponse => ({
  kind: 'response',
  status,
  reason: 'Whatever',
  headers: contacts.map((value) => ({ name: 'Contact', value })),
  body: noBody,
});
const from = { host: 'fe1.contoso.example', port: 5061, priority: 0, weight: 1 };
const homes = (response: SipResponse, transport: 'tls' | 'tcp' = 'tls') =>
  homesOf(response, from, transport).map(({ host, port }) => `${host}:${port}`);

describe('where a registrar sends somebody', () => {
  it('is first their own registrar, then its backup, in whatever order they are named', () => {
    const primary = '<sip:FE2.contoso.example:5061;transport=TLS>;q=0.7';
    const backup = '<sip:dr.contoso.example:5065;transport=TLS>;q=0.3';
    const expected = ['fe2.contoso.example:5061', 'dr.contoso.example:5065'];
    assert.deepEqual(homes(answer(301, primary, backup)), expected);
    assert.deepEqual(homes(answer(302, `${backup}, ${primary}`)), expected);
    const [first, second] = homesOf(answer(301, backup, primary), from, 'tls');
    assert.ok(first && second && first.priority < second.priority);
  });

  it('is at the usual port where none is named, and may be an address', () => {
    assert.deepEqual(homes(answer(301, '<sips:fe2.contoso.example>')), ['fe2.contoso.example:5061']);
    assert.deepEqual(homes(answer(301, '<sip:[2001:db8::1];transport=tls>')), ['2001:db8::1:5061']);
  });

  it('is never out of TLS, nor without TLS on another host', () => {
    assert.deepEqual(homes(answer(301, '<sip:fe2.contoso.example;transport=tcp>')), []);
    assert.deepEqual(homes(answer(301, '<sip:fe2.contoso.example:5060;transport=tcp>'), 'tcp'), []);
    assert.deepEqual(homes(answer(301, `<sip:${from.host}:5066;transport=tcp>`), 'tcp'), [
      `${from.host}:5066`,
    ]);
    assert.deepEqual(homes(answer(301, `<sips:${from.host}:5066>`), 'tcp'), []);
  });

  it('is nowhere where the answer is another, or names nothing that can be used', () => {
    const good = '<sip:fe2.contoso.example>';
    assert.deepEqual(
      [homes(answer(200, good)), homes(answer(300, good)), homes(answer(480, good))],
      [[], [], []],
    );
    assert.deepEqual(homes(answer(301)), []);
    assert.deepEqual(homes(answer(301, '*', 'nonsense', '<tel:+49301>', '<sip:>')), []);
  });

  it('is at most four places, whatever is written there', () => {
    const host = fc.stringMatching(/^[a-z]{1,8}\.example$/);
    const contact = fc.oneof(
      fc.string(),
      fc.tuple(host, fc.string()).map(([name, q]) => `<sip:${name};transport=tls>;q=${q}`),
    );
    fc.assert(
      fc.property(fc.array(contact, { maxLength: 9 }), (contacts) => {
        const found = homesOf(answer(301, ...contacts), from, 'tls');
        assert.ok(found.length <= 4);
        for (const { port } of found) assert.ok(port > 0);
      }),
    );
  });
});

describe('for how long a registrar grants', () => {
  const self = { opaque: 'abc', instance: '00000000-0000-4000-8000-000000000001' };

  it('is what it says of this endpoint, not of the person’s others', () => {
    const others = '<sip:frank@client.example>;expires=7200';
    const ours = `<sip:frank@gateway.example>;expires=300;+sip.instance="<urn:uuid:${self.instance}>"`;
    assert.equal(grantedSeconds(answer(200, others, ours), self), 300);
    assert.equal(
      grantedSeconds(answer(200, '<sip:frank@gateway.example;ms-opaque=abc>;expires=60'), self),
      60,
    );
  });

  it('is else what it says of all, or unknown', () => {
    const said = { ...answer(200, '*'), headers: [{ name: 'Expires', value: '900' }] };
    assert.equal(grantedSeconds(said, self), 900);
    assert.equal(grantedSeconds(answer(200), self), undefined);
  });
});
