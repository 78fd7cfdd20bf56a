import assert from 'node:assert/strict';
import { webcrypto, X509Certificate } from 'node:crypto';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { selfSigned } from './self-signed.ts';

const algorithm = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};

describe('a self-signed certificate', () => {
  let keys: webcrypto.CryptoKeyPair;
  before(async () => {
    keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  });

  it('says what it was made with, and is signed with its own key', async () => {
    const second = (from: string, to: string) =>
      fc
        .date({ min: new Date(from), max: new Date(to), noInvalidDate: true })
        .map((date) => new Date(Math.floor(date.getTime() / 1000) * 1000));
    await fc.assert(
      fc.asyncProperty(
        fc.stringMatching(/^[a-z][a-zäé ]{0,60}[a-z]$/),
        fc.tuple(fc.integer({ min: 1, max: 127 }), fc.uint8Array({ maxLength: 19 })),
        second('1960-01-01', '2120-01-01'),
        second('1960-01-01', '2120-01-01'),
        async (name, [first, more], notBefore, notAfter) => {
          const serial = Uint8Array.of(first, ...more);
          const der = await selfSigned({ name, serial, notBefore, notAfter, keys });
          const certificate = new X509Certificate(der);
          assert.equal(certificate.subject, `CN=${name}`);
          assert.equal(certificate.issuer, `CN=${name}`);
          const hex = Buffer.from(serial).toString('hex').toUpperCase();
          assert.equal(certificate.serialNumber, hex);
          assert.equal(new Date(certificate.validFrom).getTime(), notBefore.getTime());
          assert.equal(new Date(certificate.validTo).getTime(), notAfter.getTime());
          assert.ok(certificate.verify(certificate.publicKey));
          const exported = certificate.publicKey.export({ type: 'spki', format: 'der' });
          const expected = await webcrypto.subtle.exportKey('spki', keys.publicKey);
          assert.ok(exported.equals(Buffer.from(expected)));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('refuses a name that has no room', async () => {
    const when = { notBefore: new Date(0), notAfter: new Date(1) };
    await assert.rejects(
      selfSigned({ name: 'x'.repeat(70_000), serial: Uint8Array.of(1), ...when, keys }),
      RangeError,
    );
  });
});
