import { randomBytes } from 'node:crypto';
import {
  base64url,
  calculateJwkThumbprint,
  EncryptJWT,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
  jwtDecrypt,
  SignJWT,
} from 'jose';
import type { Clock } from './clock.ts';

/** What the caller keeps, secret, from one start to the next; tokens outlive a restart because of it. */
export interface StoredKeys {
  /** Private RSA key as a JWK. */
  readonly signing: JWK;
  /** 32 bytes, base64url: what refresh tokens, codes and sessions are sealed with. */
  readonly sealing: string;
}

/** The keys of one sign-in service, ready for use. */
export interface SigningKeys {
  readonly publicSet: JSONWebKeySet;
  /** An RS256 JWT of exactly these claims. */
  sign(claims: JWTPayload): Promise<string>;
  /** An opaque text that only {@link unseal} with the same purpose reads, until `expiresAt` (Unix ms). */
  seal(purpose: string, content: JWTPayload, expiresAt: number): Promise<string>;
  unseal(purpose: string, text: string, clock: Clock): Promise<Unsealed>;
}

export type Unsealed =
  | { readonly kind: 'content'; readonly content: JWTPayload }
  | { readonly kind: 'expired'; readonly content: JWTPayload }
  | { readonly kind: 'unreadable' };

export async function generateStoredKeys(): Promise<StoredKeys> {
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
  return { signing: await exportJWK(privateKey), sealing: base64url.encode(randomBytes(32)) };
}

/** @throws when `stored` is not what {@link generateStoredKeys} made. */
export async function openSigningKeys(stored: StoredKeys): Promise<SigningKeys> {
  const privateKey = await importJWK(stored.signing, 'RS256');
  const kid = await calculateJwkThumbprint(stored.signing);
  const sealing = base64url.decode(stored.sealing);
  if (sealing.length !== 32) throw new Error('the sealing key must have 32 bytes');
  const { kty, n, e } = stored.signing;
  if (kty !== 'RSA' || n === undefined || e === undefined) throw new Error('the signing key must be RSA');
  return {
    publicSet: { keys: [{ kty, n, e, kid, x5t: kid, use: 'sig', alg: 'RS256' }] },
    sign: (claims) =>
      new SignJWT(claims).setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid }).sign(privateKey),
    seal: (purpose, content, expiresAt) =>
      new EncryptJWT(content)
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setAudience(purpose)
        .setExpirationTime(Math.floor(expiresAt / 1000))
        .encrypt(sealing),
    async unseal(purpose, text, clock) {
      try {
        // At the beginning of time nothing has expired: an old text is told from a forged one below.
        const { payload } = await jwtDecrypt(text, sealing, { audience: purpose, currentDate: new Date(0) });
        const expired = (payload.exp ?? 0) * 1000 <= clock.now();
        return { kind: expired ? 'expired' : 'content', content: payload };
      } catch {
        return { kind: 'unreadable' };
      }
    },
  };
}
