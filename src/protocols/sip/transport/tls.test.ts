import 'reflect-metadata';
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { before, describe, it } from 'node:test';
import * as x509 from '@peculiar/x509';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { dial, message, type Seen, serve, told, until, watch } from './loopback.test-kit.ts';

interface Identity {
  readonly key: string;
  readonly cert: string;
}

async function certificates() {
  x509.cryptoProvider.set(webcrypto);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const pair = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const notBefore = new Date(Date.now() - 60_000);
  const notAfter = new Date(Date.now() + 3_600_000);
  const pem = async (key: webcrypto.CryptoKey): Promise<string> =>
    x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
  const authorityKeys = await pair();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Test authority',
    keys: authorityKeys,
    notBefore,
    notAfter,
    signingAlgorithm: algorithm,
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  });
  const issue = async (name: string, serialNumber: string): Promise<Identity> => {
    const keys = await pair();
    const cert = await x509.X509CertificateGenerator.create({
      subject: `CN=${name}`,
      issuer: authority.subject,
      serialNumber,
      notBefore,
      notAfter,
      publicKey: keys.publicKey,
      signingKey: authorityKeys.privateKey,
      signingAlgorithm: algorithm,
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }])],
    });
    return { key: await pem(keys.privateKey), cert: cert.toString('pem') };
  };
  return {
    ca: authority.toString('pem'),
    pool: await issue('pool.contoso.example', '02'),
    app: await issue('App.contoso.example', '03'),
  };
}

describe('a TLS connection', () => {
  let made: Awaited<ReturnType<typeof certificates>>;

  before(async () => {
    made = await certificates();
  });

  const serverTls = (clientCertificate: 'none' | 'wanted' | 'required') => ({
    ...made.pool,
    ca: made.ca,
    clientCertificate,
  });
  const clientTls = (identity?: Identity, serverName = 'pool.contoso.example') => ({
    serverName,
    ca: made.ca,
    ...(identity && { identity }),
  });

  it('with a certificate on both sides tells each who the other is', async () => {
    await using server = await serve(new ManualClock(), { tls: serverTls('required') });
    await using client = dial(server.listener.port, new ManualClock(), { tls: clientTls(made.app) });
    const ours = watch(client);
    await until(() => client.isOpen);
    client.send(message);
    const theirs = await server.first();
    await until(() => theirs.events.length === 2);
    const names = ({ events: [open] }: Seen) =>
      open?.kind === 'open' && open.peer.security.kind === 'tls' && open.peer.security.certificate?.names;
    assert.deepEqual(names(ours), ['pool.contoso.example']);
    assert.deepEqual(names(theirs), ['app.contoso.example']);
    assert.deepEqual(told(theirs), ['open', 'message']);
  });

  it('without the certificate that is required is not taken', async () => {
    const refused: (string | undefined)[] = [];
    await using server = await serve(new ManualClock(), {
      tls: serverTls('required'),
      onRefused: (code) => void refused.push(code),
    });
    const ours = watch(dial(server.listener.port, new ManualClock(), { tls: clientTls() }));
    await ours.done;
    assert.match(told(ours).at(-1) ?? '', /^closed/);
    await until(() => refused.length === 1);
    assert.equal(server.seen.length, 0);
  });

  it('without a certificate that is only wanted comes as nobody', async () => {
    await using server = await serve(new ManualClock(), { tls: serverTls('wanted') });
    await using client = dial(server.listener.port, new ManualClock(), { tls: clientTls() });
    watch(client);
    const theirs = await server.first();
    await until(() => theirs.events.length === 1);
    const [open] = theirs.events;
    assert.ok(open?.kind === 'open' && open.peer.security.kind === 'tls');
    assert.equal(open.peer.security.certificate, undefined);
  });

  it('to a server of another name, or of an unknown authority, is not opened', async () => {
    await using server = await serve(new ManualClock(), { tls: serverTls('none') });
    const misnamed = watch(
      dial(server.listener.port, new ManualClock(), { tls: clientTls(undefined, 'other.example') }),
    );
    const unknown = watch(
      dial(server.listener.port, new ManualClock(), { tls: { serverName: 'pool.contoso.example' } }),
    );
    await Promise.all([misnamed.done, unknown.done]);
    assert.deepEqual([told(misnamed), told(unknown)], [['closed: not opened'], ['closed: not opened']]);
    assert.ok(
      misnamed.events[0]?.kind === 'closed' && misnamed.events[0].code === 'ERR_TLS_CERT_ALTNAME_INVALID',
    );
  });

  it('that never shakes hands is given up', async () => {
    await using server = await serve(new ManualClock());
    const clock = new ManualClock();
    const ours = watch(dial(server.listener.port, clock, { tls: clientTls() }));
    await until(() => server.seen.length === 1 && clock.pending === 1);
    clock.advance(10_000);
    await ours.done;
    assert.deepEqual(told(ours), ['closed: not opened']);
    assert.equal(clock.pending, 0);
  });
});
