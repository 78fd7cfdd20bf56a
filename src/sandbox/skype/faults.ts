import type { Socket } from 'node:net';
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
  readonly #sockets = new Set<Socket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  attach(app: FastifyInstance): void {
    app.addHook('onRequest', async (request, reply) => {
      const { socket } = request.raw;
      switch (this.#fault.kind) {
        case 'none':
          break;
        case 'down':
          reply.hijack();
          socket.destroy();
          return reply;
        case 'slow':
          await new Promise((resolve) =>
            setTimeout(resolve, this.#fault.kind === 'slow' ? this.#fault.ms : 0),
          );
          break;
        case 'reject':
          return reply.code(this.#fault.status).type('text/html').send('<h1>Service Unavailable</h1>');
      }
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  set(fault: Fault): void {
    this.#fault = fault;
    if (fault.kind !== 'down') return;
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }
}
