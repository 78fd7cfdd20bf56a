import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { ConsoleError } from './errors.ts';

/** The addresses of the one document that holds all pages. */
const addresses = ['/', '/split', '/teams', '/skype', '/console'];
const document = 'index.html';

/** The built pages of `folder`. What vite names by its content may be kept for ever, the document not at all. */
export async function servePages(app: FastifyInstance, folder: string): Promise<void> {
  if (!existsSync(join(folder, document))) {
    for (const address of addresses)
      app.get(address, async () => {
        throw new ConsoleError('no-pages');
      });
    return;
  }
  await app.register(fastifyStatic, {
    root: folder,
    index: false,
    wildcard: false,
    setHeaders(reply, file) {
      const keep = file.startsWith(join(folder, 'assets'));
      reply.header('cache-control', keep ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  for (const address of addresses) app.get(address, (_request, reply) => reply.sendFile(document));
}
