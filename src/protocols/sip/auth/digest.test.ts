import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { authParam, formatAuth, parseAuth, parseAuthInfo } from '../headers/auth.ts';
import { header, noBody, type SipRequest, withHeader } from '../message.ts';
import { respond } from '../respond.ts';
import { digestAlgorithm, digestAlgorithms, digestResponse, digestSecret } from './digest.ts';
import { type Account, authorize, type DigestSession, readChallenge, verifyServer } from './digest-client.ts';
import {
  type AuthRole,
  challenge,
  checkDigest,
  type DigestRealm,
  digestCredentials,
} from './digest-server.ts';
import { Nonces } from './nonces.ts';

describe('Digest', () => {
  it("computes RFC 2617's example", () => {
    const secret = digestSecret('MD5', 'Mufasa', 'testrealm@host.com', 'Circle Of Life');
    const input = {
      algorithm: 'MD5' as const,
      secret,
      nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
      method: 'GET',
      uri: '/dir/index.html',
    };
    const qop = { cnonce: '0a4f113b', nc: '00000001' };
    assert.equal(digestResponse({ ...input, qop }), '6629fae49393a05397450978507c4ef1');
  });

  it("computes RFC 7616's examples in MD5 and SHA-256", () => {
    const example = (algorithm: 'MD5' | 'SHA-256'): string =>
      digestResponse({
        algorithm,
        secret: digestSecret(algorithm, 'Mufasa', 'http-auth@example.org', 'Circle of Life'),
        nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
        qop: { cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ', nc: '00000001' },
        method: 'GET',
        uri: '/dir/index.html',
      });
    assert.equal(example('MD5'), '8ca523f5e9506fed4657c9700eebdbec');
    assert.equal(example('SHA-256'), '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1');
  });

  it('takes algorithm names in any case, MD5 by default', () => {
    assert.equal(digestAlgorithm('sha-256-SESS'), 'SHA-256-sess');
    assert.equal(digestAlgorithm(undefined), 'MD5');
    assert.equal(digestAlgorithm('SHA-1'), undefined);
  });
});

describe('a challenge or credentials', () => {
  it('are read with quotes, blanks and foreign parameters', () => {
    const value = parseAuth(
      'NTLM  qop="auth" , realm="SIP Communications Service", targetname="fe1.contoso.example", gssapi-data="", version=4',
    );
    assert.equal(value?.scheme, 'ntlm');
    assert.equal(value && authParam(value, 'gssapi-data'), '');
    assert.equal(value && authParam(value, 'version'), '4');
    assert.equal(parseAuthInfo('qop=auth, rspauth="ab"')?.scheme, '');
    assert.equal(parseAuthInfo('NTLM rspauth="01", srand="2"')?.scheme, 'ntlm');
  });

  for (const bad of ['', 'Digest realm', 'Digest realm="x', 'Digest ="x"', 'Digest a=b c=d', 'Di;gest a=b']) {
    it(`refuse ${JSON.stringify(bad)}`, () => assert.equal(parseAuth(bad), undefined));
  }

  it('come back the same, and garbage never throws', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
    const text = fc.string().map((each) => each.replace(/[\r\n]/g, ''));
    const param = fc.tuple(name, text).map(([each, value]) => ({ name: each, value, quoted: true }));
    fc.assert(
      fc.property(fc.array(param, { minLength: 1 }), (params) => {
        assert.deepEqual(parseAuth(formatAuth({ scheme: 'digest', params })), { scheme: 'digest', params });
      }),
    );
    fc.assert(fc.property(fc.string(), (garbage) => void parseAuthInfo(garbage)));
  });
});

const account: Account = { user: 'alice@contoso.example', password: 'demo' };
const register: SipRequest = {
  kind: 'request',
  method: 'REGISTER',
  uri: 'sip:contoso.example',
  headers: [],
  body: noBody,
};

function server(role: AuthRole = 'server', max = 100) {
  const clock = new ManualClock();
  let random = 0;
  const nonces = new Nonces({
    clock,
    key: Buffer.alloc(32, 7),
    lifetimeMs: 60_000,
    max,
    random: () => `random${++random}`,
  });
  const realm: DigestRealm = { role, realm: 'contoso.example', algorithms: ['SHA-256', 'MD5'], nonces };
  const verdict = (request: SipRequest, password: string | undefined = 'demo') => {
    const credentials = digestCredentials(request, realm);
    if (credentials === undefined) return { kind: 'none' as const };
    const secret = password && digestSecret(credentials.algorithm, credentials.user, realm.realm, password);
    return checkDigest(request, credentials, secret || undefined, realm);
  };
  const challenged = (): DigestSession => {
    const { status, headers } = challenge(realm);
    const outcome = readChallenge(respond(register, status, { headers }));
    assert.ok(outcome.kind === 'answerable');
    return outcome.session;
  };
  return { clock, realm, nonces, verdict, challenged };
}

describe('client and server', () => {
  for (const role of ['server', 'proxy'] as const) {
    it(`agree, prove themselves to each other, and go on with the next count (${role})`, () => {
      const { verdict, challenged } = server(role);
      const first = authorize(register, challenged(), account, 'c1');
      const accepted = verdict(first.request);
      assert.ok(accepted.kind === 'accepted');
      const answer = respond(register, 200, { headers: [accepted.info] });
      assert.equal(verifyServer(answer, first.request, first.session, account), true);
      assert.equal(verifyServer(answer, first.request, first.session, { ...account, password: 'x' }), false);
      assert.equal(verifyServer(respond(register, 200), first.request, first.session, account), 'unproven');
      assert.equal(verdict(authorize(register, first.session, account, 'c2').request).kind, 'accepted');
    });
  }

  it('choose the strongest algorithm that both know', () =>
    assert.equal(server().challenged().algorithm, 'SHA-256'));

  it('agree in every algorithm, with and without qop', () => {
    for (const algorithm of digestAlgorithms) {
      for (const hasQop of [true, false]) {
        const { verdict, challenged, realm } = server();
        Object.assign(realm, { algorithms: [algorithm] });
        const { request } = authorize(register, { ...challenged(), algorithm, hasQop }, account, 'c');
        assert.equal(verdict(request).kind, 'accepted', `${algorithm} ${hasQop}`);
      }
    }
  });

  it('refuse a wrong password and an unknown user alike', () => {
    const { verdict, challenged } = server();
    const { request } = authorize(register, challenged(), { ...account, password: 'wrong' }, 'c');
    assert.deepEqual(verdict(request), { kind: 'wrong', user: account.user });
    assert.deepEqual(verdict(request, ''), { kind: 'wrong', user: account.user });
  });

  it('refuse credentials that were made for another method', () => {
    const { verdict, challenged } = server();
    const { request } = authorize(register, challenged(), account, 'c');
    assert.equal(verdict({ ...request, method: 'INVITE' }).kind, 'wrong');
  });

  it('refuse a replay, and each count a second time, in any order', () => {
    const { verdict, challenged } = server();
    const session = challenged();
    const requests = Array.from(
      { length: 40 },
      (_, n) => authorize(register, { ...session, count: n }, account, 'c').request,
    );
    const at = (n: number): string => {
      const request = requests[n];
      assert.ok(request !== undefined);
      return verdict(request).kind;
    };
    assert.equal(at(0), 'accepted');
    assert.equal(at(0), 'challenge');
    assert.equal(at(5), 'accepted');
    assert.equal(at(3), 'accepted', 'overtaken on the way');
    assert.equal(at(3), 'challenge');
    assert.equal(at(5), 'challenge');
    assert.equal(at(39), 'accepted');
    assert.equal(at(4), 'challenge', 'too far behind');
    assert.equal(at(38), 'accepted');
  });

  it('refuse a replay of credentials without count', () => {
    const { verdict, challenged } = server();
    const { request } = authorize(register, { ...challenged(), hasQop: false }, account, 'c');
    assert.deepEqual([verdict(request).kind, verdict(request).kind], ['accepted', 'challenge']);
  });

  it('start anew with a stale nonce, without asking for the password again', () => {
    const { verdict, challenged, clock } = server();
    const old = authorize(register, challenged(), account, 'c');
    clock.advance(60_000);
    const outcome = verdict(old.request);
    assert.ok(outcome.kind === 'challenge');
    const again = readChallenge(respond(register, 401, { headers: outcome.challenge.headers }), old.session);
    assert.ok(again.kind === 'answerable');
    assert.equal(verdict(authorize(register, again.session, account, 'c').request).kind, 'accepted');
  });

  it('end when the same challenge comes again', () => {
    const { challenged, realm } = server();
    const { session } = authorize(register, challenged(), account, 'c');
    const { headers } = challenge(realm);
    assert.deepEqual(readChallenge(respond(register, 401, { headers }), session), { kind: 'rejected' });
  });

  it('do not understand foreign schemes', () => {
    const { verdict } = server();
    const ntlm = [{ name: 'WWW-Authenticate', value: 'NTLM realm="x", targetname="y", version=4' }];
    assert.deepEqual(readChallenge(respond(register, 401, { headers: ntlm })), { kind: 'unsupported' });
    const odd = withHeader(register, 'Authorization', 'NoOneKnowsThisScheme opaque-data=here');
    assert.equal(verdict(odd).kind, 'none');
  });

  it("take SIPE's literal uri and give opaque back", () => {
    const { verdict, challenged } = server('proxy');
    const session = { ...challenged(), opaque: 'o"p' };
    const { request } = authorize({ ...register, uri: '(null)' }, session, account, 'c');
    const value = parseAuth(header(request, 'Proxy-Authorization') ?? '');
    assert.equal(value && authParam(value, 'opaque'), 'o"p');
    assert.equal(verdict({ ...request, uri: 'sip:contoso.example' }).kind, 'accepted');
  });
});

describe('nonces', () => {
  it('of others, and changed ones, are unknown', () => {
    const { nonces } = server();
    const nonce = nonces.issue();
    assert.equal(nonces.inspect(nonce), 'fresh');
    for (const other of ['', '.', 'x', `${nonce}x`, nonce.replace(/^./, '0'), nonce.slice(0, -1)]) {
      assert.equal(nonces.inspect(other), 'unknown');
    }
  });

  it('cost memory only when used, and never more than allowed: the forgotten are stale', () => {
    const { nonces, clock } = server('server', 3);
    const issued = Array.from({ length: 10 }, () => {
      clock.advance(10);
      return nonces.issue();
    });
    for (const nonce of issued) assert.equal(nonces.use(nonce, 1), 'fresh');
    assert.equal(nonces.use(issued[0] ?? '', 2), 'stale', 'a forgotten one cannot be replayed');
    assert.equal(nonces.use(issued[0] ?? '', 1), 'stale');
    assert.equal(nonces.use(issued[9] ?? '', 2), 'fresh');
  });

  it('take each count once', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 80 }), { maxLength: 60 }), (counts) => {
        const { nonces } = server();
        const nonce = nonces.issue();
        const taken = new Set<number>();
        let highest = 0;
        for (const count of counts) {
          const use = nonces.use(nonce, count);
          const expected = highest === 0 || count > highest || (!taken.has(count) && highest - count <= 32);
          assert.equal(use, expected ? 'fresh' : 'stale', `${count} after ${[...taken].join()}`);
          if (use === 'fresh') taken.add(count);
          highest = Math.max(highest, count);
        }
      }),
    );
  });
});
