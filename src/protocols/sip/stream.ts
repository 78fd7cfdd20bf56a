import { badRequest, type Fault } from './fault.ts';
import { defaultLimits, type SipLimits } from './limits.ts';
import { noBody, type SipMessage } from './message.ts';
import { bodyTooLarge, finish, type Head, parseHead } from './parse.ts';
import { checked } from './read.ts';

export type StreamItem =
  | { readonly kind: 'message'; readonly message: SipMessage }
  /** A message that is not taken; the stream goes on behind it. */
  | { readonly kind: 'faulty'; readonly fault: Fault; readonly message: SipMessage | undefined }
  /** Two line breaks between messages: the peer asks for one in answer (RFC 5626 section 3.5.1). */
  | { readonly kind: 'ping' }
  /** One line break: the answer to a ping of ours. */
  | { readonly kind: 'pong' }
  /** Nothing whole is left. `pending` bytes wait for the rest of their message. */
  | { readonly kind: 'partial'; readonly pending: number }
  /** Where the next message starts cannot be known: answer if `message` is a request, then close. Nothing follows. */
  | { readonly kind: 'broken'; readonly fault: Fault; readonly message: SipMessage | undefined };

export interface StreamOptions {
  readonly limits?: SipLimits;
  /** Who opened the connection sends pings and gets pongs. */
  readonly opened: 'here' | 'there';
}

const carriageReturn = 0x0d;
const lineFeed = 0x0a;

/**
 * Cuts a byte stream into messages by Content-Length (RFC 3261 section 18.3). `push` what arrives, then take `next`
 * until it says `partial` or `broken`. Holds at most one unfinished message, so its memory is bounded by the limits
 * and the largest chunk. It has no clock: the owner of the connection times slow senders by `pending`.
 */
export class SipStream {
  readonly #limits: SipLimits;
  readonly #opened: 'here' | 'there';
  #bytes: Buffer = Buffer.alloc(0);
  /** Whether `#bytes` may be written to: a chunk that was pushed belongs to the caller. */
  #owned = false;
  #start = 0;
  #end = 0;
  /** No end of head lies before this position. */
  #searched = 0;
  #lineBreaks = 0;
  #head: Head | undefined;
  #broken: StreamItem | undefined;

  constructor({ limits = defaultLimits, opened }: StreamOptions) {
    this.#limits = limits;
    this.#opened = opened;
  }

  push(chunk: Uint8Array): void {
    if (this.#broken !== undefined) return;
    if (this.#start === this.#end) {
      this.#bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      this.#start = 0;
      this.#end = chunk.byteLength;
      this.#searched = 0;
      this.#owned = false;
      return;
    }
    this.#makeRoom(chunk.byteLength);
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.byteLength;
  }

  #makeRoom(more: number): void {
    const held = this.#end - this.#start;
    if (this.#owned && this.#end + more <= this.#bytes.length) return;
    const room =
      this.#owned && held + more <= this.#bytes.length ? this.#bytes : Buffer.allocUnsafe((held + more) * 2);
    room.set(this.#bytes.subarray(this.#start, this.#end), 0);
    this.#searched = Math.max(0, this.#searched - this.#start);
    this.#bytes = room;
    this.#start = 0;
    this.#end = held;
    this.#owned = true;
  }

  next(): StreamItem {
    if (this.#broken !== undefined) return this.#broken;
    if (this.#head === undefined) {
      const keepAlive = this.#takeLineBreaks();
      if (keepAlive !== undefined) return keepAlive;
      const head = this.#takeHead();
      if (head === undefined) return this.#broken ?? this.#partial();
      const fault = this.#lengthFault(head);
      if (fault !== undefined) return this.#break(fault, head);
      this.#head = head;
    }
    return this.#takeBody(this.#head);
  }

  #takeLineBreaks(): StreamItem | undefined {
    while (this.#bytes[this.#start] === carriageReturn && this.#end - this.#start >= 2) {
      if (this.#bytes[this.#start + 1] !== lineFeed) return undefined;
      this.#start += 2;
      this.#lineBreaks++;
      if (this.#opened === 'here') return { kind: 'pong' };
      if (this.#lineBreaks % 2 === 0) return { kind: 'ping' };
    }
    return undefined;
  }

  #takeHead(): Head | undefined {
    const from = Math.max(this.#start, this.#searched);
    const end = this.#bytes.subarray(0, this.#end).indexOf('\r\n\r\n', from, 'latin1');
    const length = (end < 0 ? this.#end : end) - this.#start;
    if (length > this.#limits.head) {
      this.#break({ status: 513, field: 'headers', detail: 'longer than allowed' }, undefined);
      return undefined;
    }
    if (end < 0) {
      this.#searched = Math.max(this.#start, this.#end - 3);
      return undefined;
    }
    const head = parseHead(this.#bytes.toString('utf8', this.#start, end), this.#limits);
    this.#start = end + 4;
    this.#lineBreaks = 0;
    return head;
  }

  /** What makes it impossible to know where the body ends: also a header that could have been a Content-Length. */
  #lengthFault({ fault, start, contentLength, headers }: Head): Fault | undefined {
    if (start === undefined) return fault ?? badRequest('start line', 'neither request nor status line');
    if (fault?.field === 'Content-Length' || (fault?.field === 'headers' && fault.status === 513))
      return fault;
    if (contentLength === undefined && fault?.field === 'headers') return fault;
    if (contentLength === undefined && headers.some(({ name }) => name === 'Content-Type')) {
      return badRequest('Content-Length', 'missing');
    }
    return (contentLength ?? 0) > this.#limits.body ? bodyTooLarge : undefined;
  }

  /** COMPAT: without Content-Length and Content-Type there is no body. */
  #takeBody(head: Head): StreamItem {
    const length = head.contentLength ?? 0;
    if (this.#end - this.#start < length) return this.#partial();
    const body =
      length === 0 ? noBody : Uint8Array.prototype.slice.call(this.#bytes, this.#start, this.#start + length);
    this.#start += length;
    this.#head = undefined;
    return checked(finish(head, body));
  }

  /** A chunk that was pushed may be reused by its owner only after this: the rest of it is kept in memory of our own. */
  #partial(): StreamItem {
    const pending = this.#end - this.#start;
    if (pending > 0 && !this.#owned) this.#makeRoom(0);
    return { kind: 'partial', pending: this.#head === undefined ? pending : pending + 1 };
  }

  #break(fault: Fault, head: Head | undefined): StreamItem {
    const parsed = head === undefined ? undefined : finish(head, noBody);
    this.#broken = { kind: 'broken', fault, message: parsed?.message };
    this.#start = this.#end = 0;
    this.#bytes = Buffer.alloc(0);
    return this.#broken;
  }
}
