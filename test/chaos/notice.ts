import { tokenIn } from './plan.ts';
import type { Told } from './record.ts';

/** Whether a text says itself when it was written: the gateway found it late. */
export function isMarkedLate(text: string): boolean {
  return /\[written (on \S+ )?at \d\d:\d\d UTC\]/.test(text);
}

/** What the gateway tells a sender, in either client: the words are those of the catalogue of refusals. */
export function readNotice(text: string): Told | undefined {
  const token = tokenIn(text);
  if (!text.includes('Not delivered to') || token === undefined) return undefined;
  return { token, what: text.includes('it may have been shown') ? 'uncertain' : 'failed' };
}
