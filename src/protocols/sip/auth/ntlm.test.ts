import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { header, noBody, type SipRequest, withHeader } from '../message.ts';
import { respond } from '../respond.ts';
import { hmacMd5, md4, md5, rc4 } from './ntlm/ciphers.ts';
import { answerChallenge, verifyAuthenticate } from './ntlm/handshake.ts';
import { ntHash, ntlmSignature, ntProof, responseKey, sessionBaseKey, sessionKeys } from './ntlm/keys.ts';
import {
  challengeFlags,
  parseAuthenticate,
  parseChallenge,
  targetInfo,
  writeAuthenticate,
  writeChallenge,
} from './ntlm/messages.ts';
import { ntlmClient } from './ntlm-client.test-kit.ts';
import { NtlmServer, type NtlmVerdict } from './ntlm-server.ts';
import { ReplayWindow } from './replay-window.ts';
import { signedText } from './signing.ts';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');

describe('the ciphers of NTLM', () => {
  it("MD4 passes RFC 1320's test suite", () => {
    const suite: Readonly<Record<string, string>> = {
      '': '31d6cfe0d16ae931b73c59d7e0c089c0',
      a: 'bde52cb31de33e46245e05fbdbd6fb24',
      abc: 'a448017aaf21d8525fc10ae87aa6729d',
      'message digest': 'd9130a8164549fe818874806e1c7014b',
      abcdefghijklmnopqrstuvwxyz: 'd79e1c308aa5bbcdeea8ed63df412da9',
      ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789: '043f8582f241db351ce627e153e7f0e4',
      '12345678901234567890123456789012345678901234567890123456789012345678901234567890':
        'e33b4ddc9c38f2199c3e7b164fcc0536',
    };
    for (const [text, digest] of Object.entries(suite))
      assert.equal(md4(Buffer.from(text)).toString('hex'), digest);
  });

  it('RC4 gives the known key streams and undoes itself', () => {
    assert.equal(rc4(Buffer.from('Key'), Buffer.from('Plaintext')).toString('hex'), 'bbf316e8d940af0ad3');
    assert.equal(rc4(Buffer.from('Wiki'), Buffer.from('pedia')).toString('hex'), '1021bf0420');
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.uint8Array(), (key, text) => {
        assert.deepEqual(rc4(key, rc4(key, text)), Buffer.from(text));
      }),
    );
  });
});

describe('NTLMv2', () => {
  // [MS-NLMP] section 4.2.4: user "User", domain "Domain", password "Password".
  const challenge = hex('0123456789abcdef');
  const key = responseKey(ntHash('Password'), 'User', 'Domain');
  const info = hex('02000c0044006f006d00610069006e00 01000c00530065007200760065007200 00000000');
  const blob = hex(
    `0101000000000000 0000000000000000 aaaaaaaaaaaaaaaa 00000000 ${info.toString('hex')} 00000000`,
  );

  it("computes the specification's example", () => {
    assert.equal(key.toString('hex'), '0c868a403bfd7a93a3001ef22ef02e3f');
    const proof = ntProof(key, challenge, blob);
    assert.equal(proof.toString('hex'), '68cd0ab851e51c96aabc927bebef6a1c');
    const base = sessionBaseKey(key, proof);
    assert.equal(base.toString('hex'), '8de40ccadbc14a82f15cb0ad0de95ca3');
    assert.equal(rc4(base, Buffer.alloc(16, 0x55)).toString('hex'), 'c5dad2544fc9799094ce1ce90bc9d03e');
    const keys = sessionKeys(Buffer.alloc(16, 0x55), challengeFlags);
    assert.equal(keys.client.seal.toString('hex'), '59f600973cc4960a25480a7c196e4c58');
    assert.equal(keys.client.sign.toString('hex'), '4788dc861b4782f35d43fd98fe1a2d39');
  });

  it('signs with a key made anew for each number, as datagrams need it', () => {
    const { client } = sessionKeys(Buffer.alloc(16, 0x55), challengeFlags);
    const text = Buffer.from('Plaintext', 'utf16le');
    const signature = ntlmSignature(client, text, 0);
    const counter = Buffer.alloc(4);
    const checksum = rc4(md5(client.seal, counter), hmacMd5(client.sign, counter, text).subarray(0, 8));
    assert.equal(signature.toString('hex'), `01000000${checksum.toString('hex')}00000000`);
    assert.equal(ntlmSignature(client, text).readUInt32LE(12), 100);
  });

  it('is answered by a client and verified by a server, who then share all keys', () => {
    const random = {
      clientChallenge: Buffer.alloc(8, 1),
      exportedKey: Buffer.alloc(16, 2),
      time: Buffer.alloc(8, 3),
    };
    const account = { user: 'alice', domain: '', workstation: 'PC', hash: ntHash('demo') };
    const { message, keys } = answerChallenge(
      { flags: challengeFlags, challenge, targetInfo: info },
      account,
      random,
    );
    const read = parseAuthenticate(writeAuthenticate(message));
    assert.ok(read !== undefined);
    assert.deepEqual([read.user, read.domain, read.workstation], ['alice', '', 'PC']);
    assert.deepEqual(verifyAuthenticate(read, challenge, ntHash('demo')), keys);
    assert.equal(verifyAuthenticate(read, challenge, ntHash('wrong')), undefined);
    assert.equal(verifyAuthenticate(read, challenge, undefined), undefined);
    assert.equal(verifyAuthenticate(read, Buffer.alloc(8), ntHash('demo')), undefined);
    assert.equal(
      verifyAuthenticate({ ...read, ntResponse: read.ntResponse.subarray(0, 24) }, challenge, ntHash('demo')),
      undefined,
    );
  });

  it('messages that are cut, foreign or point outside of themselves are none', () => {
    const random = { clientChallenge: Buffer.alloc(8), exportedKey: Buffer.alloc(16), time: Buffer.alloc(8) };
    const account = { user: 'alice', domain: 'D', workstation: '', hash: ntHash('demo') };
    const { message } = answerChallenge(
      { flags: challengeFlags, challenge, targetInfo: info },
      account,
      random,
    );
    const bytes = writeAuthenticate(message);
    for (let length = 0; length < bytes.length; length++)
      assert.equal(parseAuthenticate(bytes.subarray(0, length)), undefined);
    assert.equal(parseChallenge(bytes), undefined);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (garbage) => void parseAuthenticate(garbage)));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const copy = Buffer.from(bytes);
        copy[at] = value;
        const read = parseAuthenticate(copy);
        if (read !== undefined) verifyAuthenticate(read, challenge, ntHash('demo'));
      }),
    );
  });

  it('challenges come back the same', () => {
    const names = {
      netbiosDomain: 'CONTOSO',
      netbiosComputer: 'FE1',
      dnsDomain: 'contoso.example',
      dnsComputer: 'fe1.contoso.example',
    };
    const written = { flags: challengeFlags, challenge, targetInfo: targetInfo(names) };
    const read = parseChallenge(writeChallenge(written, 'CONTOSO'));
    assert.equal(read?.flags, challengeFlags);
    assert.deepEqual(
      [Buffer.from(read?.challenge ?? []), Buffer.from(read?.targetInfo ?? [])],
      [challenge, written.targetInfo],
    );
    assert.equal(
      Buffer.from(read?.targetInfo ?? [])
        .subarray(-4)
        .toString('hex'),
      '00000000',
      'ends with its end',
    );
  });
});

const register: SipRequest = {
  kind: 'request',
  method: 'REGISTER',
  uri: 'sip:contoso.example',
  headers: [
    { name: 'From', value: '<sip:alice@contoso.example>;tag=f1;epid=e1' },
    { name: 'To', value: '<sip:alice@contoso.example>' },
    { name: 'Call-ID', value: 'c1' },
    { name: 'CSeq', value: '1 REGISTER' },
  ],
  body: noBody,
};

const realm = 'SIP Communications Service';
const targetName = 'fe1.contoso.example';

describe('the signed text', () => {
  it('holds its fields in order, with an empty pair for what is missing', () => {
    const context = { scheme: 'NTLM', realm, targetName, random: '01020304', number: '1' };
    const start = `<NTLM><01020304><1><${realm}><${targetName}><c1><1><REGISTER><sip:alice@contoso.example><f1><sip:alice@contoso.example>`;
    assert.equal(signedText(register, context), `${start}<><><><>`);
    const answer = withHeader(respond(register, 200, { toTag: 't1' }), 'Expires', '0');
    const identified = withHeader(
      answer,
      'P-Asserted-Identity',
      '"A" <sip:alice@contoso.example>, <tel:+1555>',
    );
    assert.equal(
      signedText(identified, context),
      `${start}<t1><sip:alice@contoso.example><tel:+1555><0><200>`,
    );
  });
});

const client = (password: string) => ntlmClient({ user: 'alice', domain: 'CONTOSO', password, targetName });

function server(max?: number) {
  let seed = 0;
  const ntlm = new NtlmServer({
    realm,
    targetName,
    names: {
      netbiosDomain: 'CONTOSO',
      netbiosComputer: 'FE1',
      dnsDomain: 'contoso.example',
      dnsComputer: targetName,
    },
    random: (size) => Buffer.alloc(size, ++seed),
    ...(max !== undefined && { max }),
  });
  const judge = (request: SipRequest): Promise<NtlmVerdict> =>
    ntlm.judge(request, async ({ user }) => (user === 'alice' ? ntHash('demo') : undefined));
  return { ntlm, judge };
}

const headerOf = (verdict: NtlmVerdict): string =>
  verdict.kind === 'challenge' ? verdict.header.value : assert.fail('no challenge');

async function signIn(password = 'demo', max?: number) {
  const { ntlm, judge } = server(max);
  const alice = client(password);
  const offer = await judge(register);
  const challenge = await judge(alice.begin(register));
  const third = alice.answer(register, headerOf(challenge));
  return { ntlm, judge, alice, offer, challenge, third, verdict: await judge(third) };
}

describe('signing in with NTLM', () => {
  it('takes three REGISTERs, the last one signed', async () => {
    const { offer, challenge, verdict } = await signIn();
    assert.deepEqual(offer, {
      kind: 'challenge',
      header: {
        name: 'WWW-Authenticate',
        value: `NTLM realm="${realm}", targetname="${targetName}", version=4`,
      },
    });
    assert.equal(challenge.kind, 'challenge');
    assert.ok(verdict.kind === 'accepted');
    assert.equal(verdict.user, 'alice');
  });

  it('lets each side verify what the other sends from then on', async () => {
    const { ntlm, judge, alice, verdict } = await signIn();
    assert.ok(verdict.kind === 'accepted');
    const message: SipRequest = withHeader({ ...register, method: 'MESSAGE' }, 'CSeq', '2 MESSAGE');
    assert.equal((await judge(alice.sign(message))).kind, 'accepted');
    for (const ours of [respond(message, 200, { toTag: 't' }), message]) {
      const info = ntlm.sign(ours, verdict.association);
      assert.equal(info?.name, 'Authentication-Info');
      assert.ok(alice.verifies(ours, info?.value ?? ''));
      assert.ok(!alice.verifies(withHeader(ours, 'Call-ID', 'other'), info?.value ?? ''));
    }
  });

  it('fails with a wrong password, an unknown user, and a challenge used twice', async () => {
    assert.deepEqual((await signIn('wrong')).verdict, { kind: 'wrong', user: 'alice' });
    const { judge, third } = await signIn('wrong');
    assert.equal((await judge(third)).kind, 'challenge');
    const { ntlm } = server();
    const alice = client('demo');
    const challenge = await ntlm.judge(alice.begin(register), async () => undefined);
    assert.deepEqual(await ntlm.judge(alice.answer(register, headerOf(challenge)), async () => undefined), {
      kind: 'wrong',
      user: 'alice',
    });
  });

  it('refuses a message that was changed, replayed, or signed for another', async () => {
    const { judge, alice, third } = await signIn();
    const signed = alice.sign(register);
    assert.equal(
      (await judge(withHeader(signed, 'From', '<sip:mallory@contoso.example>;tag=f1'))).kind,
      'wrong',
    );
    assert.equal((await judge(signed)).kind, 'accepted');
    assert.equal((await judge(signed)).kind, 'wrong');
    assert.equal((await judge(third)).kind, 'wrong');
    assert.equal((await judge(alice.sign(register, {}, '-1'))).kind, 'wrong');
    assert.equal((await judge(alice.sign(register, { response: '' }))).kind, 'wrong');
  });

  it('takes credentials from where a proxy would ask for them too', async () => {
    const { judge, alice } = await signIn();
    const signed = alice.sign(register);
    const value = header(signed, 'Authorization') ?? '';
    assert.equal((await judge(withHeader(register, 'Proxy-Authorization', value))).kind, 'accepted');
  });

  it('offers itself to foreign credentials, and survives garbage', async () => {
    const { judge } = server();
    for (const value of [
      'NTLM',
      'Digest username="x"',
      `NTLM realm="${realm}", opaque="unknown", gssapi-data="AAAA"`,
      'x y',
    ]) {
      assert.equal((await judge(withHeader(register, 'Authorization', value))).kind, 'challenge');
    }
    const alice = client('demo');
    const challenge = await judge(alice.begin(register));
    assert.ok(challenge.kind === 'challenge');
    const opaque = /opaque="([^"]+)"/.exec(challenge.header.value)?.[1] ?? '';
    const garbage = `NTLM realm="${realm}", opaque="${opaque}", gssapi-data="!!!!"`;
    assert.deepEqual(await judge(withHeader(register, 'Authorization', garbage)), {
      kind: 'wrong',
      user: undefined,
    });
  });

  it('remembers no more associations than allowed', async () => {
    const { ntlm, judge, verdict } = await signIn('demo', 2);
    assert.ok(verdict.kind === 'accepted');
    assert.ok(ntlm.sign(register, verdict.association) !== undefined);
    for (let n = 0; n < 2; n++) await judge(client('demo').begin(register));
    assert.equal(ntlm.sign(register, verdict.association), undefined);
  });
});

describe('a replay window', () => {
  it('takes each count once, whatever the order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 1, maxLength: 80 }),
        ([first = 0, ...counts]) => {
          const window = new ReplayWindow(first);
          const taken = new Set([first]);
          let highest = first;
          for (const count of counts) {
            const expected =
              count > highest || (!taken.has(count) && highest - count <= 32 && count !== highest);
            assert.equal(window.take(count), expected);
            if (expected) taken.add(count);
            highest = Math.max(highest, count);
          }
        },
      ),
    );
  });
});
