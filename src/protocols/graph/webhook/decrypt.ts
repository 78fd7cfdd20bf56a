import { createDecipheriv, createHmac, timingSafeEqual, webcrypto } from 'node:crypto';
import type { EncryptedContent } from '../subscriptions.ts';
import type { KeyRing } from './key-ring.ts';

export type Decrypted =
  | { readonly kind: 'resource'; readonly resource: unknown }
  | { readonly kind: 'unknown-key' | 'forged' | 'unreadable' };

/**
 * Opens a notification's resource data. The signature over the ciphertext is checked, in constant time,
 * before anything is decrypted.
 */
export async function decryptContent(ring: KeyRing, content: EncryptedContent): Promise<Decrypted> {
  const holder = ring.byId(content.encryptionCertificateId);
  if (holder === undefined) return { kind: 'unknown-key' };
  const key = await unwrap(holder.privateKey, content.dataKey);
  if (key === undefined) return { kind: 'forged' };
  const data = Buffer.from(content.data, 'base64');
  const expected = createHmac('sha256', key).update(data).digest();
  const given = Buffer.from(content.dataSignature, 'base64');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { kind: 'forged' };
  try {
    const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16));
    const text = Buffer.concat([decipher.update(data), decipher.final()]).toString('utf8');
    return { kind: 'resource', resource: JSON.parse(text) };
  } catch {
    return { kind: 'unreadable' };
  }
}

async function unwrap(privateKey: webcrypto.CryptoKey, dataKey: string): Promise<Buffer | undefined> {
  try {
    const wrapped = Buffer.from(dataKey, 'base64');
    const key = Buffer.from(await webcrypto.subtle.decrypt({ name: 'RSA-OAEP' }, privateKey, wrapped));
    return key.length === 32 ? key : undefined;
  } catch {
    return undefined;
  }
}
