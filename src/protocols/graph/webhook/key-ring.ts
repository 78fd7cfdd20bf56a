import 'reflect-metadata';
import { randomUUID, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { Clock } from '../clock.ts';

/** A certificate that Graph encrypts resource data for, and its private key. */
export interface EncryptionKey {
  /** What notifications name it by; at most 128 characters. */
  readonly id: string;
  /** Base64 of the DER, as `encryptionCertificate` takes it. */
  readonly certificate: string;
  /** Unix ms. */
  readonly expiresAt: number;
  /** For RSA-OAEP with SHA-1; decrypting runs beside the event loop. */
  readonly privateKey: webcrypto.CryptoKey;
}

const day = 24 * 60 * 60 * 1000;
const lifeMs = 365 * day;

x509.cryptoProvider.set(webcrypto as Crypto);

/** A new RSA key of 2,048 bits under a self-signed certificate: Graph asks for no more. */
export async function createEncryptionKey(clock: Pick<Clock, 'now'>): Promise<EncryptionKey> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const expiresAt = clock.now() + lifeMs;
  const id = randomUUID();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=change notifications',
    serialNumber: `01${id.replaceAll('-', '')}`,
    notBefore: new Date(clock.now() - day),
    notAfter: new Date(expiresAt),
    signingAlgorithm: algorithm,
    keys,
  });
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  const unwrapping = { name: 'RSA-OAEP', hash: 'SHA-1' };
  return {
    id,
    certificate: Buffer.from(certificate.rawData).toString('base64'),
    expiresAt,
    privateKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, unwrapping, false, ['decrypt']),
  };
}

const mostKeys = 8;

/** The keys in use: subscriptions name the newest, notifications may name any that is still here. */
export class KeyRing {
  #keys: readonly EncryptionKey[] = [];
  #making: Promise<EncryptionKey> | undefined;

  constructor(first: EncryptionKey) {
    this.add(first);
  }

  get newest(): EncryptionKey {
    const [newest] = this.#keys;
    if (newest === undefined) throw new Error('a key ring is never empty');
    return newest;
  }

  /** The newest, or another once half of its life is over. */
  async current(clock: Pick<Clock, 'now'>): Promise<EncryptionKey> {
    if (this.newest.expiresAt - clock.now() > lifeMs / 2) return this.newest;
    this.#making ??= createEncryptionKey(clock).finally(() => {
      this.#making = undefined;
    });
    const made = await this.#making;
    if (this.newest !== made) this.add(made);
    return made;
  }

  /** The oldest of more than eight is forgotten. */
  add(key: EncryptionKey): void {
    this.#keys = [key, ...this.#keys].slice(0, mostKeys);
  }

  byId(id: string): EncryptionKey | undefined {
    return this.#keys.find((key) => key.id === id);
  }
}
