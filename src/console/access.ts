import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ConsoleError } from './errors.ts';

/** Who may do what. */
export interface Access {
  /** What an operator proves themself with. */
  readonly token: string;
  /** Whether reading needs no token: bound to loopback, whoever can connect can read the ledger's file anyway. */
  readonly openReads: boolean;
  /** Whether changing needs none either: only in the sandbox, where there is no real account to protect. */
  readonly openChanges: boolean;
}

export function isLoopback(host: string): boolean {
  return loopback.has(host.toLowerCase()) || /^127\.\d+\.\d+\.\d+$/.test(host);
}

const loopback = new Set(['localhost', '::1', '[::1]']);

/**
 * Without a token the host name must be one of this machine alone: a foreign page that has its own name resolve to
 * loopback (DNS rebinding) still sends that name.
 */
export function guardHost(app: FastifyInstance, access: Access): void {
  if (!access.openReads) return;
  app.addHook('onRequest', async (request) => {
    if (!isLoopback(request.hostname)) throw new ConsoleError('wrong-host');
  });
}

export function guardApi(app: FastifyInstance, access: Access): void {
  app.addHook('onRequest', async (request) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new ConsoleError('cross-site');
    if (isHere(request) && (isRead ? access.openReads : access.openChanges)) return;
    if (!carriesToken(request, access.token)) throw new ConsoleError('unauthenticated');
  });
}

/** False for what a proxy brings from elsewhere, whatever host name the proxy itself asks for. */
function isHere({ headers }: FastifyRequest): boolean {
  return !['forwarded', 'x-forwarded-for', 'via'].some((name) => name in headers);
}

function carriesToken(request: FastifyRequest, token: string): boolean {
  const [scheme = '', given = ''] = (request.headers.authorization ?? '').split(' ');
  return scheme.toLowerCase() === 'bearer' && timingSafeEqual(digest(given), digest(token));
}

/** Equal lengths, so that comparing takes the same time whatever was given. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
