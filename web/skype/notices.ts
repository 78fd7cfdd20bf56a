export interface FailureNotice {
  readonly recipient: string;
  /** Cause and cure, as the gateway words them. */
  readonly reason: string;
  /** The beginning of the failed text, on one line; '' where the gateway quotes nothing. */
  readonly quote: string;
}

/**
 * Reads what the gateway writes into a conversation when a message of it did not arrive:
 * `Not delivered to <name>: <cause> <cure>`, then `> ` and the beginning of the text. Undefined for every other message.
 */
export function readNotice(text: string): FailureNotice | undefined {
  const match = /^Not delivered to ([^\n]+?): ([^\n]+)(?:\n> ([^\n]*))?\s*$/.exec(
    text.replace(/\r\n?/g, '\n'),
  );
  if (!match) return undefined;
  const [, recipient = '', reason = '', quote = ''] = match;
  return { recipient, reason, quote: quote.trim() };
}

/** Whether a text is the one that a notice quotes, which may be cut. */
export function isQuoted(text: string, quote: string): boolean {
  const line = text.replace(/\s+/g, ' ').trim();
  return line === quote || (quote.endsWith('…') && line.startsWith(quote.slice(0, -1).trimEnd()));
}
