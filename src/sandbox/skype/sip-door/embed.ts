import { randomBytes } from 'node:crypto';
import { Nonces } from '../../../protocols/sip/auth/nonces.ts';
import type { SignInGuard } from '../sign-in.ts';
import { openAuthentication } from './authentication/open.ts';
import { byPassword, type PasswordScheme } from './authentication/passwords.ts';
import { trusting } from './authentication/trusted.ts';
import { createSipDoor, type SipDoor, type SipDoorOptions } from './sip-door.ts';

export interface SipSettings extends Pick<SipDoorOptions, 'limits'> {
  /** How people prove who they are; both unless said. With none everybody is believed. */
  readonly schemes?: readonly PasswordScheme[];
  /** Names of hosts whose certificate makes them trusted applications. */
  readonly trustedHosts?: readonly string[];
}

export interface EmbedOptions extends Omit<SipDoorOptions, 'authentication' | 'limits'> {
  readonly guard: SignInGuard;
  readonly settings: SipSettings;
}

const nonceLifetimeMs = 300_000;

/** The SIP door of an embedded pool, with its secrets made for this run. */
export function embedSipDoor({ guard, settings, ...door }: EmbedOptions): SipDoor {
  const { schemes = ['ntlm', 'digest'], trustedHosts = [], limits } = settings;
  const nonces = new Nonces({
    clock: door.clock,
    key: randomBytes(32),
    lifetimeMs: nonceLifetimeMs,
    max: 10_000,
    random: () => randomBytes(12).toString('hex'),
  });
  const random = (size: number): Uint8Array => randomBytes(size);
  const passwords = byPassword({ schemes, guard, nonces, fqdn: door.fqdn, random });
  const people = schemes.length === 0 ? () => openAuthentication : passwords;
  return createSipDoor({
    ...door,
    authentication: trusting(trustedHosts, people),
    ...(limits && { limits }),
  });
}
