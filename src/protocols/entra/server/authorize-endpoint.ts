import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import {
  type AuthorizationQuery,
  type AuthorizationRequest,
  checkAuthorization,
  parseAuthorizationQuery,
  type ReturnAddress,
  returnAddressOf,
} from './authorization-request.ts';
import type { SignInUser } from './backend.ts';
import { EntraError } from './entra-error.ts';
import { isInRealm, type Realm, realmName, realmOf, type SignInService, signIn } from './service.ts';
import { forgetUser, rememberedUser, rememberUser } from './session.ts';
import { messagePage, signInPage } from './sign-in-page.ts';

const flowPurpose = 'flow';
const flowLifeMs = 30 * 60_000;

const SignInForm = Type.Object({
  flow: Type.String({ maxLength: 32_768 }),
  username: Type.String({ maxLength: 500 }),
  password: Type.String({ maxLength: 500 }),
});
const signInForm = Compile(SignInForm);

type TenantRoute = { Params: { tenant: string } };

/** `/{tenant}/oauth2/v2.0/authorize`, a sign-in form for browsers, and the logout. */
export function registerAuthorizeEndpoint(app: FastifyInstance, service: SignInService): void {
  app.get<TenantRoute>('/:tenant/oauth2/v2.0/authorize', async (request, reply) => {
    const realm = realmOf(service.backend, request.params.tenant);
    const query = parseAuthorizationQuery(request.query);
    return answering(service, realm, query, reply, async (asked) => {
      const remembered = await rememberedUser(service, request);
      const user = remembered && isInRealm(realm, remembered.tenantId) ? remembered : undefined;
      const fits = user !== undefined && (asked.loginHint ?? user.upn).toLowerCase() === user.upn;
      if (asked.prompt === 'none' && !fits) throw new EntraError(50058);
      if (fits && (asked.prompt === undefined || asked.prompt === 'none')) {
        return sendCode(service, asked, user, reply);
      }
      return showForm(service, request, reply, query, asked, undefined, asked.loginHint ?? '');
    });
  });

  app.post<TenantRoute>('/:tenant/oauth2/v2.0/authorize', async (request, reply) => {
    const realm = realmOf(service.backend, request.params.tenant);
    const form = request.body;
    if (!signInForm.Check(form)) throw new EntraError(90014, 'flow, username, password');
    const flow = await service.options.keys.unseal(flowPurpose, form.flow, service.options.clock);
    if (flow.kind !== 'content') throw new EntraError(flow.kind === 'expired' ? 70008 : 9002313);
    const query = parseAuthorizationQuery(flow.content['query']);
    return answering(service, realm, query, reply, async (asked) => {
      try {
        const user = await signIn(service, realm, form.username.trim(), form.password);
        await rememberUser(service, request, reply, user);
        return sendCode(service, asked, user, reply);
      } catch (error) {
        if (!(error instanceof EntraError)) throw error;
        return showForm(service, request, reply, query, asked, error.message, form.username);
      }
    });
  });

  const logout = (request: FastifyRequest, reply: FastifyReply) => {
    forgetUser(request, reply);
    return html(reply, 200, messagePage('Signed out', 'You are signed out. You may close this window.'));
  };
  app.get('/:tenant/oauth2/v2.0/logout', logout);
  app.get('/logout', logout);
}

/** Errors go back to the application once its return address is known to be good; before, to the user. */
async function answering(
  service: SignInService,
  realm: Realm,
  query: AuthorizationQuery,
  reply: FastifyReply,
  act: (asked: AuthorizationRequest) => Promise<FastifyReply> | FastifyReply,
): Promise<FastifyReply> {
  let returnTo: ReturnAddress;
  try {
    returnTo = returnAddressOf(query, (clientId) => service.backend.app(clientId), realmName(realm));
  } catch (error) {
    if (!(error instanceof EntraError)) throw error;
    return html(
      reply,
      error.status,
      messagePage('Sorry, but we’re having trouble signing you in', error.message),
    );
  }
  try {
    return await act(checkAuthorization(query, returnTo));
  } catch (error) {
    if (!(error instanceof EntraError)) throw error;
    return sendBack(reply, returnTo, { error: error.error, error_description: error.message });
  }
}

function sendCode(
  service: SignInService,
  asked: AuthorizationRequest,
  user: SignInUser,
  reply: FastifyReply,
): FastifyReply {
  const { app, redirectUri } = asked.returnTo;
  const code = service.codes.issue({
    clientId: app.clientId,
    redirectUri,
    tenantId: user.tenantId,
    userId: user.objectId,
    scope: asked.scope,
    nonce: asked.nonce,
    codeChallenge: asked.codeChallenge,
  });
  return sendBack(reply, asked.returnTo, { code });
}

function sendBack(
  reply: FastifyReply,
  to: ReturnAddress,
  values: Readonly<Record<string, string>>,
): FastifyReply {
  const url = new URL(to.redirectUri);
  const target = to.responseMode === 'query' ? url.searchParams : new URLSearchParams();
  for (const [name, value] of Object.entries(values)) target.set(name, value);
  if (to.state !== undefined) target.set('state', to.state);
  if (to.responseMode === 'fragment') url.hash = target.toString();
  return reply.header('cache-control', 'no-store').redirect(url.href, 302);
}

async function showForm(
  service: SignInService,
  request: FastifyRequest,
  reply: FastifyReply,
  query: AuthorizationQuery,
  asked: AuthorizationRequest,
  problem: string | undefined,
  username: string,
): Promise<FastifyReply> {
  const { keys, clock } = service.options;
  const flow = await keys.seal(flowPurpose, { query }, clock.now() + flowLifeMs);
  const page = signInPage({
    action: request.url.split('?')[0] ?? '',
    flow,
    appName: asked.returnTo.app.displayName,
    username,
    problem,
  });
  return html(reply, 200, page, new URL(asked.returnTo.redirectUri).origin);
}

/** `formTarget`: browsers hold `form-action` also against the address that a form's answer redirects to. */
function html(reply: FastifyReply, status: number, page: string, formTarget = ''): FastifyReply {
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header(
      'content-security-policy',
      `default-src 'none'; style-src 'unsafe-inline'; form-action 'self' ${formTarget}; frame-ancestors 'none'; base-uri 'none'`,
    )
    .send(page);
}
