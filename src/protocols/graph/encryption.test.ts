import 'reflect-metadata';
import assert from 'node:assert/strict';
import {
  constants,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  privateDecrypt,
  webcrypto,
} from 'node:crypto';
import { describe, it } from 'node:test';
import * as x509 from '@peculiar/x509';
import fc from 'fast-check';
import { CertificateError, encryptionTarget, encryptResource } from './encryption.ts';

x509.cryptoProvider.set(webcrypto as Crypto);
const now = Date.UTC(2026, 0, 5);
const rsa = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};

async function issue(algorithm: object, notAfter: number) {
  const keys = (await webcrypto.subtle.generateKey(algorithm as webcrypto.RsaHashedKeyGenParams, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=subscriber',
    notBefore: new Date(now - 1000),
    notAfter: new Date(notAfter),
    signingAlgorithm: algorithm as webcrypto.RsaHashedKeyGenParams,
    keys,
  });
  const der = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { certificate, key: createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' }) };
}

const { certificate, key: privateKey } = await issue(rsa, now + 1_000_000);
const base64 = certificate.toString('base64');

describe('encrypted resource data', () => {
  it('is what the receiver of the documented procedure reads', () => {
    const target = encryptionTarget('cert-1', base64, now);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (plaintext) => {
        const sent = encryptResource(target, plaintext);
        const key = privateDecrypt(
          { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
          Buffer.from(sent.dataKey, 'base64'),
        );
        const data = Buffer.from(sent.data, 'base64');
        assert.equal(createHmac('sha256', key).update(data).digest('base64'), sent.dataSignature);
        const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16));
        assert.equal(Buffer.concat([decipher.update(data), decipher.final()]).toString(), plaintext);
      }),
      { numRuns: 20 },
    );
  });

  it('names the certificate by the id that the subscriber gave it and by its SHA-1', async () => {
    const sent = encryptResource(encryptionTarget('cert-1', base64, now), 'x');
    assert.equal(sent.encryptionCertificateId, 'cert-1');
    const thumbprint = Buffer.from(await certificate.getThumbprint('SHA-1')).toString('hex');
    assert.equal(sent.encryptionCertificateThumbprint.toLowerCase(), thumbprint);
  });

  it('has a key of its own for every item', () => {
    const target = encryptionTarget('cert-1', base64, now);
    assert.notEqual(encryptResource(target, 'x').data, encryptResource(target, 'x').data);
  });
});

describe("a subscriber's certificate", () => {
  it('may be DER or PEM', () => {
    assert.ok(encryptionTarget('a', base64, now).publicKey);
    assert.ok(encryptionTarget('a', certificate.toString('pem'), now).publicKey);
    assert.ok(
      encryptionTarget('a', Buffer.from(certificate.toString('pem')).toString('base64'), now).publicKey,
    );
  });

  it('must be a certificate', () => {
    assert.throws(() => encryptionTarget('a', 'bm90IGEgY2VydGlmaWNhdGU=', now), CertificateError);
  });

  it('must hold an RSA key of at least 2048 bits', async () => {
    const curve = await issue({ name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }, now + 1000);
    assert.throws(() => encryptionTarget('a', curve.certificate.toString('base64'), now), /RSA/);
    const short = await issue({ ...rsa, modulusLength: 1024 }, now + 1000);
    assert.throws(() => encryptionTarget('a', short.certificate.toString('base64'), now), /1024 bits/);
  });

  it('must not have expired', () => {
    assert.throws(() => encryptionTarget('a', base64, now + 2_000_000), /expired/);
  });
});
