import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { authParam, parseAuth, parseAuthInfo } from '../headers/auth.ts';
import { header, type SipMessage } from '../message.ts';
import { readMessage } from '../read.ts';
import { verifyAuthenticate } from './ntlm/handshake.ts';
import { ntHash, ntlmSignature, type SessionKeys } from './ntlm/keys.ts';
import { parseAuthenticate } from './ntlm/messages.ts';
import { signedText } from './signing.ts';

/*
 * The third REGISTER of Office Communicator 2007 R2 and the answer of Office Communications Server 2007 R2, recorded
 * by others (published with the tests of SIPE): user "User", domain "COSMO", password "Pa$$word".
 */
const serverChallenge = Buffer.from('dd1baaf4e7e218d1', 'hex');
const gssapi = [
  'TlRMTVNTUAADAAAAGAAYAHIAAADGAMYAigAAAAoACgBIAAAACAAIAFIAAAAYABgAWgAAABAAEABQAQAAVYKYYgUCzg4AAAAPQwBPAFMATQBP',
  'AFUAcwBlAHIAQwBPAFMATQBPAC0ATwBDAFMALQBSADIAoeku/k4Hi/fFwASazGFmwtauh1yw/apBjcDIAK527KYG0rn769BHMQEBAAAAAAAA',
  'WVGaFye5ygHWrodcsP2qQQAAAAACAAoAQwBPAFMATQBPAAEAGABDAE8AUwBNAE8ALQBPAEMAUwAtAFIAMgAEABYAYwBvAHMAbQBvAC4AbABv',
  'AGMAYQBsAAMAMABjAG8AcwBtAG8ALQBvAGMAcwAtAHIAMgAuAGMAbwBzAG0AbwAuAGwAbwBjAGEAbAAFABYAYwBvAHMAbQBvAC4AbABvAGMA',
  'YQBsAAAAAAAAAAAAMctznhyoCkmFkeiueXEV5A==',
].join('');

const request = [
  'REGISTER sip:cosmo.local SIP/2.0',
  'Via: SIP/2.0/TLS 192.168.172.6:12723',
  'Max-Forwards: 70',
  'From: <sip:user@cosmo.local>;tag=3e49177a52;epid=c8ca638a15',
  'To: <sip:user@cosmo.local>',
  'Call-ID: 4037df9284354df39065195bd57a4b14',
  'CSeq: 3 REGISTER',
  'Contact: <sip:192.168.172.6:12723;transport=tls;ms-opaque=fad3dfab32>;methods="INVITE, MESSAGE";proxy=replace;+sip.instance="<urn:uuid:34D859DB-6585-5F91-A3B4-DE853C15347D>"',
  'Supported: gruu-10, adhoclist, msrtc-event-categories',
  'Event: registration',
  `Proxy-Authorization: NTLM qop="auth", realm="SIP Communications Service", opaque="2BDBAC9D", targetname="cosmo-ocs-r2.cosmo.local", version=4, gssapi-data="${gssapi}", crand="13317733", cnum="1", response="0100000029618e9651b65a7764000000"`,
  'Content-Length: 0',
  '\r\n',
].join('\r\n');

const response = [
  'SIP/2.0 200 OK',
  'Authentication-Info: NTLM rspauth="01000000E615438A917661BE64000000", srand="9616454F", snum="1", opaque="2BDBAC9D", qop="auth", targetname="cosmo-ocs-r2.cosmo.local", realm="SIP Communications Service"',
  'From: "User"<sip:user@cosmo.local>;tag=3e49177a52;epid=c8ca638a15',
  'To: <sip:user@cosmo.local>;tag=5E61CCD925D17E043D9A74835A88F664',
  'Call-ID: 4037df9284354df39065195bd57a4b14',
  'CSeq: 3 REGISTER',
  'Via: SIP/2.0/TLS 192.168.172.6:12723;ms-received-port=12723;ms-received-cid=2600',
  'Contact: <sip:192.168.172.6:12723;transport=tls;ms-opaque=fad3dfab32;ms-received-cid=2600>;expires=7200;+sip.instance="<urn:uuid:34d859db-6585-5f91-a3b4-de853c15347d>";gruu="sip:user@cosmo.local;opaque=user:epid:21nYNIVlkV-jtN6FPBU0fQAA;gruu"',
  'Expires: 7200',
  'Content-Length: 0',
  '\r\n',
].join('\r\n');

function read(text: string): SipMessage {
  const outcome = readMessage(Buffer.from(text));
  assert.ok(outcome.kind === 'message', JSON.stringify(outcome));
  return outcome.message;
}

const context = {
  scheme: 'NTLM',
  realm: 'SIP Communications Service',
  targetName: 'cosmo-ocs-r2.cosmo.local',
};

function keysOf(password: string): SessionKeys | undefined {
  const authenticate = parseAuthenticate(Buffer.from(gssapi, 'base64'));
  assert.ok(authenticate !== undefined);
  assert.deepEqual([authenticate.user, authenticate.domain], ['User', 'COSMO']);
  return verifyAuthenticate(authenticate, serverChallenge, ntHash(password));
}

describe('a recorded sign-in of Communicator at Communications Server', () => {
  const keys = keysOf('Pa$$word') ?? assert.fail('the password was right');

  it('is taken with the right password only', () => assert.equal(keysOf('Password'), undefined));

  it("verifies the client's signature", () => {
    const message = read(request);
    const credentials = parseAuth(header(message, 'Proxy-Authorization') ?? '') ?? assert.fail();
    const random = authParam(credentials, 'crand') ?? '';
    const text = signedText(message, { ...context, random, number: '1' });
    assert.equal(
      ntlmSignature(keys.client, Buffer.from(text)).toString('hex'),
      authParam(credentials, 'response'),
    );
  });

  it("makes the server's signature", () => {
    const message = read(response);
    const info = parseAuthInfo(header(message, 'Authentication-Info') ?? '') ?? assert.fail();
    const random = authParam(info, 'srand') ?? '';
    const text = signedText(message, { ...context, random, number: '1' });
    const signature = ntlmSignature(keys.server, Buffer.from(text)).toString('hex').toUpperCase();
    assert.equal(signature, authParam(info, 'rspauth'));
  });
});
