import type { FastifyError, FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Report } from '../gateway/events.ts';
import type { ErrorAnswer } from './types.ts';

/** Everything that the operators' API refuses, in one catalogue. `id` is stable. */
const catalogue = {
  'not-found': {
    status: 404,
    cause: 'There is nothing at this address.',
    cure: 'Look at the list of addresses in the documentation.',
  },
  'no-such-message': {
    status: 404,
    cause: 'No message is known by this id.',
    cure: 'Take the id from `isthmus send`, from the console, or from either network.',
  },
  'no-such-person': {
    status: 404,
    cause: 'The directory has no such person.',
    cure: 'Give the user principal name; `isthmus people` lists them.',
  },
  'person-exists': {
    status: 409,
    cause: 'The directory has this person already.',
    cure: 'Change the person with PUT, or `isthmus people set`.',
  },
  'nothing-to-undo': {
    status: 409,
    cause: 'Operators have not changed, added or removed this person.',
    cure: 'The person is as the people file or the tenant says: change it there.',
  },
  'wrong-person': {
    status: 400,
    cause: 'The directory refuses the change.',
    cure: 'Correct the fields that the cause names; nothing has been changed.',
  },
  'no-account': {
    status: 409,
    cause: 'The person has no account on this side.',
    cure: 'Add the account to the directory first.',
  },
  'no-sandbox': {
    status: 404,
    cause: 'The embedded servers are off.',
    cure: 'Set sandbox.enabled to true, or configure no network.',
  },
  'no-pages': { status: 404, cause: 'The pages have not been built.', cure: 'Run `npm run build:web`.' },
  malformed: {
    status: 400,
    cause: 'The request does not fit its schema.',
    cure: 'Correct what the cause names.',
  },
  unauthenticated: {
    status: 401,
    cause: 'The request does not carry the operators’ token.',
    cure: 'Send `Authorization: Bearer …` with the token of the configuration or of `console-token` in the data folder.',
  },
  'wrong-host': {
    status: 421,
    cause: 'The gateway does not answer under this name.',
    cure: 'Use the address that the gateway printed at its start.',
  },
  'cross-site': {
    status: 403,
    cause: 'The request comes from a page of another site.',
    cure: 'Use the console of this gateway.',
  },
  unavailable: {
    status: 503,
    cause: 'The ledger does not answer.',
    cure: 'Look at the gateway’s log; is the disk full?',
  },
  fault: {
    status: 500,
    cause: 'The gateway has a defect.',
    cure: 'Report it with the time and the gateway’s log.',
  },
} as const;

export type ConsoleErrorId = keyof typeof catalogue;

/** Thrown by a handler, answered as {@link ErrorAnswer}; `cause` replaces the catalogue's where it can say more. */
export class ConsoleError extends Error {
  override name = 'ConsoleError';
  readonly id: ConsoleErrorId;
  readonly status: number;
  readonly answer: ErrorAnswer;
  constructor(id: ConsoleErrorId, cause: string = catalogue[id].cause) {
    super(cause);
    this.id = id;
    this.status = catalogue[id].status;
    this.answer = { error: { id, cause, cure: catalogue[id].cure } };
  }
}

export const errorSchema = Type.Object({
  error: Type.Object({ id: Type.String(), cause: Type.String(), cure: Type.String() }),
});

/** Answers every failure in one shape; what is not the client's fault is reported, never shown. */
export function answerErrors(app: FastifyInstance, report: Report): void {
  app.setNotFoundHandler((_request, reply) => {
    const { status, answer } = new ConsoleError('not-found');
    return reply.code(status).send(answer);
  });
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const refused = toConsoleError(error);
    if (refused.id === 'fault')
      report({ kind: 'fault', where: `${request.method} ${request.routeOptions.url}`, error });
    if (refused.id === 'unauthenticated') reply.header('www-authenticate', 'Bearer');
    return reply.code(refused.status).send(refused.answer);
  });
}

function toConsoleError(error: FastifyError | Error): ConsoleError {
  if (error instanceof ConsoleError) return error;
  if (error.name === 'LedgerUnavailable') return new ConsoleError('unavailable');
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500;
  return status >= 400 && status < 500
    ? new ConsoleError('malformed', error.message)
    : new ConsoleError('fault');
}
