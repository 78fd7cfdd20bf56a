import type { Static } from 'typebox';
import { type MessageFormat, messageFormats, type PreferredAvailability } from '../types.ts';
import { expectShape } from './answers.ts';
import { backoff, type Clock, pause } from './clock.ts';
import { fateOf, UnexpectedAnswer } from './failures.ts';
import type { Requester } from './requester.ts';
import { checks, type MeAnswer } from './shapes.ts';

export interface ApplicationIdentity {
  readonly userAgent: string;
  readonly culture: string;
  /** A GUID, new for every incarnation of an application. */
  readonly endpointId: string;
}

/** The links that this client follows; one that is missing stands for something that is not permitted. */
export interface ApplicationLinks {
  readonly self: string;
  readonly events: string;
  readonly startMessaging: string | undefined;
  readonly presenceSubscriptions: string | undefined;
  readonly search: string | undefined;
}

/** One application: a signed-in endpoint of an account, from its making to its end. */
export interface Application {
  readonly identity: ApplicationIdentity;
  readonly links: ApplicationLinks;
  readonly requester: Requester;
  /** Leaves lurker mode: publishes presence, and invitations begin to come. */
  makeMeAvailable(signInAs: PreferredAvailability, signal: AbortSignal): Promise<void>;
  setPresence(availability: PreferredAvailability, signal: AbortSignal): Promise<void>;
  /** An empty text takes the note away. */
  setNote(message: string, signal: AbortSignal): Promise<void>;
  reportMyActivity(signal: AbortSignal): Promise<void>;
  /** Signs out. Resolves also if the application was gone already. */
  end(signal: AbortSignal): Promise<void>;
}

export interface CreateApplicationOptions {
  readonly requester: Requester;
  readonly applications: URL;
  readonly identity: ApplicationIdentity;
  readonly signal: AbortSignal;
}

export async function createApplication(options: CreateApplicationOptions): Promise<Application> {
  const { requester, applications, identity } = options;
  const { culture, endpointId, userAgent } = identity;
  const created = await requester.call('POST', applications.href, {
    json: { culture, endpointId, userAgent },
    signal: options.signal,
  });
  const { _links, _embedded } = expectShape(checks.application, created.body, 'application');
  const self = _links.self.href;
  let me = linksOfMe(_embedded.me);

  const follow = async (
    rel: 'presence' | 'note' | 'reportMyActivity',
    json: unknown,
    signal: AbortSignal,
  ) => {
    const href = me[rel];
    if (href === undefined) throw new UnexpectedAnswer(`me has no ${rel} link`);
    await requester.call('POST', href, { ...(json === undefined ? {} : { json }), signal });
  };

  const setPresence = (availability: PreferredAvailability, signal: AbortSignal): Promise<void> =>
    follow('presence', { availability }, signal);

  return {
    identity,
    requester,
    links: {
      self,
      events: _links.events.href,
      startMessaging: _embedded.communication._links.startMessaging?.href,
      presenceSubscriptions: _embedded.people._links.presenceSubscriptions?.href,
      search: _embedded.people._links.search?.href,
    },
    async makeMeAvailable(signInAs, signal) {
      if (!me.makeMeAvailable) return await setPresence(signInAs, signal);
      const supportedMessageFormats: readonly MessageFormat[] = messageFormats;
      await requester.call('POST', me.makeMeAvailable, {
        json: { supportedModalities: ['Messaging'], supportedMessageFormats, signInAs },
        signal,
      });
      const answer = await requester.call('GET', me.self, { signal });
      me = linksOfMe(expectShape(checks.me, answer.body, 'me'));
    },
    setPresence,
    setNote: (message, signal) => follow('note', message === '' ? undefined : { message }, signal),
    reportMyActivity: (signal) => follow('reportMyActivity', undefined, signal),
    async end(signal) {
      try {
        await requester.call('DELETE', self, { signal });
      } catch (error) {
        if (fateOf(error, true).kind === 'alive') throw error;
      }
    },
  };
}

/** The addresses alone: an application lives for long, and there are many of them. */
function linksOfMe({ _links }: Static<typeof MeAnswer>) {
  return {
    self: _links.self.href,
    makeMeAvailable: _links.makeMeAvailable?.href,
    presence: _links.presence?.href,
    note: _links.note?.href,
    reportMyActivity: _links.reportMyActivity?.href,
  };
}

const heartbeatMs = { least: 180_000, most: 230_000 };

/**
 * Reports activity at least every four minutes, until the signal aborts; without it the pool shows the person
 * as idle, then away, and ends the application. A report that fails is repeated sooner; what a failure means
 * for the application, the event channel will learn.
 */
export async function keepActive(
  application: Application,
  clock: Clock,
  random: () => number,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const ms =
      failures === 0
        ? heartbeatMs.least + Math.round(random() * (heartbeatMs.most - heartbeatMs.least))
        : backoff(failures, 5_000, 60_000, random);
    try {
      await pause(clock, ms, signal);
      await application.reportMyActivity(signal);
      failures = 0;
    } catch {
      failures += 1;
    }
  }
}
