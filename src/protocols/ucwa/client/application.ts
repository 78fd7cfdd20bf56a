import type { Static } from 'typebox';
import { type MessageFormat, messageFormats, type PreferredAvailability } from '../types.ts';
import { expectShape } from './answers.ts';
import { fateOf, RequestFailed, UnexpectedAnswer } from './failures.ts';
import type { CallOptions, Requester } from './requester.ts';
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
  /** As the person's own choice, which holds for all clients of theirs and outlives this one while there is another. */
  setPresence(availability: PreferredAvailability, signal: AbortSignal): Promise<void>;
  /** Takes the choice back: what the clients make of it by themselves is shown. */
  resetPresence(signal: AbortSignal): Promise<void>;
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
  return new RunningApplication(
    identity,
    requester,
    {
      self: _links.self.href,
      events: _links.events.href,
      startMessaging: _embedded.communication._links.startMessaging?.href,
      presenceSubscriptions: _embedded.people._links.presenceSubscriptions?.href,
      search: _embedded.people._links.search?.href,
    },
    linksOfMe(_embedded.me),
  );
}

/** From when it is sent: with thousands of others it may wait for a connection longer than that. */
const endTimeoutMs = 5_000;

class RunningApplication implements Application {
  readonly identity: ApplicationIdentity;
  readonly requester: Requester;
  readonly links: ApplicationLinks;
  #me: LinksOfMe;

  constructor(identity: ApplicationIdentity, requester: Requester, links: ApplicationLinks, me: LinksOfMe) {
    this.identity = identity;
    this.requester = requester;
    this.links = links;
    this.#me = me;
  }

  async makeMeAvailable(signInAs: PreferredAvailability, signal: AbortSignal): Promise<void> {
    const me = this.#me;
    if (!me.makeMeAvailable) return await this.setPresence(signInAs, signal);
    const supportedMessageFormats: readonly MessageFormat[] = messageFormats;
    const json = { supportedModalities: ['Messaging'], supportedMessageFormats, signInAs };
    let wasBefore = false;
    try {
      await this.requester.call('POST', me.makeMeAvailable, { json, signal });
    } catch (error) {
      wasBefore = isThereAlready(error);
      if (!wasBefore) throw error;
    }
    const answer = await this.requester.call('GET', me.self, { signal });
    this.#me = linksOfMe(expectShape(checks.me, answer.body, 'me'));
    if (wasBefore) await this.setPresence(signInAs, signal);
  }

  setPresence(availability: PreferredAvailability, signal: AbortSignal): Promise<void> {
    return this.#follow('presence', { json: { availability }, signal });
  }

  resetPresence(signal: AbortSignal): Promise<void> {
    return this.#follow('presence', { signal });
  }

  setNote(message: string, signal: AbortSignal): Promise<void> {
    return this.#follow('note', { ...(message === '' ? {} : { json: { message } }), signal });
  }

  reportMyActivity(signal: AbortSignal): Promise<void> {
    return this.#follow('reportMyActivity', { signal });
  }

  async end(signal: AbortSignal): Promise<void> {
    try {
      await this.requester.call('DELETE', this.links.self, { signal, timeoutMs: endTimeoutMs });
    } catch (error) {
      // What something in between answers says nothing about the application.
      if (fateOf(error, true).kind === 'alive' || !isOfThePool(error)) throw error;
    }
  }

  async #follow(rel: 'presence' | 'note' | 'reportMyActivity', options: CallOptions): Promise<void> {
    const href = this.#me[rel];
    if (href === undefined) throw new UnexpectedAnswer(`me has no ${rel} link`);
    await this.requester.call('POST', href, options);
  }
}

function isOfThePool(error: unknown): boolean {
  return error instanceof RequestFailed && error.reason !== undefined;
}

/** It has been made available by a request whose answer was lost. */
function isThereAlready(error: unknown): boolean {
  return error instanceof RequestFailed && error.reason?.subcode === 'AlreadyExists';
}

type LinksOfMe = ReturnType<typeof linksOfMe>;

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
