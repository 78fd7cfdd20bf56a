import { parseSeconds } from '../headers/numbers.ts';
import { header, type SipMessage } from '../message.ts';

/** What a server grants, in seconds. */
export interface ExpiryRules {
  readonly min: number;
  readonly max: number;
  readonly byDefault: number;
}

export type Grant =
  | { readonly kind: 'granted'; readonly seconds: number }
  /** To be answered with 423 and this Min-Expires. */
  | { readonly kind: 'tooBrief'; readonly minExpires: number };

/**
 * What a request for `asked` seconds gets; 0 ends and is always granted, `undefined` (missing or out of range) is the
 * default. Registrars and notifiers may shorten, never lengthen; a wish below the minimum and below an hour is
 * refused (RFC 3261 section 10.3, RFC 6665 section 4.2.1.1).
 */
export function grantExpiry(asked: number | undefined, rules: ExpiryRules): Grant {
  if (asked === undefined) return { kind: 'granted', seconds: rules.byDefault };
  if (asked === 0) return { kind: 'granted', seconds: 0 };
  if (asked < rules.min && asked < 3600) return { kind: 'tooBrief', minExpires: rules.min };
  return { kind: 'granted', seconds: Math.min(asked, rules.max) };
}

/** The Expires header in seconds. */
export function expiresOf(message: SipMessage): number | undefined {
  const value = header(message, 'Expires');
  return value === undefined ? undefined : parseSeconds(value);
}
