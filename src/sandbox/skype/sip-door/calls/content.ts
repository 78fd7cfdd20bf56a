import { parseCpim } from '../../../../protocols/sip/body/cpim.ts';
import { imdnType } from '../../../../protocols/sip/body/imdn.ts';
import {
  isComposingType,
  parseIsComposing,
  parseKeyboardActivity,
} from '../../../../protocols/sip/body/is-composing.ts';
import { type Part, parseMultipart } from '../../../../protocols/sip/body/multipart.ts';
import { type MediaType, mediaName, parseMediaType } from '../../../../protocols/sip/headers/content-type.ts';
import { param } from '../../../../protocols/sip/headers/params.ts';
import { type Header, header, type SipRequest, textBody } from '../../../../protocols/sip/message.ts';
import type { Text } from '../../leg.ts';

/** What the body of a MESSAGE or INFO says. */
export type Content =
  | { readonly kind: 'text'; readonly text: Text }
  | { readonly kind: 'typing'; readonly on: boolean }
  /** What became of a message, or nothing that anybody is to see. */
  | { readonly kind: 'report' }
  | { readonly kind: 'unsupported' };

type Body = { readonly headers: readonly Header[]; readonly body: Uint8Array };

const unsupported: Content = { kind: 'unsupported' };

/** How deep bodies may stand in each other: multipart in CPIM. */
const maxDepth = 3;

export function readContent(request: SipRequest): Content {
  return read(request, maxDepth);
}

function read(message: Body, depth: number): Content {
  const type = parseMediaType(header(message, 'Content-Type') ?? 'text/plain');
  if (type === undefined || depth === 0) return unsupported;
  switch (mediaName(type)) {
    case 'text/plain':
    case 'text/html':
      return {
        kind: 'text',
        text: {
          contentType: type.subtype === 'html' ? 'text/html' : 'text/plain',
          text: decode(type, message.body),
        },
      };
    case 'multipart/alternative':
      return best(type, message.body, depth);
    case 'message/cpim':
      return inside(message.body, depth);
    case isComposingType: {
      const state = parseIsComposing(decode(type, message.body))?.state;
      return state === undefined ? unsupported : { kind: 'typing', on: state === 'active' };
    }
    case 'application/xml': {
      const state = parseKeyboardActivity(decode(type, message.body));
      return state === undefined ? unsupported : { kind: 'typing', on: state === 'type' };
    }
    case imdnType:
    case 'application/ms-imdn+xml':
      return { kind: 'report' };
    default:
      return unsupported;
  }
}

/** The richest alternative that can be shown; RTF, which only Microsoft's oldest clients write alone, is none. */
function best(type: MediaType, body: Uint8Array, depth: number): Content {
  const outcome = parseMultipart(type, body);
  if (outcome.kind === 'faulty') return unsupported;
  const readable = outcome.parts.map((part: Part) => read(part, depth - 1)).filter(isText);
  return readable.find(({ text }) => text.contentType === 'text/html') ?? readable[0] ?? unsupported;
}

const isText = (content: Content): content is Extract<Content, { kind: 'text' }> => content.kind === 'text';

function inside(body: Uint8Array, depth: number): Content {
  const cpim = parseCpim(body);
  return cpim === undefined
    ? unsupported
    : read({ headers: cpim.contentHeaders, body: cpim.content }, depth - 1);
}

function decode(type: MediaType, body: Uint8Array): string {
  return decoderOf(param(type.params, 'charset')).decode(body);
}

/** An unknown charset is taken for UTF-8. */
function decoderOf(charset: string | undefined): TextDecoder {
  try {
    return new TextDecoder(charset ?? 'utf-8');
  } catch {
    return new TextDecoder();
  }
}

export function textParts({ contentType, text }: Text): {
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
} {
  return {
    headers: [{ name: 'Content-Type', value: `${contentType}; charset=UTF-8` }],
    body: textBody(text),
  };
}

/**
 * The first message of a conversation, which Microsoft's clients put into the INVITE: `ms-text-format: text/plain;
 * charset=UTF-8;ms-body=BASE64`. `undefined` where there is none that can be shown.
 */
export function firstText(invite: SipRequest): Text | undefined {
  const type = parseMediaType(header(invite, 'ms-text-format') ?? '');
  const encoded = type && param(type.params, 'ms-body');
  if (type === undefined || !encoded) return undefined;
  const name = mediaName(type);
  if (name !== 'text/plain' && name !== 'text/html') return undefined;
  const text = new TextDecoder().decode(Buffer.from(encoded, 'base64'));
  return text === '' ? undefined : { contentType: name, text };
}
