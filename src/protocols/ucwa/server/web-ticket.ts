import type { FastifyInstance, FastifyReply } from 'fastify';
import { UcwaError } from '../errors.ts';
import type { TokenResponse } from '../types.ts';
import { grantTypes } from '../www-authenticate.ts';
import type { ServerContext } from './context.ts';
import { Input } from './input.ts';
import { tokenLifetimeSeconds } from './tokens.ts';

type TokenError =
  | 'invalid_request'
  | 'invalid_grant'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'server_error';

/** The web ticket service: a password against a ticket. */
export function webTicketRoutes(app: FastifyInstance, context: ServerContext): void {
  const fail = (reply: FastifyReply, error: TokenError, reason: string) =>
    reply
      .code(400)
      .headers({
        'Cache-Control': 'no-store',
        'X-Ms-diagnostics': `28029;source="${context.fqdn}";reason="${reason}"`,
      })
      .send({ error });

  app.post('/WebTicket/oauthtoken', (request, reply) => {
    const type = request.headers['content-type'] ?? '';
    if (!/^application\/x-www-form-urlencoded\b/i.test(type)) {
      return fail(reply, 'invalid_request', 'The body is not a form.');
    }
    const input = new Input({
      body: request.body,
      query: {},
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    const grant = input.text('grant_type', 100);
    if (grant === undefined) return fail(reply, 'invalid_request', 'grant_type is missing.');
    if (grant !== grantTypes.password) {
      return fail(reply, 'unsupported_grant_type', 'The grant type is not supported.');
    }
    const username = input.text('username', 254);
    const password = input.text('password', 256);
    if (!username || !password) {
      return fail(reply, 'invalid_request', 'username and password are required.');
    }
    const result = context.backend.signIn(username, password);
    switch (result.kind) {
      case 'denied':
        return fail(reply, 'invalid_grant', 'The user name or the password is wrong.');
      case 'throttled':
        reply.header('Retry-After', String(result.retryAfterSeconds));
        throw new UcwaError('TooManyRequests', undefined, 'Too many attempts to sign in failed.');
      case 'granted': {
        const answer: TokenResponse = {
          access_token: context.tokens.issue(result.address),
          expires_in: tokenLifetimeSeconds,
          ms_rtc_identityscope: 'local',
          token_type: 'Bearer',
        };
        return reply.headers({ 'Cache-Control': 'no-store', Pragma: 'no-cache' }).send(answer);
      }
    }
  });
}
