/** Negotiate flags of [MS-NLMP] section 2.2.2.5 that this library speaks of. */
export const ntlmFlags = {
  unicode: 0x1,
  requestTarget: 0x4,
  sign: 0x10,
  datagram: 0x40,
  ntlm: 0x200,
  alwaysSign: 0x8000,
  targetIsDomain: 0x10000,
  extendedSecurity: 0x80000,
  identify: 0x100000,
  targetInfo: 0x800000,
  key128: 0x20000000,
  keyExchange: 0x40000000,
  key56: 0x80000000,
} as const;

/** What a Skype for Business client wants to see in a challenge. */
export const challengeFlags =
  (ntlmFlags.unicode |
    ntlmFlags.requestTarget |
    ntlmFlags.sign |
    ntlmFlags.datagram |
    ntlmFlags.ntlm |
    ntlmFlags.alwaysSign |
    ntlmFlags.targetIsDomain |
    ntlmFlags.extendedSecurity |
    ntlmFlags.identify |
    ntlmFlags.targetInfo |
    ntlmFlags.key128 |
    ntlmFlags.keyExchange |
    ntlmFlags.key56) >>>
  0;

const magic = Buffer.from('NTLMSSP\0', 'latin1');
const maxMessage = 16_384;

/** Names that a server tells of itself. */
export interface TargetNames {
  readonly netbiosDomain: string;
  readonly netbiosComputer: string;
  readonly dnsDomain: string;
  readonly dnsComputer: string;
}

/** A CHALLENGE_MESSAGE (type 2). */
export interface NtlmChallenge {
  readonly flags: number;
  /** 8 bytes. */
  readonly challenge: Uint8Array;
  /** The AV pairs, their end included. */
  readonly targetInfo: Uint8Array;
}

/** An AUTHENTICATE_MESSAGE (type 3). */
export interface NtlmAuthenticate {
  readonly flags: number;
  readonly user: string;
  /** Empty unless the client was given one. */
  readonly domain: string;
  readonly workstation: string;
  /** Proof and blob. */
  readonly ntResponse: Uint8Array;
  /** The exported key under the session base key; empty without key exchange. */
  readonly sessionKey: Uint8Array;
}

/** AV pairs without a timestamp, so that the client adds no integrity code. */
export function targetInfo({ netbiosDomain, netbiosComputer, dnsDomain, dnsComputer }: TargetNames): Buffer {
  const pair = (id: number, text: string): Buffer => {
    const value = Buffer.from(text, 'utf16le');
    const head = Buffer.alloc(4);
    head.writeUInt16LE(id, 0);
    head.writeUInt16LE(value.length, 2);
    return Buffer.concat([head, value]);
  };
  return Buffer.concat([
    pair(2, netbiosDomain),
    pair(1, netbiosComputer),
    pair(4, dnsDomain),
    pair(3, dnsComputer),
    pair(0, ''),
  ]);
}

/** Fields of the form length, room, offset, and what they point at behind the fixed part. */
function layOut(fixed: Buffer, fields: readonly (readonly [at: number, value: Uint8Array])[]): Buffer {
  let offset = fixed.length;
  for (const [at, { length }] of fields) {
    fixed.writeUInt16LE(length, at);
    fixed.writeUInt16LE(length, at + 2);
    fixed.writeUInt32LE(offset, at + 4);
    offset += length;
  }
  return Buffer.concat([fixed, ...fields.map(([, value]) => value)]);
}

function fieldAt(message: Buffer, at: number): Buffer | undefined {
  const length = message.readUInt16LE(at);
  const offset = message.readUInt32LE(at + 4);
  return offset + length <= message.length ? message.subarray(offset, offset + length) : undefined;
}

export function writeChallenge(
  { flags, challenge, targetInfo: info }: NtlmChallenge,
  domain: string,
): Buffer {
  const fixed = Buffer.alloc(56);
  magic.copy(fixed);
  fixed.writeUInt32LE(2, 8);
  fixed.writeUInt32LE(flags, 20);
  fixed.set(challenge, 24);
  return layOut(fixed, [
    [12, Buffer.from(domain, 'utf16le')],
    [40, info],
  ]);
}

/** `undefined` for what is no type 2. */
export function parseChallenge(bytes: Uint8Array): NtlmChallenge | undefined {
  const message = whole(bytes, 2, 48);
  const info = message === undefined ? undefined : fieldAt(message, 40);
  if (message === undefined || info === undefined) return undefined;
  return { flags: message.readUInt32LE(20), challenge: message.subarray(24, 32), targetInfo: info };
}

export function writeAuthenticate({
  flags,
  user,
  domain,
  workstation,
  ntResponse,
  sessionKey,
}: NtlmAuthenticate): Buffer {
  const fixed = Buffer.alloc(72);
  magic.copy(fixed);
  fixed.writeUInt32LE(3, 8);
  fixed.writeUInt32LE(flags, 60);
  return layOut(fixed, [
    [12, Buffer.alloc(24)],
    [20, ntResponse],
    [28, Buffer.from(domain, 'utf16le')],
    [36, Buffer.from(user, 'utf16le')],
    [44, Buffer.from(workstation, 'utf16le')],
    [52, sessionKey],
  ]);
}

/** `undefined` for what is no type 3 in Unicode. */
export function parseAuthenticate(bytes: Uint8Array): NtlmAuthenticate | undefined {
  const message = whole(bytes, 3, 64);
  if (message === undefined) return undefined;
  const ntResponse = fieldAt(message, 20);
  const domain = fieldAt(message, 28);
  const user = fieldAt(message, 36);
  const workstation = fieldAt(message, 44);
  const sessionKey = fieldAt(message, 52);
  if (!ntResponse || !domain || !user || !workstation || !sessionKey) return undefined;
  return {
    flags: message.readUInt32LE(60),
    user: user.toString('utf16le'),
    domain: domain.toString('utf16le'),
    workstation: workstation.toString('utf16le'),
    ntResponse,
    sessionKey,
  };
}

function whole(bytes: Uint8Array, type: number, least: number): Buffer | undefined {
  if (bytes.length < least || bytes.length > maxMessage) return undefined;
  const message = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return message.subarray(0, 8).equals(magic) && message.readUInt32LE(8) === type ? message : undefined;
}
