import { checkMessage } from './check.ts';
import { defaultLimits, type SipLimits } from './limits.ts';
import { type Parsed, parseMessage } from './parse.ts';

/** Parses one datagram and checks its headers: what comes out as `message` is safe to act upon. */
export function readMessage(bytes: Uint8Array, limits: SipLimits = defaultLimits): Parsed {
  return checked(parseMessage(bytes, limits));
}

export function checked(parsed: Parsed): Parsed {
  if (parsed.kind === 'faulty') return parsed;
  const fault = checkMessage(parsed.message);
  return fault === undefined ? parsed : { kind: 'faulty', fault, message: parsed.message };
}
