import { isToken } from './lexical.ts';
import type { SipMessage } from './message.ts';
import { reasonPhrase } from './status.ts';

/** A message that cannot be written without becoming another one: the caller's mistake. */
export class SipWriteError extends Error {
  override readonly name = 'SipWriteError';
}

/**
 * The bytes of a message, with a Content-Length that is always true. Line breaks inside values become blanks, so
 * that no value can start a header of its own. Throws {@link SipWriteError} for a method or a header name that is
 * no token, a Request-URI with blanks or controls, and a status outside 100 to 699.
 */
export function writeMessage(message: SipMessage): Buffer {
  let head = startLine(message);
  for (const { name, value } of message.headers) {
    if (name === 'Content-Length') continue;
    if (!isToken(name)) throw new SipWriteError('a header name is no token');
    head += `${name}: ${value.includes('\n') || value.includes('\r') ? value.replace(/[\r\n]+[ \t]*/g, ' ') : value}\r\n`;
  }
  head += `Content-Length: ${message.body.length}\r\n\r\n`;
  const headLength = Buffer.byteLength(head);
  const bytes = Buffer.allocUnsafe(headLength + message.body.length);
  bytes.write(head, 'utf8');
  bytes.set(message.body, headLength);
  return bytes;
}

function startLine(message: SipMessage): string {
  if (message.kind === 'request') {
    if (!isToken(message.method)) throw new SipWriteError('the method is no token');
    if (!isVisible(message.uri))
      throw new SipWriteError('the Request-URI holds blanks or control characters');
    return `${message.method} ${message.uri} SIP/2.0\r\n`;
  }
  const { status, reason } = message;
  if (!Number.isInteger(status) || status < 100 || status > 699)
    throw new SipWriteError('the status is no SIP status');
  return `SIP/2.0 ${status} ${reason.replace(/[\r\n]+/g, ' ') || reasonPhrase(status)}\r\n`;
}

function isVisible(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) <= 0x20) return false;
  return text.length > 0;
}
