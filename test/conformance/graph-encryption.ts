import 'reflect-metadata';
import {
  constants,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  privateDecrypt,
  webcrypto,
} from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { EncryptedContent } from '../../src/protocols/graph/subscriptions.ts';

const algorithm = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};

/** A subscriber's certificate, and how the holder of its key reads what is encrypted for it. */
export async function encryptionCertificate() {
  x509.cryptoProvider.set(webcrypto as Crypto);
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=subscriber',
    notBefore: new Date(Date.UTC(2020, 0)),
    notAfter: new Date(Date.UTC(2040, 0)),
    signingAlgorithm: algorithm,
    keys,
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return {
    certificate: certificate.toString('base64'),
    /** @throws when the signature does not fit */
    decrypt: ({ data, dataKey, dataSignature }: EncryptedContent): unknown => {
      const key = privateDecrypt(
        { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
        Buffer.from(dataKey, 'base64'),
      );
      const bytes = Buffer.from(data, 'base64');
      if (createHmac('sha256', key).update(bytes).digest('base64') !== dataSignature)
        throw new Error('forged');
      const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16));
      return JSON.parse(Buffer.concat([decipher.update(bytes), decipher.final()]).toString());
    },
  };
}
