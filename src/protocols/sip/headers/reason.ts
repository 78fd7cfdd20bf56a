import { parseDigits, splitList } from '../lexical.ts';
import { parseTokenParams } from './event.ts';
import { formatParams, param } from './params.ts';

/**
 * A value of Reason (RFC 3326): why a CANCEL or a BYE was sent. Towards a fork that loses, `SIP;cause=200` says that
 * another took the call, and `SIP;cause=600` or above that somebody refused it for all of them.
 */
export interface Reason {
  /** `SIP`, `Q.850` … */
  readonly protocol: string;
  readonly cause: number;
  readonly text?: string;
}

/** Of several values the first of protocol `SIP` that has a cause; `undefined` where there is none. */
export function parseSipReason(value: string): Reason | undefined {
  for (const part of splitList(value) ?? []) {
    const parsed = parseTokenParams(part);
    const cause = parsed && parseDigits(param(parsed.params, 'cause') ?? '', 999);
    if (parsed === undefined || cause === undefined || parsed.token.toUpperCase() !== 'SIP') continue;
    const text = param(parsed.params, 'text');
    return { protocol: 'SIP', cause, ...(text !== undefined && { text }) };
  }
  return undefined;
}

export function formatReason({ protocol, cause, text }: Reason): string {
  const params = [
    { name: 'cause', value: String(cause) },
    ...(text === undefined ? [] : [{ name: 'text', value: text, quoted: true as const }]),
  ];
  return `${protocol}${formatParams(params)}`;
}
