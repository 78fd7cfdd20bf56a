export const marks = ['b', 'i', 'u', 's', 'code'] as const;
export type Mark = (typeof marks)[number];

/** An http, https or mailto address as the WHATWG parser writes it. */
export interface Link {
  readonly href: string;
}

export interface Span {
  readonly text: string;
  readonly marks: ReadonlySet<Mark>;
  /** Spans of one link share the object. */
  readonly link: Link | undefined;
}

/**
 * What a message says, once everything that only one product knows has become words: lines of text, some of it
 * emphasised or linked. Lists and quotes are already written out as beginnings of lines.
 */
export type Lines = readonly (readonly Span[])[];

const plain: ReadonlySet<Mark> = new Set();

/** Of text that went through `cleanText`. */
export function linesOfText(clean: string): Lines {
  return trimmed(
    clean
      .replaceAll('\u00A0', ' ')
      .split('\n')
      .map((text) => (text === '' ? [] : [{ text, marks: plain, link: undefined }])),
  );
}

export function isEmpty(lines: Lines): boolean {
  return lines.every((line) => line.every((span) => span.text.trim() === ''));
}

/** Whether nothing would be lost without HTML that knows `shown`. */
export function isPlain(lines: Lines, shown: ReadonlySet<Mark>): boolean {
  return lines.every((line) =>
    line.every((span) => span.link === undefined && span.marks.isDisjointFrom(shown)),
  );
}

/** Lines without blank ones at both ends. */
export function trimmed(lines: Lines): Lines {
  const blank = (line: readonly Span[]): boolean => line.every((span) => span.text.trim() === '');
  const from = lines.findIndex((line) => !blank(line));
  return from < 0 ? [] : lines.slice(from, lines.findLastIndex((line) => !blank(line)) + 1);
}
