import type { SipUri } from '../../../core/people.ts';
import type { Retry } from '../../../protocols/sip/events/subscriber.ts';
import type { Failure } from '../errors.ts';
import type { Host } from './host.ts';
import type { Watcher } from './presence.ts';

/** Several people's presence, asked for at once. */
export interface Batch extends Disposable {
  readonly taken: Promise<Failure | undefined>;
}

export interface BatchesOptions {
  readonly host: Host;
  /** People in one batch. */
  readonly most: number;
  /** `people` shrinks while it lasts: who is no longer in it is not to be reported. */
  readonly subscribe: (people: ReadonlySet<SipUri>, ended: (retry: Retry) => void) => Batch;
}

interface Entry {
  readonly people: Set<SipUri>;
  batch: Batch | undefined;
  retry: Disposable | undefined;
  failures: number;
}

const firstRetryMs = 1_000;
const longestRetryMs = 60_000;

/** Keeps a changing set of people watched in batches; a batch that ends is asked for again, later and later. */
export function createBatches({ host, most, subscribe }: BatchesOptions): Watcher {
  const entries = new Set<Entry>();
  let isOver = false;

  const open = (entry: Entry): Promise<Failure | undefined> => {
    entry.retry = undefined;
    const batch = subscribe(entry.people, (retry) => ended(entry, retry));
    entry.batch = batch;
    return batch.taken.then((failure) => {
      if (!failure) entry.failures = 0;
      return failure;
    });
  };

  const ended = (entry: Entry, retry: Retry): void => {
    entry.batch = undefined;
    if (isOver || !entries.has(entry) || retry.kind === 'never') return;
    const ceiling = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(entry.failures, 8));
    entry.failures += 1;
    const waitMs = retry.kind === 'after' ? retry.ms : ceiling / 2 + (ceiling / 2) * host.random();
    entry.retry = host.clock.setTimer(waitMs, () => void open(entry));
  };

  const close = (entry: Entry): void => {
    entries.delete(entry);
    entry.retry?.[Symbol.dispose]();
    entry.batch?.[Symbol.dispose]();
  };

  const add = (people: readonly SipUri[]): readonly Promise<Failure | undefined>[] => {
    const asked: Promise<Failure | undefined>[] = [];
    for (let at = 0; at < people.length; at += most) {
      const entry: Entry = {
        people: new Set(people.slice(at, at + most)),
        batch: undefined,
        retry: undefined,
        failures: 0,
      };
      entries.add(entry);
      asked.push(open(entry));
    }
    return asked;
  };

  return {
    async watch(wanted) {
      const known = new Set<SipUri>();
      for (const entry of [...entries]) {
        for (const person of entry.people) {
          if (wanted.has(person)) known.add(person);
          else entry.people.delete(person);
        }
        if (entry.people.size === 0) close(entry);
      }
      let missing = [...wanted].filter((person) => !known.has(person));
      // Many small batches, left over from many small changes, are asked for anew as few full ones.
      if (entries.size > 2 * Math.ceil(wanted.size / most) + 8) {
        for (const entry of [...entries]) close(entry);
        missing = [...wanted];
      }
      const failures = await Promise.all(add(missing));
      return failures.find((failure) => failure !== undefined);
    },
    [Symbol.dispose]() {
      isOver = true;
      for (const entry of [...entries]) close(entry);
    },
  };
}
