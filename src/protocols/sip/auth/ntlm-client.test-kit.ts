import assert from 'node:assert/strict';
import { authParam, formatAuth, parseAuth } from '../headers/auth.ts';
import { type SipMessage, type SipRequest, withHeader } from '../message.ts';
import { answerChallenge } from './ntlm/handshake.ts';
import { ntHash, ntlmSignature, type SessionKeys } from './ntlm/keys.ts';
import { parseChallenge, writeAuthenticate } from './ntlm/messages.ts';
import { signedText } from './signing.ts';

const realm = 'SIP Communications Service';

export interface NtlmAccount {
  readonly user: string;
  readonly domain: string;
  readonly password: string;
  readonly targetName: string;
}

/** A client that does what a Skype for Business client does. */
export function ntlmClient({ user, domain, password, targetName }: NtlmAccount) {
  let keys: SessionKeys | undefined;
  let opaque = '';
  let count = 0;
  const credentials = (params: Readonly<Record<string, string>>): string =>
    formatAuth({
      scheme: 'ntlm',
      params: Object.entries({ qop: 'auth', realm, targetname: targetName, ...params }).map(
        ([name, value]) => ({ name, value, quoted: true }),
      ),
    });
  const authorized = (request: SipRequest, params: Readonly<Record<string, string>>): SipRequest =>
    withHeader(request, 'Authorization', credentials(params));
  const sign = (
    request: SipRequest,
    more: Readonly<Record<string, string>> = {},
    number = String(++count),
  ): SipRequest => {
    const text = signedText(request, { scheme: 'NTLM', realm, targetName, random: 'aabbccdd', number });
    assert.ok(keys !== undefined);
    const response = ntlmSignature(keys.client, Buffer.from(text)).toString('hex');
    return authorized(request, { opaque, crand: 'aabbccdd', cnum: number, response, ...more });
  };
  return {
    sign,
    begin: (request: SipRequest): SipRequest => authorized(request, { 'gssapi-data': '' }),
    /** The third REGISTER, by the header that the second was answered with. */
    answer(request: SipRequest, challengeHeader: string): SipRequest {
      const value = parseAuth(challengeHeader);
      assert.ok(value !== undefined);
      opaque = authParam(value, 'opaque') ?? '';
      const challenge = parseChallenge(Buffer.from(authParam(value, 'gssapi-data') ?? '', 'base64'));
      assert.ok(challenge !== undefined);
      const account = { user, domain, workstation: '', hash: ntHash(password) };
      const random = {
        clientChallenge: Buffer.alloc(8, 1),
        exportedKey: Buffer.alloc(16, 2),
        time: Buffer.alloc(8, 3),
      };
      const answered = answerChallenge(challenge, account, random);
      keys = answered.keys;
      return sign(request, { 'gssapi-data': writeAuthenticate(answered.message).toString('base64') });
    },
    verifies(message: SipMessage, info: string): boolean {
      const value = parseAuth(info);
      assert.ok(value !== undefined && keys !== undefined);
      const [random = '', number = ''] = ['srand', 'snum'].map((name) => authParam(value, name));
      const text = signedText(message, { scheme: 'NTLM', realm, targetName, random, number });
      return ntlmSignature(keys.server, Buffer.from(text)).toString('hex') === authParam(value, 'rspauth');
    },
  };
}
