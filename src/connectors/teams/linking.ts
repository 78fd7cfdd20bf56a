import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { PersonId } from '../../core/ids.ts';
import { personId } from '../../core/ids.ts';
import { escapeHtml } from '../../core/text/clean.ts';
import type { Directory } from '../../gateway/directory.ts';
import type { Links } from '../../gateway/links.ts';
import { finishSignIn, startSignIn } from '../../protocols/entra/client/authorization-code.ts';
import { graphScope } from './accounts.ts';
import type { Tenant, Tenants } from './tenants.ts';

export interface LinkingOptions {
  readonly tenants: Tenants;
  readonly directory: Directory;
  readonly links: Links;
  /** Where browsers reach the gateway; the address below it is registered with the application. */
  readonly publicUrl: () => string;
  readonly linked: (person: PersonId) => void;
}

const startPath = '/link/teams';
const callbackPath = '/link/teams/callback';
const cookie = 'isthmus-link';
const signInMs = 10 * 60_000;
const mostUnderWay = 1_000;

const startQuery = Compile(Type.Object({ as: Type.String({ minLength: 3, maxLength: 320 }) }));
const callbackQuery = Compile(
  Type.Object({
    state: Type.String({ minLength: 1, maxLength: 128 }),
    code: Type.Optional(Type.String({ minLength: 1, maxLength: 8_192 })),
    error: Type.Optional(Type.String({ maxLength: 200 })),
  }),
);

interface SignInUnderWay {
  readonly tenant: Tenant;
  readonly verifier: string;
  readonly redirectUri: string;
}

/**
 * Lets a person link their Teams account in a browser: `/link/teams?as=alice@contoso.example` leads to the organisation's
 * sign-in and back. Whoever signed in there is who is linked, whatever the address said; no operator is needed.
 */
export function registerLinking(app: FastifyInstance, options: LinkingOptions): void {
  const underWay = new LRUCache<string, SignInUnderWay>({ max: mostUnderWay, ttl: signInMs });
  /** On this machine itself sign-in takes plain HTTP, and needs no certificate that the browser trusts. */
  const originOf = ({ protocol, hostname, host }: FastifyRequest): string =>
    hostname === 'localhost' ? `${protocol}://${host}` : options.publicUrl();

  app.get(startPath, async (request, reply) => {
    const { query } = request;
    if (!startQuery.Check(query)) return answer(reply, 400, 'Add ?as= and your sign-in name to the address.');
    const person = options.directory.person(personId(query.as));
    const tenant = person && options.tenants.of(person);
    if (!person || !tenant || person.teams.kind === 'none')
      return answer(reply, 404, 'The directory knows no Teams account of that name.');
    const state = randomBytes(32).toString('base64url');
    const redirectUri = `${originOf(request)}${callbackPath}`;
    const { url, verifier } = startSignIn(tenant.entra, {
      redirectUri,
      scope: graphScope,
      state,
      loginHint: person.teams.upn,
    });
    underWay.set(state, { tenant, verifier, redirectUri });
    return reply
      .header(
        'set-cookie',
        `${cookie}=${state}; Path=${callbackPath}; HttpOnly; Secure; SameSite=Lax; Max-Age=600`,
      )
      .header('cache-control', 'no-store')
      .redirect(url);
  });

  app.get(callbackPath, async (request, reply) => {
    const { query } = request;
    if (!callbackQuery.Check(query)) return answer(reply, 400, 'This is no answer of a sign-in.');
    const started = underWay.get(query.state);
    underWay.delete(query.state);
    if (!started || !carriesState(request.headers.cookie, query.state))
      return answer(reply, 400, 'This sign-in was not begun in this browser, or took too long. Begin again.');
    if (query.code === undefined)
      return answer(reply, 403, 'The sign-in was not completed. Nothing was linked.');
    const signedIn = await finishSignIn(started.tenant.entra, {
      code: query.code,
      verifier: started.verifier,
      redirectUri: started.redirectUri,
      scope: graphScope,
    });
    if (!signedIn.ok) return answer(reply, 502, 'The sign-in could not be confirmed. Nothing was linked.');
    const person = options.directory.byObjectId(signedIn.userId);
    if (!person || options.tenants.of(person) !== started.tenant)
      return answer(
        reply,
        403,
        'The directory does not know the account that signed in. Nothing was linked.',
      );
    await options.links.put(person.id, 'teams', { kind: 'refreshToken', token: signedIn.refreshToken });
    options.linked(person.id);
    return answer(
      reply,
      200,
      `The Teams account of ${person.displayName} is linked. You may close this page.`,
    );
  });
}

function carriesState(header: string | undefined, state: string): boolean {
  return (header ?? '').split(/;\s*/).includes(`${cookie}=${state}`);
}

function answer(reply: FastifyReply, status: number, words: string): FastifyReply {
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .header('content-security-policy', "default-src 'none'")
    .type('text/html; charset=utf-8')
    .send(`<!doctype html><html lang="en"><title>Isthmus</title><p>${escapeHtml(words)}</p></html>`);
}
