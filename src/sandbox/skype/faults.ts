import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../clock.ts';

/** What is wrong with a server, on demand of a test. Nothing on the wire can set it. */
export type Fault =
  | { readonly kind: 'none' }
  /** Connections are cut, those that wait too. */
  | { readonly kind: 'down' }
  /** Every answer comes late. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Every request is refused with this status, by something in front that knows no UCWA. */
  | { readonly kind: 'reject'; readonly status: number };

/** Lets a server misbehave. */
export class FaultInjector {
  readonly #clock: Clock;
  #fault: Fault = { kind: 'none' };
  readonly #open = new Set<ServerResponse>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  attach(app: FastifyInstance): void {
    const open = this.#open;
    // One for all answers, which may wait by the thousand.
    function closed(this: ServerResponse): void {
      open.delete(this);
    }
    app.addHook('onRequest', async (request, reply) => {
      switch (this.#fault.kind) {
        case 'none':
          break;
        case 'down':
          reply.hijack();
          request.raw.socket.destroy();
          return reply;
        case 'slow': {
          const { ms } = this.#fault;
          await new Promise<void>((resolve) => void this.#clock.setTimer(ms, resolve));
          break;
        }
        case 'reject':
          return reply.code(this.#fault.status).type('text/html').send('<h1>Service Unavailable</h1>');
      }
      this.#open.add(reply.raw);
      reply.raw.on('close', closed);
    });
  }

  set(fault: Fault): void {
    this.#fault = fault;
    if (fault.kind !== 'down') return;
    for (const { req } of this.#open) req.socket.destroy();
    this.#open.clear();
  }
}
