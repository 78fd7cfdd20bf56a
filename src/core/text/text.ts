import type { Body } from '../message.ts';
import type { RefusalId } from '../refusals.ts';
import { cleanText, shorten, utf8Length } from './clean.ts';
import type { Attributes } from './html-events.ts';
import { isEmpty, isPlain, type Lines, linesOfText } from './lines.ts';
import { linesOfHtml } from './read-html.ts';
import { type HtmlDialect, writeHtml, writePlain } from './write.ts';

/** What a network takes in one message. */
export interface TextLimits {
  /** Bytes of UTF-8. */
  readonly maxBodyBytes: number;
  readonly formats: readonly Body['format'][];
}

/** A body fit for the network, or why there is none. */
export type Converted =
  | { readonly kind: 'body'; readonly body: Body }
  | { readonly kind: 'refused'; readonly id: Extract<RefusalId, 'too-long' | 'empty'> };

/** An `attachments[]` entry of a Teams message, as far as words can be made of it. */
export interface TeamsAttachment {
  readonly id: string;
  readonly contentType: string;
  readonly name?: string | null;
}

const safeHtml: HtmlDialect = { root: '', lineBreak: '<br>', marks: new Set(['b', 'i', 'u', 's', 'code']) };
const skypeHtml: HtmlDialect = { root: 'span', lineBreak: '<br/>', marks: new Set(['b', 'i', 'u', 's']) };

/** Emphasis is given up in a message whose HTML would grow longer than this. */
const maxSafeHtml = 256 * 1024;

/**
 * Reduces the body of a Teams message to what may travel on: text, or HTML of `b i u s code a br` alone. Mentions become
 * `@Name`, emoji themselves, pictures, files and cards words in brackets. A body of nothing else (a system event) is empty.
 */
export function readTeams(
  content: string,
  contentType: 'text' | 'html',
  attachments: readonly TeamsAttachment[] = [],
): Body {
  if (contentType === 'text') return bodyOf(linesOfText(cleanText(content)));
  const labels = new Map(attachments.map((attachment) => [attachment.id, labelOf(attachment)]));
  const lines = linesOfHtml(content, (name, attributes) => {
    if (name !== 'attachment') return describe(name, attributes);
    const id = attributes.get('id') ?? '';
    const label = labels.get(id) ?? '[attachment]';
    labels.delete(id);
    return label;
  });
  const unplaced = [...labels.values()].flatMap((label) =>
    linesOfText(cleanText(label).replaceAll('\n', ' ')),
  );
  return bodyOf([...lines, ...unplaced]);
}

/** Reduces what an SfB client wrote, as {@link readTeams} does. */
export function readSkype(content: string, format: 'text' | 'html'): Body {
  return bodyOf(format === 'text' ? linesOfText(cleanText(content)) : linesOfHtml(content, describe));
}

/** A body as SfB takes it: plain text, or HTML in one well-formed `<span>` where `limits` allow HTML and it fits. */
export function toSkype(body: Body, limits: TextLimits): Converted {
  const lines = linesOf(body);
  if (isEmpty(lines)) return { kind: 'refused', id: 'empty' };
  const html =
    limits.formats.includes('html') && !(isPlain(lines, skypeHtml.marks) && limits.formats.includes('text'))
      ? writeHtml(lines, skypeHtml, limits.maxBodyBytes)
      : undefined;
  if (html !== undefined) return { kind: 'body', body: { format: 'html', html } };
  return limits.formats.includes('text') ? plainWithin(lines, limits.maxBodyBytes) : tooLong;
}

/** A body as Teams takes it: always HTML, because Graph mangles plain text; within 28,000 bytes unless told. */
export function toTeams(
  body: Body,
  limits: Pick<TextLimits, 'maxBodyBytes'> = { maxBodyBytes: 28_000 },
): Converted {
  const lines = linesOf(body);
  if (isEmpty(lines)) return { kind: 'refused', id: 'empty' };
  const rich = writeHtml(lines, safeHtml, limits.maxBodyBytes);
  const html = rich ?? writeHtml(linesOfText(writePlain(lines)), safeHtml, limits.maxBodyBytes);
  return html === undefined ? tooLong : { kind: 'body', body: { format: 'html', html } };
}

/** Any HTML as plain text of at most `maxBytes` bytes of UTF-8, shortened between graphemes. */
export function toPlainText(html: string, maxBytes: number): string {
  return shorten(writePlain(linesOfHtml(html, describe)), maxBytes);
}

/** A body in one line, to be quoted: at most `maxBytes` bytes of UTF-8, shortened between graphemes. */
export function quoteOf(body: Body, maxBytes: number): string {
  return shorten(writePlain(linesOf(body)).replace(/\s+/g, ' ').trim(), maxBytes);
}

const tooLong: Converted = { kind: 'refused', id: 'too-long' };

function linesOf(body: Body): Lines {
  return body.format === 'text' ? linesOfText(cleanText(body.text)) : linesOfHtml(body.html, describe);
}

function bodyOf(lines: Lines): Body {
  const html = isPlain(lines, safeHtml.marks) ? undefined : writeHtml(lines, safeHtml, maxSafeHtml);
  return html === undefined ? { format: 'text', text: writePlain(lines) } : { format: 'html', html };
}

function plainWithin(lines: Lines, maxBytes: number): Converted {
  const text = writePlain(lines);
  return utf8Length(text) > maxBytes ? tooLong : { kind: 'body', body: { format: 'text', text } };
}

const maxLabel = 200;

/** COMPAT: Teams marks emoji in two ways, as `<emoji alt>` and as a picture of the type `http://schema.skype.com/Emoji`. */
function describe(name: string, attributes: Attributes): string | undefined {
  const alt = shorten(attributes.get('alt') ?? '', maxLabel);
  switch (name) {
    case 'at':
      return '@';
    case 'emoji':
      return alt;
    case 'img':
      if (attributes.get('itemtype')?.toLowerCase() === 'http://schema.skype.com/emoji') return alt;
      return alt === '' || alt.toLowerCase() === 'image' ? '[picture]' : `[picture: ${alt}]`;
    case 'attachment':
      return '[attachment]';
    default:
      return undefined;
  }
}

function labelOf({ contentType, name }: TeamsAttachment): string {
  const type = contentType.toLowerCase();
  const named = (what: string): string => (name ? `[${what}: ${shorten(name, maxLabel)}]` : `[${what}]`);
  if (type === 'messagereference') return '[quoted message]';
  if (type === 'forwardedmessagereference') return '[forwarded message]';
  if (
    type.startsWith('application/vnd.microsoft.card') ||
    type.startsWith('application/vnd.microsoft.teams.card')
  )
    return '[card]';
  if (type.startsWith('image/')) return named('picture');
  return named(type === 'reference' ? 'file' : 'attachment');
}
