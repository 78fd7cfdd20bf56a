import { cleanText, shorten, utf8Length } from '../text/clean.ts';
import { toPlainText } from '../text/text.ts';

/** What is said beside a person's presence: their own words, and whether they are away for long. */
export interface Remarks {
  readonly note: Note;
  readonly outOfOffice: OutOfOffice;
}

/** What Teams calls the status message and SfB the personal note: plain text, never empty. */
export type Note = { readonly kind: 'none' } | { readonly kind: 'text'; readonly text: string };

/** `message` may be empty. */
export type OutOfOffice = { readonly kind: 'no' } | { readonly kind: 'yes'; readonly message: string };

export const noNote: Note = { kind: 'none' };
export const notOutOfOffice: OutOfOffice = { kind: 'no' };
export const noRemarks: Remarks = { note: noNote, outOfOffice: notOutOfOffice };

export function sameRemarks(a: Remarks, b: Remarks): boolean {
  return sameNote(a.note, b.note) && messageOf(a.outOfOffice) === messageOf(b.outOfOffice);
}

export function sameNote(a: Note, b: Note): boolean {
  return textOf(a) === textOf(b);
}

export function noteOf(text: string): Note {
  const trimmed = cleanText(text).trim();
  return trimmed === '' ? noNote : { kind: 'text', text: trimmed };
}

/** Characters that a status message and a personal note may have. */
export const longestStatusMessage = 280;
export const longestSkypeNote = 500;
/** More than either network gives; what is longer is shortened before anything looks at it. */
const longestReadBytes = 4_096;

export interface TeamsRemarks {
  /** Undefined where there is no status message. */
  readonly statusMessage: { readonly content: string; readonly contentType: 'text' | 'html' } | undefined;
  /** Undefined where the person is not out of office. */
  readonly outOfOffice: string | undefined;
}

/** Lost: emphasis, links and pictures; when the message ends, which Graph tells nobody but the person. */
export function fromTeamsRemarks({ statusMessage, outOfOffice }: TeamsRemarks): Remarks {
  return {
    note: statusMessage ? noteOf(plain(statusMessage.content, statusMessage.contentType)) : noNote,
    outOfOffice:
      outOfOffice === undefined ? notOutOfOffice : { kind: 'yes', message: plain(outOfOffice, 'html') },
  };
}

/** Reads a UCWA `note` or `contactNote`. A pool shows one of the two: while somebody is out of office, not their own. */
export function fromSkypeNote(message: string, type: string): Remarks {
  const text = shorten(cleanText(message), longestReadBytes).trim();
  return type.toLowerCase() === 'outofoffice'
    ? { note: noNote, outOfOffice: { kind: 'yes', message: text } }
    : { note: noteOf(text), outOfOffice: notOutOfOffice };
}

/** The status message under remarks, empty where there is none. Lost: what is beyond {@link longestStatusMessage}. */
export function toStatusMessage(remarks: Remarks): string {
  return within(sentence(remarks), longestStatusMessage);
}

/** The personal note under remarks, empty where there is none. Lost: what is beyond {@link longestSkypeNote}. */
export function toSkypeNote(remarks: Remarks): string {
  return within(sentence(remarks), longestSkypeNote);
}

/** What either side takes is one text of the person's; neither lets out of office be set, so that is put into words. */
function sentence({ note, outOfOffice }: Remarks): string {
  if (outOfOffice.kind === 'no') return textOf(note);
  return outOfOffice.message === '' ? 'Out of office' : `Out of office: ${outOfOffice.message}`;
}

function textOf(note: Note): string {
  return note.kind === 'none' ? '' : note.text;
}

function messageOf(outOfOffice: OutOfOffice): string | undefined {
  return outOfOffice.kind === 'no' ? undefined : outOfOffice.message;
}

/** COMPAT: Teams ends a status message that is to be shown to who writes with an element of its own, also in plain text. */
const pinned = /<pinnednote>\s*<\/pinnednote>/gi;

function plain(content: string, type: 'text' | 'html'): string {
  const bare = content.replace(pinned, '');
  const text =
    type === 'html' ? toPlainText(bare, longestReadBytes) : shorten(cleanText(bare), longestReadBytes);
  return text.trim();
}

/** UTF-16 units, as both networks count; cut between graphemes, with `…`. */
function within(text: string, longest: number): string {
  return text.length <= longest ? text : shorten(text, utf8Length(text.slice(0, longest)));
}
