import { hmacMd5, md4, md5, rc4 } from './ciphers.ts';
import { ntlmFlags } from './messages.ts';

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

/** What a server keeps of a password. As secret as the password. */
export function ntHash(password: string): Buffer {
  return md4(utf16(password));
}

/** NTOWFv2 of [MS-NLMP] section 3.3.2; user and domain as the client wrote them. */
export function responseKey(hash: Uint8Array, user: string, domain: string): Buffer {
  return hmacMd5(hash, utf16(user.toUpperCase() + domain));
}

/** The first 16 bytes of an NTLMv2 response: the proof of the key over the server's challenge and the client's blob. */
export function ntProof(key: Uint8Array, serverChallenge: Uint8Array, blob: Uint8Array): Buffer {
  return hmacMd5(key, serverChallenge, blob);
}

export function sessionBaseKey(key: Uint8Array, proof: Uint8Array): Buffer {
  return hmacMd5(key, proof);
}

/** Keys of one direction. */
export interface DirectionKeys {
  readonly sign: Buffer;
  readonly seal: Buffer;
}

export interface SessionKeys {
  readonly client: DirectionKeys;
  readonly server: DirectionKeys;
}

/** [MS-NLMP] sections 3.4.5.2 and 3.4.5.3, with extended session security. */
export function sessionKeys(exported: Uint8Array, flags: number): SessionKeys {
  const sealing =
    (flags & ntlmFlags.key128) !== 0
      ? exported
      : exported.subarray(0, (flags & ntlmFlags.key56) !== 0 ? 7 : 5);
  const derive = (key: Uint8Array, way: string, use: string): Buffer =>
    md5(key, Buffer.from(`session key to ${way} ${use} key magic constant\0`, 'latin1'));
  return {
    client: {
      sign: derive(exported, 'client-to-server', 'signing'),
      seal: derive(sealing, 'client-to-server', 'sealing'),
    },
    server: {
      sign: derive(exported, 'server-to-client', 'signing'),
      seal: derive(sealing, 'server-to-client', 'sealing'),
    },
  };
}

/** [MS-SIPAE] signs every message with this number. */
const sequence = 100;

/** The signature of a text on a connectionless (datagram) session: 16 bytes ([MS-NLMP] sections 3.4.4.2, 3.4.2). */
export function ntlmSignature(
  { sign, seal }: DirectionKeys,
  text: Uint8Array,
  number: number = sequence,
): Buffer {
  const counter = Buffer.alloc(4);
  counter.writeUInt32LE(number);
  const checksum = hmacMd5(sign, counter, text).subarray(0, 8);
  const version = Buffer.from([1, 0, 0, 0]);
  return Buffer.concat([version, rc4(md5(seal, counter), checksum), counter]);
}
