import { randomUUID } from 'node:crypto';
import {
  createApplication,
  createDiscovery,
  createMessaging,
  createTransport,
  listen,
  type SignedIn,
  type StartOutcome,
  signIn,
  systemClock,
} from '../../protocols/ucwa/client/client.ts';
import type { DataContent } from '../../protocols/ucwa/data-uri.ts';
import { CommandError } from '../command.ts';

/** From sign-in to the answer to the invitation; the pool gives up an invitation after 30 s itself. */
const giveUpMs = 40_000;

/**
 * Opens a session with a first message, as a person at an SfB client of the pool would, and waits until it is taken up.
 * @throws {CommandError} when the pool says that it was not
 */
export async function writeInSkype(
  discovery: string,
  from: string,
  to: string,
  password: string,
  text: string,
): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(giveUpMs)]);
  await using transport = createTransport();
  try {
    const signedIn = await signIn({
      transport,
      discovery: createDiscovery({ transport, entries: [new URL(discovery)], trustedDomains: [] }),
      credentials: { username: from, password },
      clock: systemClock,
      signal,
    });
    const outcome = await invite(signedIn, to, text, signal);
    if (outcome.kind !== 'accepted') throw refused(reasonOf(outcome));
  } catch (error) {
    throw error instanceof CommandError ? error : refused((error as Error).message);
  } finally {
    stop.abort();
  }
}

async function invite(
  { requester, applications }: SignedIn,
  to: string,
  text: string,
  signal: AbortSignal,
): Promise<StartOutcome> {
  const application = await createApplication({
    requester,
    applications,
    identity: { culture: 'en-US', endpointId: randomUUID(), userAgent: 'isthmus send' },
    signal,
  });
  const messaging = createMessaging(application, systemClock);
  const ended = new AbortController();
  const heard = listen({
    requester,
    href: application.links.events,
    handle(notice) {
      if (notice.kind === 'events') messaging.handle(notice.events);
      else messaging.lose();
      return undefined;
    },
    clock: systemClock,
    random: Math.random,
    signal: AbortSignal.any([signal, ended.signal]),
  });
  try {
    const content: DataContent = { contentType: 'text/plain', text };
    return await messaging.start({ operationId: randomUUID(), to: `sip:${to}`, content }, signal);
  } finally {
    ended.abort();
    await heard;
    await application.end(AbortSignal.timeout(5_000));
  }
}

function reasonOf(outcome: Exclude<StartOutcome, { kind: 'accepted' }>): string {
  if (outcome.kind === 'lost') return 'the session was lost before an answer came';
  const { reason } = outcome;
  return reason ? [reason.code, reason.subcode].filter(Boolean).join('/') : 'no reason given';
}

function refused(why: string): CommandError {
  return new CommandError(
    'refused',
    `The pool did not bring the message to anybody: ${why}.`,
    'See `isthmus people` for who is signed in where.',
  );
}
