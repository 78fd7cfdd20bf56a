import type { Body } from '../../../core/message.ts';
import { readSkype } from '../../../core/text/text.ts';
import { cpimHeader, cpimType, parseCpim } from '../../../protocols/sip/body/cpim.ts';
import { imdnType } from '../../../protocols/sip/body/imdn.ts';
import { isComposingType } from '../../../protocols/sip/body/is-composing.ts';
import { parseMultipart } from '../../../protocols/sip/body/multipart.ts';
import { mediaName, parseMediaType } from '../../../protocols/sip/headers/content-type.ts';
import { param } from '../../../protocols/sip/headers/params.ts';
import { header, type SipMessage } from '../../../protocols/sip/message.ts';

/** What a message says. */
export type Content =
  | { readonly kind: 'text'; readonly body: Body; readonly receipt: WantedReceipt | undefined }
  /** Typing, a notice of delivery, or nothing at all: to be answered, and left at that. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unsupported' };

/** The sender asks to be told when the message is delivered (RFC 5438). */
export interface WantedReceipt {
  readonly messageId: string;
}

/** What we take, for Accept and the SDP's accept-types; best first. */
export const acceptedTypes = ['text/plain', 'text/html', 'multipart/alternative', 'message/cpim'] as const;

const ignored: ReadonlySet<string> = new Set([isComposingType, imdnType, 'application/ms-imdn+xml']);

/** Parts inside of parts that are looked into. */
const deepest = 3;

export function contentOf(message: SipMessage): Content {
  if (message.body.length === 0) return { kind: 'nothing' };
  return read(header(message, 'Content-Type') ?? 'text/plain', message.body, deepest);
}

function read(contentType: string, body: Uint8Array, depth: number): Content {
  const type = parseMediaType(contentType);
  if (type === undefined || depth === 0) return { kind: 'unsupported' };
  const name = mediaName(type);
  if (name === 'text/plain' || name === 'text/html') {
    const text = decode(body, param(type.params, 'charset'));
    if (text === undefined) return { kind: 'unsupported' };
    return textContent(text, name === 'text/html' ? 'html' : 'text');
  }
  if (name === cpimType) return readCpim(body, depth);
  if (name === 'multipart/alternative' || name === 'multipart/mixed') {
    const outcome = parseMultipart(type, body);
    if (outcome.kind === 'faulty') return { kind: 'unsupported' };
    const parts = outcome.parts.map((part) => ({
      type: header(part, 'Content-Type') ?? 'text/plain',
      content: read(header(part, 'Content-Type') ?? 'text/plain', part.body, depth - 1),
    }));
    const texts = parts.filter(({ content }) => content.kind === 'text');
    const best = texts.find(({ type: each }) => /^\s*text\/html/i.test(each)) ?? texts[0];
    return best?.content ?? { kind: 'unsupported' };
  }
  return ignored.has(name) ? { kind: 'nothing' } : { kind: 'unsupported' };
}

function readCpim(body: Uint8Array, depth: number): Content {
  const cpim = parseCpim(body);
  if (cpim === undefined) return { kind: 'unsupported' };
  const type = header({ headers: cpim.contentHeaders }, 'Content-Type') ?? 'text/plain';
  const inner = read(type, cpim.content, depth - 1);
  if (inner.kind !== 'text') return inner;
  const messageId = cpimHeader(cpim, 'imdn.Message-ID');
  const wanted = cpimHeader(cpim, 'imdn.Disposition-Notification') ?? '';
  const isWanted = wanted.split(',').some((each) => each.trim() === 'positive-delivery');
  return { ...inner, receipt: messageId !== undefined && isWanted ? { messageId } : undefined };
}

function textContent(text: string, format: 'text' | 'html'): Content {
  if (text.trim() === '') return { kind: 'nothing' };
  return { kind: 'text', body: readSkype(text, format), receipt: undefined };
}

/** Undefined for a character set that nobody knows. Nothing said means UTF-8. */
function decode(body: Uint8Array, charset = 'utf-8'): string | undefined {
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return undefined;
  }
}

/**
 * The first text of a session, inside its invitation: `ms-text-format: text/plain; charset=UTF-8; ms-body=…`, in Base64.
 * Who takes it says so in the 200, with {@link textFormatOption}.
 */
export function firstTextOf(invite: SipMessage): Body | undefined {
  const type = parseMediaType(header(invite, 'ms-text-format') ?? '');
  const encoded = type && param(type.params, 'ms-body');
  if (type === undefined || !encoded) return undefined;
  const content = read(header(invite, 'ms-text-format') ?? '', Buffer.from(encoded, 'base64'), 1);
  return content.kind === 'text' ? content.body : undefined;
}

export const textFormatOption = 'ms-text-format';

export const plainType = 'text/plain; charset=UTF-8';

export function firstTextHeader(text: string): { readonly name: string; readonly value: string } {
  return { name: 'ms-text-format', value: `${plainType};ms-body=${Buffer.from(text).toString('base64')}` };
}
