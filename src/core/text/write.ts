import { escapeHtml, utf8Length } from './clean.ts';
import { type Lines, type Link, type Mark, marks, type Span } from './lines.ts';

/** A link whose text is not its address is followed by the address, once. */
export function writePlain(lines: Lines): string {
  const lastLineOf = new Map<Link, number>();
  for (const [index, line] of lines.entries())
    for (const { link } of line) if (link) lastLineOf.set(link, index);
  return lines.map((line, index) => plainLine(line, (link) => lastLineOf.get(link) === index)).join('\n');
}

function plainLine(line: readonly Span[], endsHere: (link: Link) => boolean): string {
  let text = '';
  for (let at = 0; at < line.length; ) {
    const link = line[at]?.link;
    let run = '';
    for (; at < line.length && line[at]?.link === link; at++) run += line[at]?.text ?? '';
    text += link === undefined || !endsHere(link) || says(run, link) ? run : `${run} (${link.href})`;
  }
  return text.trimEnd();
}

function says(text: string, { href }: Link): boolean {
  const bare = (address: string): string =>
    address
      .trim()
      .replace(/^mailto:/, '')
      .replace(/\/$/, '');
  return bare(text) === bare(href);
}

export interface HtmlDialect {
  /** Around the whole message; an empty string for nothing. */
  readonly root: 'span' | '';
  readonly lineBreak: '<br>' | '<br/>';
  readonly marks: ReadonlySet<Mark>;
}

/** HTML of nothing but the dialect's elements, or undefined when it would be longer than `maxBytes` of UTF-8. */
export function writeHtml(lines: Lines, dialect: HtmlDialect, maxBytes: number): string | undefined {
  let html = dialect.root === '' ? '' : `<${dialect.root}>`;
  const end = dialect.root === '' ? '' : `</${dialect.root}>`;
  let bytes = utf8Length(html) + utf8Length(end);
  for (const [index, line] of lines.entries()) {
    const text = (index === 0 ? '' : dialect.lineBreak) + htmlLine(line, dialect);
    bytes += utf8Length(text);
    if (bytes > maxBytes) return undefined;
    html += text;
  }
  return html + end;
}

function htmlLine(line: readonly Span[], dialect: HtmlDialect): string {
  let html = '';
  let link: Link | undefined;
  let before = '';
  for (const span of line) {
    if (span.link !== link) {
      if (link) html += '</a>';
      if (span.link) html += `<a href="${escapeHtml(span.link.href)}">`;
      link = span.link;
    }
    const used = marks.filter((mark) => span.marks.has(mark) && dialect.marks.has(mark));
    html += used.map((mark) => `<${mark}>`).join('');
    html += escapeHtml(keepBlanks(span.text, before));
    before = span.text;
    html += used
      .reverse()
      .map((mark) => `</${mark}>`)
      .join('');
  }
  return link ? `${html}</a>` : html;
}

/** Blanks that HTML would swallow become no-break ones: those at the beginning of a line and after another blank. */
function keepBlanks(text: string, before: string): string {
  let last = before;
  return text.replaceAll('\t', '    ').replace(/[^ ]+| /g, (part) => {
    const kept = part === ' ' && (last === '' || last.endsWith(' ')) ? '\u00A0' : part;
    last = part;
    return kept;
  });
}
