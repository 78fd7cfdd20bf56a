/** Bytes of a text in UTF-8; a lone surrogate counts as the three bytes of U+FFFD. */
export function utf8Length(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

// Tab, newline and the marks that Arabic and Hebrew need (U+200E, U+200F, U+061C) are kept.
const dropped =
  /[[\p{Cc}\p{Noncharacter_Code_Point}\u202A-\u202E\u2066-\u2069\uFEFF\uFFF9-\uFFFB]--[\t\n]]/gv;

/**
 * Text as it may be shown: well-formed, without control characters and without the bidirectional overrides and isolates
 * that could make it read differently from what it is. Every kind of line end becomes `\n`.
 */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?|[\f\u0085\u2028\u2029]/g, '\n')
    .replace(dropped, '')
    .toWellFormed();
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and for quoted attribute values, in HTML and in XML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const ellipsis = '…';

/**
 * The text itself, or its longest beginning that ends between two graphemes and, with `…`, has at most `maxBytes` bytes
 * of UTF-8. A grapheme longer than that is cut between code points; below three bytes nothing is left.
 */
export function shorten(text: string, maxBytes: number): string {
  if (text.length <= maxBytes && utf8Length(text) <= maxBytes) return text;
  const room = maxBytes - utf8Length(ellipsis);
  if (room < 0) return '';
  const fits = prefixWithin(text, room);
  const cut = graphemes.segment(text).containing(fits)?.index ?? fits;
  return `${text.slice(0, cut === 0 ? fits : cut)}${ellipsis}`;
}

/** The end, in UTF-16 units, of the longest prefix of at most `room` bytes that cuts no code point. */
function prefixWithin(text: string, room: number): number {
  let bytes = 0;
  let end = 0;
  while (end < text.length) {
    const point = text.codePointAt(end) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_0000 ? 3 : 4;
    if (bytes > room) break;
    end += point < 0x1_0000 ? 1 : 2;
  }
  return end;
}
