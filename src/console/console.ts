import type { FastifyPluginAsync } from 'fastify';
import { guardApi, guardHost } from './access.ts';
import { routeApi } from './api.ts';
import { answerErrors } from './errors.ts';
import { secureHeaders } from './headers.ts';
import type { ConsoleOptions } from './options.ts';
import { servePages } from './pages.ts';
import type { SandboxAnswer } from './types.ts';

/** The operators' API and the pages. Register it without a prefix; it keeps its hooks to itself. */
export function createConsole(options: ConsoleOptions): FastifyPluginAsync {
  return async (app) => {
    secureHeaders(app, originsOf(options.sandbox));
    answerErrors(app, options.report);
    guardHost(app, options.access);
    await app.register(async (api) => {
      guardApi(api, options.access);
      routeApi(api, options);
    });
    await servePages(app, options.pages);
  };
}

function originsOf(sandbox: SandboxAnswer | undefined): readonly string[] {
  if (!sandbox) return [];
  const { graph, authority, pools } = sandbox;
  return [graph, authority, ...pools.map(({ discovery }) => discovery)].map((url) => new URL(url).origin);
}
