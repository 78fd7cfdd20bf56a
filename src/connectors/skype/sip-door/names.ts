import { createHash, randomBytes } from 'node:crypto';

/** The names that a door makes up. Injected, so that tests can read them. */
export interface Names {
  /** Unguessable, a token of SIP. */
  readonly tag: () => string;
  readonly branch: () => string;
  readonly callId: () => string;
}

export const randomNames: Names = {
  tag: () => randomBytes(8).toString('hex'),
  branch: () => `z9hG4bK${randomBytes(12).toString('hex')}`,
  callId: () => randomBytes(16).toString('hex'),
};

/** An endpoint's name as Microsoft's `epid`: 12 hexadecimal digits, the same for an instance at every start. */
export function epidOf(instance: string): string {
  return createHash('sha256').update(instance).digest('hex').slice(0, 12);
}
