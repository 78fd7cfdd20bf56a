import { expectShape } from './answers.ts';
import { backoff, pause } from './clock.ts';
import { type ContactReaderOptions, createContactReader, isNotFound } from './contact-reader.ts';
import type { ClientEvent } from './events.ts';
import { UnexpectedAnswer } from './failures.ts';
import { checks } from './shapes.ts';

export interface PresenceSubscriptionsOptions extends Omit<ContactReaderOptions, 'signal'> {
  /** People a subscription; 100 unless given. */
  readonly batchSize?: number;
  /** How often the pool is asked whether the subscriptions are still there, ms: it can lose one without a word. */
  readonly checkEveryMs?: number;
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
  /** The pool has named it among those that there are: only then does it mean something that it no longer does. */
  wasListed: boolean;
}

const durationMinutes = 30;
const renewAfterMs = 20 * 60_000;

export function createPresenceSubscriptions(options: PresenceSubscriptionsOptions): PresenceSubscriptions {
  const { application, clock, random, batchSize = 100 } = options;
  const { requester, links } = application;
  const life = new AbortController();
  let batches: Batch[] = [];
  let wanted: ReadonlySet<string> = new Set();
  let changing: Promise<void> = Promise.resolve();
  let failures = 0;
  let retry: Disposable | undefined;
  const reader = createContactReader({ ...options, signal: life.signal });

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
      wasListed: false,
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
      try {
        await requester.call('POST', batch.add, { json: { contactUris: added }, signal });
      } catch (error) {
        if (!isNotFound(error)) throw error;
        // The pool has ended it: whoever was in it is missing, too.
        batches = batches.filter((other) => other !== batch);
        missing = [...missing, ...batch.uris];
        continue;
      }
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

  /** Takes what the pool no longer lists for lost, and makes it anew: that tells how everybody in it is now. */
  const check = async (): Promise<void> => {
    if (links.presenceSubscriptions === undefined || batches.length === 0) return;
    const answer = await requester.call('GET', links.presenceSubscriptions, { signal: life.signal });
    const all = expectShape(checks.presenceSubscriptions, answer.body, 'presenceSubscriptions');
    const listed = all._embedded?.presenceSubscription ?? [];
    const there = new Set((Array.isArray(listed) ? listed : [listed]).map(({ _links }) => _links.self.href));
    const lost = batches.filter((batch) => batch.wasListed && !there.has(batch.href));
    for (const batch of batches) batch.wasListed ||= there.has(batch.href);
    if (lost.length === 0) return;
    batches = batches.filter((batch) => !lost.includes(batch));
    await change(life.signal);
  };

  const forEver = async (everyMs: number, work: () => Promise<void>): Promise<void> => {
    for (;;) {
      await pause(clock, everyMs, life.signal);
      changing = changing.then(work).catch((error: unknown) => {
        if (!life.signal.aborted) options.failed(error);
        tryAgainLater();
      });
      await changing;
    }
  };
  void forEver(renewAfterMs, renew).catch(() => undefined);
  if (options.checkEveryMs !== undefined) void forEver(options.checkEveryMs, check).catch(() => undefined);

  return {
    watch(uris, signal) {
      wanted = new Set(uris);
      return changeInTurn(AbortSignal.any([signal, life.signal]));
    },
    handle(events) {
      for (const event of events) {
        if (event.kind !== 'presenceSubscription' || event.type !== 'deleted') continue;
        const ended = batches.find((batch) => batch.href === event.href);
        if (!ended) continue;
        batches = batches.filter((batch) => batch !== ended);
        changeInTurn(life.signal).catch(options.failed);
      }
      reader.handle(events);
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
