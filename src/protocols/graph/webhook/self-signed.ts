import { webcrypto } from 'node:crypto';

export interface SelfSigned {
  /** Common name of subject and issuer. */
  readonly name: string;
  /** Up to 20 bytes, the first of them from 1 to 127. */
  readonly serial: Uint8Array;
  /** To the second. */
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** RSA keys for signatures with SHA-256, of which the public one can be exported. */
  readonly keys: webcrypto.CryptoKeyPair;
}

/**
 * The DER of a certificate (RFC 5280, version 3 without extensions) that nobody needs to trust: it carries a public key
 * to someone who encrypts for it. Made here because libraries for certificates keep 200 modules in memory for one a year.
 */
export async function selfSigned({
  name,
  serial,
  notBefore,
  notAfter,
  keys,
}: SelfSigned): Promise<Buffer<ArrayBuffer>> {
  const distinguishedName = sequence(set(sequence(commonName, element(0x0c, Buffer.from(name)))));
  const toBeSigned = sequence(
    element(0xa0, element(0x02, Buffer.of(2))),
    element(0x02, serial),
    sha256WithRsa,
    distinguishedName,
    sequence(time(notBefore), time(notAfter)),
    distinguishedName,
    new Uint8Array(await webcrypto.subtle.exportKey('spki', keys.publicKey)),
  );
  const signature = await webcrypto.subtle.sign('RSASSA-PKCS1-v1_5', keys.privateKey, toBeSigned);
  const noUnusedBits = Buffer.of(0);
  return sequence(toBeSigned, sha256WithRsa, element(0x03, noUnusedBits, new Uint8Array(signature)));
}

function element(tag: number, ...parts: readonly Uint8Array[]): Buffer<ArrayBuffer> {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), length(content.length), content]);
}

function length(bytes: number): Buffer<ArrayBuffer> {
  if (bytes < 0x80) return Buffer.of(bytes);
  if (bytes < 0x100) return Buffer.of(0x81, bytes);
  if (bytes < 0x1_0000) return Buffer.of(0x82, bytes >> 8, bytes & 0xff);
  throw new RangeError('an element of a certificate is too long');
}

function sequence(...parts: readonly Uint8Array[]): Buffer<ArrayBuffer> {
  return element(0x30, ...parts);
}

function set(...parts: readonly Uint8Array[]): Buffer<ArrayBuffer> {
  return element(0x31, ...parts);
}

/** UTCTime as long as it can tell the century, as RFC 5280 wants it. */
function time(date: Date): Buffer<ArrayBuffer> {
  const digits = `${date.toISOString().replaceAll(/\D/g, '').slice(0, 14)}Z`;
  const year = date.getUTCFullYear();
  return year >= 1950 && year < 2050
    ? element(0x17, Buffer.from(digits.slice(2)))
    : element(0x18, Buffer.from(digits));
}

/** 2.5.4.3 */
const commonName = element(0x06, Buffer.of(0x55, 0x04, 0x03));
/** 1.2.840.113549.1.1.11, and the parameters it has: none. */
const sha256WithRsa = sequence(
  element(0x06, Buffer.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b)),
  element(0x05),
);
