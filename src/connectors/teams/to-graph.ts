import type { Body } from '../../core/message.ts';
import { explain, type Refusal } from '../../core/refusals.ts';
import { type Converted, quoteOf, toTeams } from '../../core/text/text.ts';
import { maxMessageBytes } from '../../protocols/graph/client/messages.ts';

/** A message in its author's own name. */
export function ownMessage(body: Body): Converted {
  return toTeams(body, { maxBodyBytes: maxMessageBytes });
}

/** A message that the gateway's account writes for somebody: `<b>Bob Brown</b>: text`. */
export function namedMessage(author: string, body: Body): Converted {
  const prefix = `<b>${escapeHtml(author)}</b>: `;
  const converted = toTeams(body, { maxBodyBytes: maxMessageBytes - Buffer.byteLength(prefix) });
  if (converted.kind === 'refused') return converted;
  return { kind: 'body', body: { format: 'html', html: prefix + htmlOf(converted.body) } };
}

/** Graph's longest topic. */
const maxTopic = 250;

/** The topic of the group in which the gateway writes for somebody: `Bob Brown (Skype for Business)`. */
export function proxyTopic(author: string): string {
  const suffix = ' (Skype for Business)';
  const name = author.replace(/[:\r\n]+/g, ' ').trim();
  return (
    Array.from(name)
      .slice(0, maxTopic - suffix.length)
      .join('') + suffix
  );
}

/** Bytes of the failed message's text that a notice quotes. */
const maxQuote = 300;

/**
 * What a sender reads whose message failed. Stable, since clients find the failed message by it: the first line is
 * `<p><b>Not delivered to NAME: CAUSE</b></p>`, then the cure, then a `<blockquote>` with the beginning of the text, and
 * last `<p>Message ID</p>` with Graph's id of the failed message in the sender's chat.
 */
export function noticeHtml(notice: {
  readonly recipient: string;
  readonly refusal: Refusal;
  readonly body: Body;
  readonly messageId: string;
}): string {
  const { cause, cure } = explain(notice.refusal);
  const quote = escapeHtml(quoteOf(notice.body, maxQuote));
  return [
    `<p><b>Not delivered to ${escapeHtml(notice.recipient)}: ${escapeHtml(cause)}</b></p>`,
    `<p>${escapeHtml(cure)}</p>`,
    ...(quote === '' ? [] : [`<blockquote>${quote}</blockquote>`]),
    `<p>Message ${escapeHtml(notice.messageId)}</p>`,
  ].join('');
}

export function htmlOf(body: Body): string {
  return body.format === 'html' ? body.html : escapeHtml(body.text).replaceAll('\n', '<br>');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
