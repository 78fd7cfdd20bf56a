import type { Body } from '../../core/message.ts';
import type { Person, Side } from '../../core/people.ts';
import type { Refusal } from '../../core/refusals.ts';
import { explain } from '../../core/refusals.ts';
import { type Converted, quoteOf, toSkype } from '../../core/text/text.ts';
import { capabilities } from './capabilities.ts';

/** What goes over the wire, or why nothing can. */
export type Outgoing =
  | { readonly kind: 'text'; readonly text: string }
  | Extract<Converted, { kind: 'refused' }>;

/** The body in its author's own name. */
export function textOf(body: Body): Outgoing {
  const converted = toSkype(body, capabilities);
  if (converted.kind === 'refused') return converted;
  return converted.body.format === 'text'
    ? { kind: 'text', text: converted.body.text }
    : { kind: 'refused', id: 'empty' };
}

const maxNameLength = 64;

/** The body as the gateway's own account writes it for somebody without an SfB account of their own. */
export function textInTheNameOf(author: Person, body: Body, writtenIn: Side = 'teams'): Outgoing {
  const own = textOf(body);
  if (own.kind === 'refused') return own;
  return { kind: 'text', text: `${proxyTitle(author, writtenIn)}: ${own.text}` };
}

/** Names the author, in a text and as the title of a session, and where they write if not in SfB. */
export function proxyTitle(author: Person, writtenIn: Side = 'teams'): string {
  const name = oneLine(author.displayName).slice(0, maxNameLength);
  return writtenIn === 'teams' ? `${name} (Teams)` : name;
}

const quoteBytes = 200;

/** What the writer of a failed message reads. */
export function noticeText(about: Person, refusal: Refusal, body: Body): string {
  const { cause, cure } = explain(refusal);
  const quote = quoteOf(body, quoteBytes);
  return `Not delivered to ${oneLine(about.displayName)}: ${cause} ${cure}${quote === '' ? '' : `\n> ${quote}`}`;
}

/** What somebody reads who writes to the gateway's own account, when it is not clear whom they mean. */
export const helpText =
  'This account only carries messages between Skype for Business and Microsoft Teams. ' +
  'To reach somebody in Teams, start a conversation with that person; ' +
  'to answer somebody whose name stands in front of a message here, reply in the conversation it came in.';

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
