import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readChallenge } from './challenge.ts';

const bearer = 'Bearer trusted_issuers="", client_id="00000004-0000-0ff1-ce00-000000000000"';
const ticket =
  'MsRtcOAuth href="https://pool.contoso.example/WebTicket/oauthtoken",grant_type="urn:microsoft.rtc:windows,urn:microsoft.rtc:anonmeeting,password"';

describe("a pool's challenge", () => {
  it('tells where a web ticket is had, among other schemes', () => {
    const offer = readChallenge(`${bearer}, ${ticket}`);
    assert.equal(offer?.href, 'https://pool.contoso.example/WebTicket/oauthtoken');
    assert.deepEqual(offer?.grants, [
      'urn:microsoft.rtc:windows',
      'urn:microsoft.rtc:anonmeeting',
      'password',
    ]);
    assert.deepEqual(readChallenge(`${ticket}, ${bearer}`)?.href, offer?.href);
  });

  it('may have its address without quotes', () => {
    assert.equal(
      readChallenge('MsRtcOAuth href=https://pool/WebTicket/oauthtoken,grant_type="password"')?.href,
      'https://pool/WebTicket/oauthtoken',
    );
  });

  it('is none without that scheme, and never throws', () => {
    assert.equal(readChallenge(bearer), undefined);
    fc.assert(fc.property(fc.string(), (header) => void readChallenge(header)));
  });
});
