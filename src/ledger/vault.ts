import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { PersonId } from '../core/ids.ts';
import type { Side } from '../core/people.ts';
import type { SecretStore } from '../gateway/ledger.ts';
import type { LinkSecret, Links } from '../gateway/links.ts';

export const vaultKeyBytes = 32;

const version = 1;
const nonceBytes = 12;
const tagBytes = 16;

/** A link that is there but cannot be read: the key is another one, or the record was tampered with. */
export class LinkUnreadable extends Error {
  override name = 'LinkUnreadable';
}

/**
 * Links kept in the ledger under AES-256-GCM. Each record is bound to its person and side, so that one copied
 * over another is refused. `key` has {@link vaultKeyBytes} bytes and lives outside the ledger.
 */
export function createVault(secrets: SecretStore, key: Uint8Array): Links {
  if (key.length !== vaultKeyBytes)
    throw new RangeError(`the key has ${key.length} bytes, not ${vaultKeyBytes}`);

  function seal(name: string, secret: LinkSecret): Uint8Array {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(secret)), cipher.final()]);
    return Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), sealed]);
  }

  function open(name: string, record: Uint8Array): LinkSecret {
    if (record[0] !== version) throw new LinkUnreadable(`${name}: unknown version`);
    const nonce = record.subarray(1, 1 + nonceBytes);
    const tag = record.subarray(1 + nonceBytes, 1 + nonceBytes + tagBytes);
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name)).setAuthTag(tag);
      const opened = Buffer.concat([
        decipher.update(record.subarray(1 + nonceBytes + tagBytes)),
        decipher.final(),
      ]);
      return JSON.parse(opened.toString()) as LinkSecret;
    } catch (cause) {
      throw new LinkUnreadable(`${name}: sealed with another key, or damaged`, { cause });
    }
  }

  return {
    async get(person, side) {
      const name = nameOf(person, side);
      const record = await secrets.get(name);
      return record && open(name, record);
    },
    put(person, side, secret) {
      const name = nameOf(person, side);
      return secrets.put(name, seal(name, secret));
    },
    remove: (person, side) => secrets.remove(nameOf(person, side)),
  };
}

function nameOf(person: PersonId, side: Side): string {
  return `link ${side} ${person}`;
}
