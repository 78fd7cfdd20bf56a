import { isToken, splitList } from '../lexical.ts';
import type { SipMessage } from '../message.ts';
import { headerLines } from '../message.ts';

/** A list of tokens on one line (Require, Supported, Allow, Allow-Events …). */
export function parseTokens(value: string): readonly string[] | undefined {
  const parts = splitList(value);
  return parts?.every(isToken) ? parts : undefined;
}

/** The tokens of all lines of a header in their order; lines that hold no token list are left aside. */
export function tokensOf(message: SipMessage, name: string): readonly string[] {
  const lines = headerLines(message, name);
  return lines.length === 0 ? [] : lines.flatMap((line) => parseTokens(line) ?? []);
}

/** Whether the header lists the token, in any case. */
export function hasToken(message: SipMessage, name: string, token: string): boolean {
  const lower = token.toLowerCase();
  return tokensOf(message, name).some((each) => each.toLowerCase() === lower);
}
