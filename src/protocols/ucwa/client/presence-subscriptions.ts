import { expectShape } from './answers.ts';
import type { Application } from './application.ts';
import { backoff, type Clock, pause } from './clock.ts';
import type { ClientEvent } from './events.ts';
import { RequestFailed, UnexpectedAnswer } from './failures.ts';
import { readContact, readContactPresence } from './people.ts';
import { type ContactPresence, checks } from './shapes.ts';

export interface PresenceSubscriptionsOptions {
  readonly application: Application;
  readonly clock: Clock;
  readonly random: () => number;
  /** `askedAt` is when the answer was asked for, Unix ms; answers about one person come in order. */
  readonly observed: (uri: string, presence: ContactPresence, askedAt: number) => void;
  readonly failed: (error: unknown) => void;
  /** People a subscription; 100 unless given. */
  readonly batchSize?: number;
}

/** The presence of a set of people, as one application sees it. */
export interface PresenceSubscriptions extends Disposable {
  /** From now on exactly these `sip:` addresses are watched. Resolves when the pool has taken it. */
  watch(uris: ReadonlySet<string>, signal: AbortSignal): Promise<void>;
  /** To be given the events of every package. */
  handle(events: readonly ClientEvent[]): void;
  /** Makes all subscriptions anew, after the pool lost them. */
  restore(): void;
}

interface Batch {
  readonly href: string;
  readonly add: string | undefined;
  readonly uris: Set<string>;
}

const durationMinutes = 30;
const renewAfterMs = 20 * 60_000;
const readsAtOnce = 8;
const readAttempts = 4;

export function createPresenceSubscriptions(options: PresenceSubscriptionsOptions): PresenceSubscriptions {
  const { application, clock, random, batchSize = 100 } = options;
  const { requester, links } = application;
  const life = new AbortController();
  let batches: Batch[] = [];
  let wanted: ReadonlySet<string> = new Set();
  let changing: Promise<void> = Promise.resolve();
  let failures = 0;
  let retry: Disposable | undefined;
  const uriOf = new Map<string, string>();
  /** Contact address by presence address: whose presence is to be read. */
  const stale = new Map<string, string>();
  const reading = new Set<string>();

  const create = async (uris: readonly string[], signal: AbortSignal): Promise<void> => {
    if (links.presenceSubscriptions === undefined) {
      throw new UnexpectedAnswer('people has no presenceSubscriptions link');
    }
    const answer = await requester.call('POST', links.presenceSubscriptions, {
      json: { duration: durationMinutes, uris },
      signal,
    });
    const made = expectShape(checks.presenceSubscription, answer.body, 'presenceSubscription')._links;
    batches.push({
      href: made.self.href,
      add: made.addToPresenceSubscription?.href,
      uris: new Set(uris),
    });
  };

  const drop = async (batch: Batch, signal: AbortSignal): Promise<void> => {
    batches = batches.filter((other) => other !== batch);
    try {
      await requester.call('DELETE', batch.href, { signal });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  };

  /** A batch that loses somebody is made anew without them; newcomers fill batches that have room. */
  const change = async (signal: AbortSignal): Promise<void> => {
    for (const batch of batches) {
      if ([...batch.uris].some((uri) => !wanted.has(uri))) await drop(batch, signal);
    }
    const covered = new Set(batches.flatMap((batch) => [...batch.uris]));
    let missing = [...wanted].filter((uri) => !covered.has(uri));
    for (const batch of batches) {
      const room = batchSize - batch.uris.size;
      if (missing.length === 0 || room <= 0 || batch.add === undefined) continue;
      const added = missing.slice(0, room);
      await requester.call('POST', batch.add, { json: { contactUris: added }, signal });
      for (const uri of added) batch.uris.add(uri);
      missing = missing.slice(added.length);
    }
    for (let at = 0; at < missing.length; at += batchSize) {
      await create(missing.slice(at, at + batchSize), signal);
    }
  };

  const changeInTurn = (signal: AbortSignal): Promise<void> => {
    const next = changing.then(() => change(signal));
    changing = next.then(
      () => {
        failures = 0;
      },
      () => tryAgainLater(),
    );
    return next;
  };

  /** What could not be subscribed stays wanted. */
  const tryAgainLater = (): void => {
    if (life.signal.aborted) return;
    failures += 1;
    retry?.[Symbol.dispose]();
    retry = clock.setTimer(backoff(failures, 2_000, 60_000, random), () => {
      changeInTurn(life.signal).catch(options.failed);
    });
  };

  const renew = async (): Promise<void> => {
    for (const batch of batches) {
      try {
        await requester.call('POST', batch.href, {
          query: { duration: durationMinutes },
          signal: life.signal,
        });
      } catch (error) {
        if (isNotFound(error)) batches = batches.filter((other) => other !== batch);
        else options.failed(error);
      }
    }
    await change(life.signal);
  };

  const renewForEver = async (): Promise<void> => {
    for (;;) {
      await pause(clock, renewAfterMs, life.signal);
      changing = changing.then(renew).catch((error: unknown) => {
        if (!life.signal.aborted) options.failed(error);
      });
      await changing;
    }
  };
  void renewForEver().catch(() => undefined);

  const read = async (presence: string, contact: string): Promise<void> => {
    let uri = uriOf.get(contact);
    if (uri === undefined) {
      uri = (await readContact(application, contact, life.signal)).uri;
      uriOf.set(contact, uri);
    }
    const askedAt = clock.now();
    const answer = await readContactPresence(application, presence, life.signal);
    options.observed(uri, answer, askedAt);
  };

  /** A presence that could not be read would stay wrong until it changes again. */
  const readWithPatience = async (presence: string, contact: string): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await read(presence, contact);
      } catch (error) {
        if (life.signal.aborted) return;
        if (attempt >= readAttempts || isNotFound(error)) return options.failed(error);
        const wait = backoff(attempt, 1_000, 10_000, random);
        await pause(clock, wait, life.signal).catch(() => undefined);
      }
    }
  };

  /** One read a person at a time; a change that comes meanwhile is read afterwards. */
  const readStale = (): void => {
    for (const [presence, contact] of stale) {
      if (reading.size >= readsAtOnce || life.signal.aborted) return;
      if (reading.has(presence)) continue;
      stale.delete(presence);
      reading.add(presence);
      void readWithPatience(presence, contact).finally(() => {
        reading.delete(presence);
        readStale();
      });
    }
  };

  return {
    watch(uris, signal) {
      wanted = new Set(uris);
      return changeInTurn(AbortSignal.any([signal, life.signal]));
    },
    handle(events) {
      for (const event of events) {
        if (event.kind === 'contact') {
          if (event.type === 'deleted') uriOf.delete(event.href);
          else if (event.uri !== undefined) uriOf.set(event.href, event.uri);
        } else if (
          event.kind === 'contactPresence' &&
          event.type !== 'deleted' &&
          event.contact !== undefined
        ) {
          stale.set(event.href, event.contact);
        } else if (event.kind === 'presenceSubscription' && event.type === 'deleted') {
          const ended = batches.find((batch) => batch.href === event.href);
          if (!ended) continue;
          batches = batches.filter((batch) => batch !== ended);
          changeInTurn(life.signal).catch(options.failed);
        }
      }
      readStale();
    },
    restore() {
      batches = [];
      changeInTurn(life.signal).catch(options.failed);
    },
    [Symbol.dispose]() {
      retry?.[Symbol.dispose]();
      life.abort(new Error('no longer watching'));
    },
  };
}

function isNotFound(error: unknown): boolean {
  return error instanceof RequestFailed && error.status === 404;
}
