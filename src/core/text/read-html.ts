import { cleanText } from './clean.ts';
import { type Attributes, readHtml } from './html-events.ts';
import { type Lines, type Link, type Mark, type Span, trimmed } from './lines.ts';

/** What an element stands for that has no text of its own, such as an attachment; undefined leaves it out. */
export type Describe = (name: string, attributes: Attributes) => string | undefined;

const markOf = new Map<string, Mark>([
  ['b', 'b'],
  ['strong', 'b'],
  ['i', 'i'],
  ['em', 'i'],
  ['u', 'u'],
  ['ins', 'u'],
  ['s', 's'],
  ['strike', 's'],
  ['del', 's'],
  ['code', 'code'],
  ['pre', 'code'],
]);

const blocks = new Set(
  'address article aside blockquote body dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section table tbody tfoot thead tr ul codeblock'.split(
    ' ',
  ),
);

/** Their content is no text of the message. */
const silent = new Set(
  'script style title textarea iframe noembed noframes noscript xmp template object applet audio video canvas svg math head select plaintext frameset'.split(
    ' ',
  ),
);

const maxListDepth = 8;
const maxQuoteDepth = 5;

/**
 * Reads any HTML as lines; the result has no more than some 30 characters for each one of the input, hostile or not.
 * Elements it does not know count as their content.
 */
export function linesOfHtml(html: string, describe: Describe): Lines {
  const reader = new Reader(describe);
  readHtml(html, reader);
  return trimmed(reader.finish());
}

class Reader {
  readonly #describe: Describe;
  readonly #lines: Span[][] = [];
  #line: Span[] = [];
  /** Ends with a blank that may collapse with the next one, or is at the beginning of a line. */
  #afterBlank = true;
  #lineTouched = false;
  #marks = new Map<Mark, number>();
  #marksNow: ReadonlySet<Mark> = new Set();
  #link: Link | undefined;
  #silent = 0;
  #preformatted = 0;
  #quotes = 0;
  /** One entry a list that is open: how many items a numbered one has had, or undefined for bullets. */
  #lists: (number | undefined)[] = [];
  #bullet = '';

  constructor(describe: Describe) {
    this.#describe = describe;
  }

  finish(): Lines {
    this.#endBlock();
    return this.#lines;
  }

  text(raw: string): void {
    if (this.#silent > 0) return;
    if (this.#preformatted > 0) {
      const [first = '', ...rest] = cleanText(raw).replaceAll('\u00A0', ' ').split('\n');
      this.#add(first);
      for (const line of rest) {
        this.#newLine();
        this.#add(line);
      }
      return;
    }
    for (const part of cleanText(raw).split(/([\t\n ]+)/)) {
      if (part === '') continue;
      const blank = /^[\t\n ]/.test(part);
      if (!blank) this.#add(part.replaceAll('\u00A0', ' '));
      else if (!this.#afterBlank) this.#add(' ');
      this.#afterBlank = blank;
    }
  }

  open(name: string, attributes: Attributes): void {
    if (silent.has(name)) this.#silent++;
    if (this.#silent > 0) return;
    const mark = markOf.get(name);
    if (mark) this.#count(mark, 1);
    if (blocks.has(name)) this.#endBlock();
    switch (name) {
      case 'br':
        this.#newLine();
        break;
      case 'hr':
        this.#words('———');
        break;
      case 'pre':
        this.#preformatted++;
        break;
      case 'blockquote':
        this.#quotes++;
        break;
      case 'ul':
        this.#lists.push(undefined);
        break;
      case 'ol':
        this.#lists.push(0);
        break;
      case 'li':
        this.#bullet = this.#nextBullet();
        break;
      case 'td':
      case 'th':
        if (this.#lineTouched) this.#words(' | ');
        break;
      case 'a':
        this.#link = linkTo(attributes.get('href'));
        break;
      default:
        this.#words(this.#describe(name, attributes) ?? '');
    }
  }

  close(name: string): void {
    if (silent.has(name)) {
      this.#silent--;
      return;
    }
    if (this.#silent > 0) return;
    if (blocks.has(name)) this.#endBlock();
    const mark = markOf.get(name);
    if (mark) this.#count(mark, -1);
    if (name === 'pre') this.#preformatted--;
    else if (name === 'blockquote') this.#quotes--;
    else if (name === 'ul' || name === 'ol') this.#lists.pop();
    else if (name === 'a') this.#link = undefined;
  }

  #nextBullet(): string {
    const depth = this.#lists.length;
    const indent = '  '.repeat(Math.min(Math.max(depth - 1, 0), maxListDepth));
    const items = this.#lists[depth - 1];
    if (items === undefined) return `${indent}- `;
    this.#lists[depth - 1] = items + 1;
    return `${indent}${items + 1}. `;
  }

  #count(mark: Mark, by: 1 | -1): void {
    this.#marks.set(mark, (this.#marks.get(mark) ?? 0) + by);
    this.#marksNow = new Set([...this.#marks].filter(([, depth]) => depth > 0).map(([is]) => is));
  }

  #words(text: string): void {
    if (text === '') return;
    this.#add(cleanText(text).replaceAll('\n', ' '));
    this.#afterBlank = false;
  }

  #add(text: string): void {
    if (text === '') return;
    if (!this.#lineTouched) this.#startLine();
    this.#push({ text, marks: this.#marksNow, link: this.#link });
  }

  #startLine(): void {
    this.#lineTouched = true;
    const beginning = '> '.repeat(Math.min(this.#quotes, maxQuoteDepth)) + this.#bullet;
    this.#bullet = '';
    if (beginning !== '') this.#push({ text: beginning, marks: new Set(), link: undefined });
  }

  #push(span: Span): void {
    const last = this.#line.at(-1);
    if (last && last.link === span.link && last.marks === span.marks)
      this.#line[this.#line.length - 1] = { ...span, text: last.text + span.text };
    else this.#line.push(span);
  }

  #newLine(): void {
    if (!this.#lineTouched) this.#startLine();
    this.#endLine();
  }

  #endBlock(): void {
    if (this.#lineTouched) this.#endLine();
  }

  #endLine(): void {
    this.#lines.push(this.#line);
    this.#line = [];
    this.#lineTouched = false;
    this.#afterBlank = true;
  }
}

const schemes = new Set(['http:', 'https:', 'mailto:']);
const maxHref = 2048;

function linkTo(href: string | undefined): Link | undefined {
  if (href === undefined || href.length > maxHref) return undefined;
  const url = URL.parse(href);
  return url && schemes.has(url.protocol) && url.href.length <= maxHref ? { href: url.href } : undefined;
}
