import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import type { Fault } from '../fault.ts';
import type { SipMessage } from '../message.ts';
import { SipStream, type StreamItem } from '../stream.ts';
import { writeMessage } from '../write.ts';
import { type ConnectionOptions, type ConnectionTimes, defaultTimes, type Peer } from './options.ts';
import { peerOf } from './peer.ts';

export type CloseReason =
  /** We closed it. */
  | 'local'
  /** The peer closed it. */
  | 'peer'
  /** It could not be opened in time, or at all, or its certificate was not taken. */
  | 'not opened'
  | 'failed'
  | 'idle'
  | 'no pong'
  | 'slow sender'
  | 'slow reader'
  /** What came is no SIP, or beyond the limits. */
  | 'broken stream';

/** The life of a connection: `open` once (unless it never opens), then what comes, then `closed` once. */
export type ConnectionEvent =
  | { readonly kind: 'open'; readonly peer: Peer }
  | { readonly kind: 'message'; readonly message: SipMessage }
  /** To be answered if it is a request. `broken`: nothing can be read behind it; `closed` follows. */
  | { readonly kind: 'faulty' | 'broken'; readonly fault: Fault; readonly message: SipMessage | undefined }
  | { readonly kind: 'ping' }
  /** `code`: the error code of the system or of OpenSSL, if there was one. */
  | { readonly kind: 'closed'; readonly reason: CloseReason; readonly code: string | undefined };

const doubleBreak = '\r\n\r\n';
const defaultMaxQueued = 4 * 1024 * 1024;

/**
 * One TCP or TLS connection. It owns its socket and timers until `closed`; whoever holds it must consume `events`
 * (once) or dispose of it. Reading stops while an event is being handled, so a busy consumer slows its peer down.
 */
export class SipConnection implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #times: ConnectionTimes;
  readonly #stream: SipStream;
  readonly #opened: 'here' | 'there';
  readonly #maxQueued: number;
  readonly #answersPings: boolean;
  readonly #timers = new Set<Disposable>();
  #state: 'opening' | 'open' | 'closed' = 'opening';
  #reason: CloseReason | undefined;
  #code: string | undefined;
  #wake: (() => void) | undefined;
  #isConsumed = false;
  #isGathering = false;
  #pongTimer: Disposable | undefined;

  /** `ready`: the name of the socket's event that tells that it is open; `undefined` if it is. */
  constructor(
    socket: Socket,
    options: ConnectionOptions & {
      readonly opened: 'here' | 'there';
      readonly ready: 'connect' | 'secureConnect' | undefined;
    },
  ) {
    this.#socket = socket;
    this.#clock = options.clock;
    this.#times = { ...defaultTimes, ...options.times };
    this.#opened = options.opened;
    this.#maxQueued = options.maxQueued ?? defaultMaxQueued;
    this.#answersPings = options.answersPings ?? true;
    this.#stream = new SipStream({
      opened: options.opened,
      ...(options.limits && { limits: options.limits }),
    });
    socket.setNoDelay(true);
    socket.on('readable', () => this.#wake?.());
    socket.on('end', () => this.#close('peer'));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#code ??= error.code;
      this.#close(this.#state === 'opening' ? 'not opened' : 'failed');
    });
    socket.on('close', () => this.#close(this.#state === 'opening' ? 'not opened' : 'peer'));
    if (options.ready === undefined) this.#state = 'open';
    else {
      socket.once(options.ready, () => {
        if (this.#state === 'opening') this.#state = 'open';
        this.#wake?.();
      });
    }
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** Writes a message. False if the connection is not open, or if the peer reads so slowly that it is closed now. */
  send(message: SipMessage): boolean {
    return this.#write(writeMessage(message));
  }

  /** Asks the peer for a sign of life; without one in time the connection is closed. */
  ping(): void {
    if (!this.#write(doubleBreak) || this.#times.pong === 0) return;
    this.#pongTimer ??= this.#after(this.#times.pong, () => this.#missPong());
  }

  /** Lets what was written go out, then closes. */
  close(): void {
    this.#close('local');
  }

  /** Closes, and waits until the socket is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#close('local');
    if (!this.#isConsumed) this.#end();
    if (!this.#socket.closed)
      await new Promise<void>((resolve) => void this.#socket.once('close', () => resolve()));
  }

  /** What happens, in order; ends behind `closed`. Leaving the loop closes the connection. For one consumer. */
  async *events(): AsyncGenerator<ConnectionEvent, void, void> {
    if (this.#isConsumed) throw new Error('the events of a connection have one consumer');
    this.#isConsumed = true;
    try {
      if (await this.#opening()) {
        yield { kind: 'open', peer: peerOf(this.#socket) };
        this.#schedulePing();
        yield* this.#reading();
      }
      yield { kind: 'closed', reason: this.#reason ?? 'failed', code: this.#code };
    } finally {
      this.#close('local');
      this.#end();
    }
  }

  async #opening(): Promise<boolean> {
    if (this.#state !== 'opening') return this.#state === 'open';
    using _timer = this.#after(this.#times.open, () => this.#close('not opened'));
    while (this.#state === 'opening') await this.#awake();
    return this.isOpen;
  }

  async *#reading(): AsyncGenerator<ConnectionEvent, void, void> {
    /** How long the message that is under way has been waited for. */
    let waited = 0;
    for (;;) {
      const item = this.#stream.next();
      const event = this.#toEvent(item);
      if (item.kind === 'broken') {
        if (event !== undefined) yield event;
        this.#close('broken stream');
        return;
      }
      if (item.kind !== 'partial') {
        waited = 0;
        if (event !== undefined) yield event;
        if (!this.isOpen && this.#reason !== 'peer') return;
        continue;
      }
      if (item.pending === 0) waited = 0;
      const since = this.#clock.now();
      const chunk = await this.#chunk(item.pending > 0 ? this.#times.message - waited : undefined);
      waited += this.#clock.now() - since;
      if (chunk === undefined) return;
      this.#stream.push(chunk);
    }
  }

  #toEvent(item: StreamItem): ConnectionEvent | undefined {
    switch (item.kind) {
      case 'message':
      case 'faulty':
      case 'broken':
        return item;
      case 'ping':
        if (this.#answersPings) this.#write('\r\n');
        return item;
      case 'pong':
      case 'partial':
        return undefined;
    }
  }

  /** The next bytes; `undefined` when there are no more. `left`: what remains of the time for a message. */
  async #chunk(left: number | undefined): Promise<Buffer | undefined> {
    using _slow =
      left !== undefined && this.#times.message > 0
        ? this.#after(Math.max(left, 1), () => this.#close('slow sender'))
        : undefined;
    using _idle = this.#after(this.#times.idle, () => this.#close('idle'));
    for (;;) {
      if (!this.isOpen && this.#reason !== 'peer') return undefined;
      const chunk: Buffer | null = this.#socket.read();
      if (chunk !== null) {
        this.#clearPong();
        return chunk;
      }
      if (!this.isOpen) return undefined;
      await this.#awake();
    }
  }

  async #awake(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    await promise;
    this.#wake = undefined;
  }

  #write(bytes: Buffer | string): boolean {
    if (!this.isOpen || !this.#socket.writable) return false;
    this.#gather();
    this.#socket.write(bytes);
    if (this.#socket.writableLength <= this.#maxQueued) return true;
    this.#close('slow reader');
    return false;
  }

  /** What is written in one turn goes out in one piece: the answers to all messages of a chunk cost one system call. */
  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#socket.cork();
    process.nextTick(() => {
      this.#isGathering = false;
      this.#socket.uncork();
    });
  }

  #schedulePing(): void {
    if (this.#opened === 'there' || !this.isOpen) return;
    this.#after(this.#times.ping, () => {
      this.ping();
      this.#schedulePing();
    });
  }

  /** While we are busy, the answer may lie unread. */
  #missPong(): void {
    this.#pongTimer = undefined;
    if (this.#wake !== undefined) this.#close('no pong');
  }

  #clearPong(): void {
    this.#pongTimer?.[Symbol.dispose]();
    this.#pongTimer = undefined;
  }

  #close(reason: CloseReason): void {
    if (this.#state === 'closed') return;
    const wasOpen = this.#state === 'open';
    this.#state = 'closed';
    this.#reason = reason;
    for (const timer of [...this.#timers]) timer[Symbol.dispose]();
    const mayDrain = reason === 'local' || reason === 'broken stream' || reason === 'peer';
    if (wasOpen && mayDrain) this.#drain();
    else this.#socket.destroy();
    this.#wake?.();
  }

  #drain(): void {
    if (this.#socket.destroyed) return;
    this.#socket.end();
    const timer = this.#after(this.#times.drain, () => this.#socket.destroy());
    this.#socket.once('close', () => timer[Symbol.dispose]());
  }

  /** Nobody reads any more: what the peer still sends is thrown away until the socket is gone. */
  #end(): void {
    this.#socket.removeAllListeners('readable');
    this.#socket.resume();
  }

  /** A timer of this connection; none for 0. */
  #after(ms: number, run: () => void): Disposable {
    if (ms === 0) return { [Symbol.dispose]: () => undefined };
    const running = this.#clock.setTimer(Math.max(ms, 0), () => {
      this.#timers.delete(timer);
      run();
    });
    const timer: Disposable = {
      [Symbol.dispose]: () => {
        this.#timers.delete(timer);
        running[Symbol.dispose]();
      },
    };
    this.#timers.add(timer);
    return timer;
  }
}
