import { tokenIn } from './plan.ts';
import type { Told } from './record.ts';

/** What the gateway tells a sender, in either client: the words are those of the catalogue of refusals. */
export function readNotice(text: string): Told | undefined {
  const token = tokenIn(text);
  if (!text.includes('Not delivered to') || token === undefined) return undefined;
  return { token, what: text.includes('it may have been shown') ? 'uncertain' : 'failed' };
}
