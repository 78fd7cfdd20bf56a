import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { SignInUser } from './backend.ts';
import type { SignInService } from './service.ts';

const cookieName = 'estsauth';
const purpose = 'session';
const lifeMs = 24 * 60 * 60_000;

const Session = Type.Object({ tid: Type.String(), oid: Type.String(), at: Type.Number() });
type Session = Static<typeof Session>;
const session = Compile(Session);

/** Remembers in the browser who signed in, so that the next application need not ask again. */
export async function rememberUser(
  service: SignInService,
  request: FastifyRequest,
  reply: FastifyReply,
  user: SignInUser,
): Promise<void> {
  const now = service.options.clock.now();
  const content: Session = { tid: user.tenantId, oid: user.objectId, at: now };
  const value = await service.options.keys.seal(purpose, content, now + lifeMs);
  setCookie(request, reply, value, lifeMs / 1000);
}

export function forgetUser(request: FastifyRequest, reply: FastifyReply): void {
  setCookie(request, reply, '', 0);
}

export async function rememberedUser(
  service: SignInService,
  request: FastifyRequest,
): Promise<SignInUser | undefined> {
  const value = new RegExp(`(?:^|;\\s*)${cookieName}=([^;\\s]+)`).exec(request.headers.cookie ?? '')?.[1];
  if (value === undefined) return undefined;
  const opened = await service.options.keys.unseal(purpose, value, service.options.clock);
  if (opened.kind !== 'content' || !session.Check(opened.content)) return undefined;
  const { tid, oid, at } = opened.content;
  const user = service.backend.userById(tid, oid);
  return user === undefined || user.disabled === true || at < (user.tokensValidFrom ?? 0) ? undefined : user;
}

function setCookie(request: FastifyRequest, reply: FastifyReply, value: string, maxAge: number): void {
  const secure = request.protocol === 'https' ? '; Secure' : '';
  void reply.header(
    'set-cookie',
    `${cookieName}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure}`,
  );
}
