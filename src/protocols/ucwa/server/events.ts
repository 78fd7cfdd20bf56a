import { UcwaError } from '../errors.ts';
import type { ApplicationRoute } from './context.ts';
import type { PollRequest } from './event-channel.ts';
import { Input } from './input.ts';

/** The P-GET: answered when there is something to tell, or when the client's patience ends. */
export function eventRoutes(route: ApplicationRoute): void {
  route('GET', '/events', (application, request, reply) => {
    const poll = pollOf(new Input(request));
    application.seen();
    const held = application.channel.poll(poll, (answer) => {
      switch (answer.kind) {
        case 'package':
          reply.send(answer.body);
          break;
        case 'replaced':
          reply.send(new UcwaError('Conflict', 'PGetReplaced', 'Another P-GET took the place of this one.'));
          break;
        case 'closed':
          reply.send(new UcwaError('NotFound', 'ApplicationNotFound', 'The application has ended.'));
          break;
      }
    });
    reply.raw.on('close', () => held[Symbol.dispose]());
    return undefined;
  });
}

function pollOf(input: Input): PollRequest {
  const ack = input.integer('ack', 1, 999_999_999);
  const low = input.integer('low', 5, 1800);
  const medium = input.integer('medium', 5, 1800);
  const timeout = input.integer('timeout', 180, 1800);
  const priority = input.integer('priority', 0, 1_000_000);
  if (ack === undefined) input.reject('ack', 'is required');
  input.check();
  return {
    ack: ack ?? 0,
    ...(low === undefined ? {} : { low }),
    ...(medium === undefined ? {} : { medium }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(priority === undefined ? {} : { priority }),
  };
}
