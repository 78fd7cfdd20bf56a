import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../clock.ts';
import { isObject } from '../hal.ts';
import type { Application } from './application.ts';
import type { Applications } from './applications.ts';
import type { UcwaBackend } from './backend.ts';
import { namesEtag } from './etag.ts';
import type { Limits } from './limits.ts';
import type { Outstanding } from './outstanding.ts';
import { applicationsPath } from './paths.ts';
import type { Tokens } from './tokens.ts';

/** What the routes share. */
export interface ServerContext {
  readonly clock: Clock;
  readonly backend: UcwaBackend;
  readonly tokens: Tokens;
  readonly applications: Applications;
  readonly limits: Limits;
  readonly outstanding: Outstanding;
  /** Name of the server in headers. */
  readonly fqdn: string;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export type ApplicationHandler = (
  application: Application,
  request: FastifyRequest,
  reply: FastifyReply,
) => unknown;

/** Adds a route below the application, whose handler gets the caller's own application. */
export type ApplicationRoute = (method: Method, path: string, handler: ApplicationHandler) => void;

export const signedInAs = 'signedInAs';

export function applicationRoutes(app: FastifyInstance, context: ServerContext): ApplicationRoute {
  return (method, path, handler) => {
    app.route({
      method,
      url: `${applicationsPath}/:applicationId${path}`,
      handler: (request, reply) => {
        const address = request.getDecorator<string>(signedInAs);
        const application = context.applications.get(parameter(request, 'applicationId'), address);
        const answer = handler(application, request, reply);
        if (answer === undefined || answer === reply || answer instanceof Promise) return answer;
        return sendResource(answer, method, request, reply);
      },
    });
  };
}

/** A resource with an etag shows it in the header too, and is not sent to a client that has it. */
function sendResource(
  resource: unknown,
  method: Method,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const etag = isObject(resource) ? resource['etag'] : undefined;
  if (typeof etag === 'string') {
    reply.header('ETag', `"${etag}"`);
    const known = request.headers['if-none-match'];
    if (method === 'GET' && known !== undefined && namesEtag(known, etag)) return reply.code(304).send();
  }
  return reply.send(resource);
}

export function parameter(request: FastifyRequest, name: string): string {
  const { params } = request;
  if (typeof params !== 'object' || params === null) return '';
  const value: unknown = Reflect.get(params, name);
  return typeof value === 'string' ? value : '';
}

/** Origin under which the client reached this server. */
export function originOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}`;
}

export function noContent(reply: FastifyReply): void {
  reply.code(204).send();
}
