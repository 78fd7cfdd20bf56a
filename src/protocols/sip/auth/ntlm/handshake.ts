import { timingSafeEqual } from 'node:crypto';
import { rc4 } from './ciphers.ts';
import { ntProof, responseKey, type SessionKeys, sessionBaseKey, sessionKeys } from './keys.ts';
import { type NtlmAuthenticate, type NtlmChallenge, ntlmFlags } from './messages.ts';

const proofSize = 16;
const keySize = 16;

/**
 * Checks an NTLMv2 response against the hash of the user's password; `undefined` for an unknown user takes as long
 * and fails the same. What comes out are the keys of both directions. NTLMv1 is not taken.
 */
export function verifyAuthenticate(
  message: NtlmAuthenticate,
  serverChallenge: Uint8Array,
  hash: Uint8Array | undefined,
): SessionKeys | undefined {
  const { ntResponse, user, domain, sessionKey, flags } = message;
  if (ntResponse.length < proofSize + 28) return undefined;
  const key = responseKey(hash ?? Buffer.alloc(keySize), user, domain);
  const proof = ntProof(key, serverChallenge, ntResponse.subarray(proofSize));
  if (!timingSafeEqual(proof, ntResponse.subarray(0, proofSize)) || hash === undefined) return undefined;
  const base = sessionBaseKey(key, proof);
  if ((flags & ntlmFlags.keyExchange) === 0) return sessionKeys(base, flags);
  return sessionKey.length === keySize ? sessionKeys(rc4(base, sessionKey), flags) : undefined;
}

export interface NtlmAnswer {
  readonly message: NtlmAuthenticate;
  readonly keys: SessionKeys;
}

/** The client's answer to a challenge. */
export function answerChallenge(
  challenge: NtlmChallenge,
  account: {
    readonly user: string;
    readonly domain: string;
    readonly workstation: string;
    readonly hash: Uint8Array;
  },
  random: {
    /** 8 bytes. */
    readonly clientChallenge: Uint8Array;
    /** 16 bytes. */
    readonly exportedKey: Uint8Array;
    /** 100 ns since 1601, 8 bytes little-endian. */
    readonly time: Uint8Array;
  },
): NtlmAnswer {
  const { user, domain, workstation, hash } = account;
  const head = Buffer.from([1, 1, 0, 0, 0, 0, 0, 0]);
  const gap = Buffer.alloc(4);
  const blob = Buffer.concat([head, random.time, random.clientChallenge, gap, challenge.targetInfo, gap]);
  const key = responseKey(hash, user, domain);
  const proof = ntProof(key, challenge.challenge, blob);
  const base = sessionBaseKey(key, proof);
  const flags = challenge.flags;
  return {
    message: {
      flags,
      user,
      domain,
      workstation,
      ntResponse: Buffer.concat([proof, blob]),
      sessionKey: rc4(base, random.exportedKey),
    },
    keys: sessionKeys(random.exportedKey, flags),
  };
}
