import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  addressOfRecord,
  escapeUser,
  formatUri,
  parseUri,
  sameUri,
  type Uri,
  unescapeUri,
  uriParam,
} from './uri.ts';

const parsed = (text: string): Uri => parseUri(text) ?? assert.fail(`refused: ${text}`);

describe('a SIP URI', () => {
  it('is read into its parts as they were written', () => {
    assert.deepEqual(parsed('sips:al%69ce:pa55@Contoso.example:5061;transport=tls;lr?Subject=hi&Priority='), {
      kind: 'sip',
      scheme: 'sips',
      user: 'al%69ce',
      password: 'pa55',
      host: 'Contoso.example',
      port: 5061,
      params: [{ name: 'transport', value: 'tls' }, { name: 'lr' }],
      headers: [
        { name: 'Subject', value: 'hi' },
        { name: 'Priority', value: '' },
      ],
    });
  });

  it("takes Microsoft's gruu and machine names with underscores", () => {
    const gruu = parsed('sip:alice@contoso.example;opaque=user:epid:Cw7aVQ_x-A;gruu');
    assert.equal(gruu.kind === 'sip' && uriParam(gruu, 'OPAQUE'), 'user:epid:Cw7aVQ_x-A');
    assert.equal(gruu.kind === 'sip' && uriParam(gruu, 'gruu'), '');
    assert.equal(parsed('sip:FE_01.contoso.example').kind, 'sip');
  });

  it('takes base64 in a parameter', () => {
    const uri = parsed('sip:fe1.contoso.example;ms-route-sig=ab==;lr');
    assert.equal(uri.kind === 'sip' && uriParam(uri, 'ms-route-sig'), 'ab==');
    assert.equal(formatUri(uri), 'sip:fe1.contoso.example;ms-route-sig=ab==;lr');
  });

  it('takes IPv6 addresses with and without port', () => {
    const uri = parsed('sip:a@[2001:db8::1]:5060;lr');
    assert.ok(uri.kind === 'sip');
    assert.deepEqual([uri.host, uri.port], ['[2001:db8::1]', 5060]);
  });

  for (const bad of [
    '',
    'sip',
    'sip:',
    'sip:@host',
    'sip:a b@host',
    'sip:a@',
    'sip:a@ho st',
    'sip:a@host:99999',
    'sip:a@host:',
    'sip:a@host;;lr',
    'sip:a@host;a=b c',
    'sip:%4@host',
    'sip:a@h%41st',
    'sip:a@[::1',
    'sip:a@host?',
    'sip:a@host?x',
    'sip:a@host\r\nVia: x',
    '<sip:a@host>',
    ' sip:a@host',
  ]) {
    it(`refuses ${JSON.stringify(bad)}`, () => assert.equal(parseUri(bad), undefined));
  }

  it('has one key for all spellings of one person', () => {
    for (const text of [
      'sip:alice@contoso.example',
      'sips:ALICE@CONTOSO.example:5061;transport=tls',
      'sip:%61lice@contoso.example;opaque=user:epid:x;gruu',
    ]) {
      assert.equal(addressOfRecord(parseUri(text)), 'sip:alice@contoso.example');
    }
    assert.equal(addressOfRecord(parseUri('sip:contoso.example')), 'sip:contoso.example');
    assert.equal(addressOfRecord(parseUri('tel:+1555')), undefined);
    assert.equal(addressOfRecord(undefined), undefined);
  });

  it('compares as RFC 3261 section 19.1.4 shows', () => {
    const same: readonly (readonly [string, string])[] = [
      ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
      ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
      ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;newparam=5'],
      [
        'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
        'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
      ],
      [
        'sip:alice@atlanta.com?subject=project%20x&priority=urgent',
        'sip:alice@atlanta.com?priority=urgent&subject=project%20x',
      ],
    ];
    const different: readonly (readonly [string, string])[] = [
      ['sip:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
      ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
      ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
      ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
      ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
      ['sip:carol@chicago.com', 'sips:carol@chicago.com'],
    ];
    for (const [left, right] of same) assert.ok(sameUri(parsed(left), parsed(right)), `${left} = ${right}`);
    for (const [left, right] of different)
      assert.ok(!sameUri(parsed(left), parsed(right)), `${left} ≠ ${right}`);
  });
});

describe('a tel URI', () => {
  it('keeps number and parameters', () => {
    assert.deepEqual(parsed('tel:+1-201-555-0123;ext=77'), {
      kind: 'tel',
      number: '+1-201-555-0123',
      params: [{ name: 'ext', value: '77' }],
    });
    assert.equal(parseUri('tel:+'), undefined);
    assert.equal(parseUri('tel:12 34'), undefined);
  });
});

describe('any URI', () => {
  it('that is taken is written as it was', () => {
    const character = fc.constantFrom(...'sip:tel@;?=&%41.[]x-<>" \r\n+/é'.split(''));
    fc.assert(
      fc.property(fc.array(character, { maxLength: 40 }), (characters) => {
        const text = `sip:${characters.join('')}`;
        const uri = parseUri(text);
        if (uri !== undefined) assert.deepEqual(parseUri(formatUri(uri)), uri);
      }),
      { numRuns: 2000 },
    );
  });

  it('holds any user name once it is escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        const uri = parseUri(`sip:${escapeUser(name)}@contoso.example`);
        assert.ok(uri?.kind === 'sip');
        assert.equal(unescapeUri(uri.user ?? ''), name.toWellFormed());
      }),
    );
  });

  it('never throws, whatever it is read from', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary-ascii' }), (text) => void parseUri(text)));
    fc.assert(fc.property(fc.string({ unit: 'binary-ascii' }), (text) => void parseUri(`sip:a@b;${text}`)));
  });
});
