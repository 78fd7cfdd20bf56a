import type { FastifyPluginAsync } from 'fastify';
import type { Clock } from '../core/clock.ts';
import type { PersonId } from '../core/ids.ts';
import type { Side } from '../core/people.ts';
import type { Directory } from '../gateway/directory.ts';
import type { Report } from '../gateway/events.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Links } from '../gateway/links.ts';
import { type Access, guardApi, guardHost } from './access.ts';
import { routeApi } from './api.ts';
import { answerErrors } from './errors.ts';
import { secureHeaders } from './headers.ts';
import type { Metrics } from './metrics.ts';
import { servePages } from './pages.ts';
import type { SandboxAnswer } from './types.ts';

export interface ConsoleOptions {
  readonly gateway: Pick<Gateway, 'presence' | 'recent' | 'status' | 'trace'>;
  readonly directory: Directory;
  readonly links: Links;
  /** Told after a link was put or removed. */
  readonly linkChanged: (person: PersonId, side: Side) => void;
  readonly clock: Pick<Clock, 'now'>;
  readonly metrics: Metrics;
  readonly report: Report;
  readonly version: string;
  readonly policy: string;
  /** Known once the gateway listens. */
  readonly publicUrl: () => string;
  readonly access: Access;
  /** Undefined where the sandbox is off. */
  readonly sandbox: SandboxAnswer | undefined;
  /** The folder of the built pages. */
  readonly pages: string;
}

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
