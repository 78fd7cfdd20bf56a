import {
  constants,
  createCipheriv,
  createHmac,
  type KeyObject,
  publicEncrypt,
  randomBytes,
  X509Certificate,
} from 'node:crypto';
import type { EncryptedContent } from './subscriptions.ts';

/** A subscriber's certificate, ready to encrypt for. */
export interface EncryptionTarget {
  readonly id: string;
  readonly publicKey: KeyObject;
  /** Hex of the certificate's SHA-1, upper case. */
  readonly thumbprint: string;
}

export class CertificateError extends Error {
  override name = 'CertificateError';
}

/**
 * Reads what a subscriber sends as `encryptionCertificate`: base64 of DER, of a PEM file, or the PEM itself.
 * @throws {CertificateError} unless it is an RSA certificate of 2,048 to 4,096 bits that has not expired
 */
export function encryptionTarget(id: string, certificate: string, now: number): EncryptionTarget {
  const parsed = readCertificate(certificate);
  const { publicKey } = parsed;
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (publicKey.asymmetricKeyType !== 'rsa') throw new CertificateError('its key must be an RSA key');
  if (bits < 2048 || bits > 4096)
    throw new CertificateError(`its key has ${bits} bits, 2048 to 4096 are taken`);
  if (Date.parse(parsed.validTo) < now) throw new CertificateError('it has expired');
  return { id, publicKey, thumbprint: parsed.fingerprint.replaceAll(':', '') };
}

function readCertificate(text: string): X509Certificate {
  try {
    return new X509Certificate(text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64'));
  } catch {
    throw new CertificateError('it cannot be read as a base64-encoded X.509 certificate');
  }
}

/**
 * Encrypts one resource for one subscriber. The key is new for every item; the signature covers the
 * ciphertext's bytes, not their base64 text.
 */
export function encryptResource(target: EncryptionTarget, plaintext: string): EncryptedContent {
  const key = randomBytes(32);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16));
  const data = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  return {
    data: data.toString('base64'),
    dataSignature: createHmac('sha256', key).update(data).digest('base64'),
    dataKey: publicEncrypt(
      { key: target.publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
      key,
    ).toString('base64'),
    encryptionCertificateId: target.id,
    encryptionCertificateThumbprint: target.thumbprint,
  };
}
