import type { SipUri } from '../../../core/people.ts';
import {
  type Application,
  type ChannelNotice,
  type Clock,
  createPresenceSubscriptions,
  type PresenceSubscriptions,
} from '../../../protocols/ucwa/client/client.ts';
import type { DoorListener } from '../door.ts';
import { failureOfError } from '../errors.ts';
import { lastActiveFrom, presenceFrom, remarksFrom } from '../from-ucwa.ts';
import { sipUri } from '../ids.ts';
import { createTalks, isOfTalk, type Talks } from './talks.ts';

export interface IncarnationOptions {
  readonly application: Application;
  readonly listener: DoorListener;
  readonly clock: Clock;
  readonly random: () => number;
  /** How often it is checked that the pool still tells of who is watched, ms. */
  readonly checkEveryMs?: number;
}

/**
 * One application of an endpoint, from sign-in to loss. Most are there to show somebody, and never come to talk or to
 * watch: the part for either is made when it is needed.
 */
export class Incarnation implements Disposable {
  readonly application: Application;
  readonly #options: IncarnationOptions;
  #talks: Talks | undefined;
  #subscriptions: PresenceSubscriptions | undefined;

  constructor(options: IncarnationOptions) {
    this.application = options.application;
    this.#options = options;
  }

  /** Undefined while there has been none. */
  get talks(): Talks | undefined {
    return this.#talks;
  }

  /** For the first dialog, made now. */
  withTalks(): Talks {
    this.#talks ??= createTalks(this.#options);
    return this.#talks;
  }

  /** Watches exactly these people. */
  watch(people: ReadonlySet<SipUri>, signal: AbortSignal): Promise<void> {
    this.#subscriptions ??= subscribe(this.#options);
    return this.#subscriptions.watch(people, signal);
  }

  handle(notice: ChannelNotice): Promise<void> | undefined {
    switch (notice.kind) {
      case 'stateLost':
        if (notice.how === 'resume') this.#talks?.lose();
        this.#subscriptions?.restore();
        return undefined;
      case 'events':
        this.#subscriptions?.handle(notice.events);
        if (notice.events.some(isOfTalk)) return this.withTalks().handle(notice.events);
        return this.#talks?.handle(notice.events);
    }
  }

  [Symbol.dispose](): void {
    this.#talks?.lose();
    this.#subscriptions?.[Symbol.dispose]();
  }
}

function subscribe({ application, listener, clock, random, checkEveryMs }: IncarnationOptions) {
  return createPresenceSubscriptions({
    application,
    clock,
    random,
    observed(uri, presence, askedAt) {
      const person: SipUri | undefined = sipUri(uri);
      if (person === undefined) return;
      listener.presence(person, presenceFrom(presence), askedAt);
      const activeAt = lastActiveFrom(presence);
      if (activeAt !== undefined) listener.lastActive(person, activeAt);
    },
    noted(uri, note, askedAt) {
      const person: SipUri | undefined = sipUri(uri);
      if (person !== undefined) listener.remarks(person, remarksFrom(note), askedAt);
    },
    ...(checkEveryMs === undefined ? {} : { checkEveryMs }),
    failed: (error) => listener.failed(failureOfError(error, false)),
  });
}
