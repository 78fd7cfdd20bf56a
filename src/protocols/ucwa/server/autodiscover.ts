import type { FastifyInstance } from 'fastify';
import { UcwaError } from '../errors.ts';
import { bearerOf, challenge } from './authentication.ts';
import { originOf, type ServerContext } from './context.ts';
import { applicationsPath } from './paths.ts';
import { xframePage } from './xframe.ts';

export const autodiscoverRoot = '/Autodiscover/AutodiscoverService.svc/root';

const xframe = '/Autodiscover/XFrame/XFrame.html';

/** How a client finds its pool: the root names `user`, and `user` names the applications or another pool. */
export function autodiscoverRoutes(app: FastifyInstance, context: ServerContext): void {
  for (const path of ['/', autodiscoverRoot]) {
    app.get(path, (request) => {
      const origin = originOf(request);
      const domain = domainOf(request.query);
      const query = domain === undefined ? '' : `?originalDomain=${domain}`;
      return {
        _links: {
          self: { href: `${origin}${autodiscoverRoot}${query}` },
          user: { href: `${origin}${autodiscoverRoot}/oauth/user${query}` },
          xframe: { href: `${origin}${xframe}` },
        },
      };
    });
  }
  for (const path of [`${autodiscoverRoot}/oauth/user`, `${autodiscoverRoot}/user`]) {
    app.get(path, (request, reply) => {
      const address = bearerOf(request, context);
      if (address === undefined) return challenge(request, reply);
      const home = context.backend.homeOf(address, request.protocol);
      if (home.kind === 'elsewhere') return reply.send({ _links: { redirect: { href: home.root } } });
      if (home.kind === 'unknown') {
        throw new UcwaError('Forbidden', undefined, 'The user has no home here.');
      }
      const origin = originOf(request);
      return reply.send({
        _links: {
          self: { href: `${origin}${autodiscoverRoot}/user` },
          applications: { href: `${origin}${applicationsPath}` },
          xframe: { href: `${origin}${xframe}` },
        },
      });
    });
  }
  for (const path of ['/xframe', xframe]) {
    app.get(path, (_request, reply) => {
      reply.type('text/html; charset=utf-8').send(xframePage);
    });
  }
}

function domainOf(query: unknown): string | undefined {
  if (typeof query !== 'object' || query === null) return undefined;
  const value: unknown = Reflect.get(query, 'originalDomain') ?? Reflect.get(query, 'sipuri');
  const domain = typeof value === 'string' ? /([a-z0-9.-]{1,250})$/i.exec(value)?.[1] : undefined;
  return domain?.toLowerCase();
}
