import { formatPidf, pidfType } from '../../../../protocols/sip/body/pidf.ts';
import { bodyText, type SipRequest, textBody } from '../../../../protocols/sip/message.ts';
import { parseBatchSubscribe } from '../../../../protocols/sip/ms/batch-subscribe.ts';
import { categoriesType, formatCategories } from '../../../../protocols/sip/ms/categories.ts';
import {
  type BatchInstance,
  type PresenceBatch,
  writePresenceBatch,
} from '../../../../protocols/sip/ms/presence-batch.ts';
import type { Pool } from '../../pool.ts';
import type { Watcher } from '../../presentity.ts';
import { addressOfUri } from '../address.ts';
import { categoriesOf, pidfOf } from '../presence/seen.ts';
import { type Refusal, refusals } from '../refusal.ts';
import type { NotifyContent, Source } from './subscription.ts';

export interface PresenceOptions {
  readonly pool: Pool;
  /** The watcher's address. */
  readonly watcher: string;
  /** Whom they watch, without scheme. */
  readonly addresses: readonly string[];
  /** Names of categories. */
  readonly categories: readonly string[];
  /** People that may be in it. */
  readonly most: number;
  readonly newBoundary: () => string;
}

/** Presence in Microsoft's categories: of one person, or of many in one subscription. */
export function categorySource(options: PresenceOptions, changed: () => void): Source {
  const { pool, watcher, categories, most, newBoundary } = options;
  const dirty = new Set<string>();
  let version = 0;
  const watched = new Map<string, Disposable>();
  const watch = (address: string): void => {
    const told = (): void => {
      dirty.add(address);
      changed();
    };
    if (!watched.has(address)) watched.set(address, watching(pool, watcher, address, told));
  };
  const unwatch = (address: string): void => {
    watched.get(address)?.[Symbol.dispose]();
    watched.delete(address);
    dirty.delete(address);
  };
  for (const address of options.addresses) watch(address);
  const instanceOf = (address: string): BatchInstance => {
    const seen = pool.visible(watcher, address);
    return seen === undefined
      ? { kind: 'terminated', reason: 'noresource' }
      : { kind: 'active', categories: categoriesOf(seen, categories) };
  };
  const batchOf = (of: Iterable<string>, fullState: boolean): NotifyContent => {
    const batch: PresenceBatch = {
      uri: `sip:${watcher}`,
      version: version++,
      fullState,
      resources: Array.from(of, (address) => ({ uri: `sip:${address}`, instance: instanceOf(address) })),
    };
    // COMPAT: libpurple cuts the end of each part.
    return writePresenceBatch(batch, newBoundary(), { padded: true });
  };
  return {
    full() {
      dirty.clear();
      return batchOf(watched.keys(), true);
    },
    changes() {
      const of = [...dirty];
      dirty.clear();
      const [only] = of;
      const seen = only === undefined ? undefined : pool.visible(watcher, only);
      if (only === undefined) return undefined;
      if (of.length > 1 || seen === undefined) return batchOf(of, false);
      return {
        contentType: categoriesType,
        body: textBody(formatCategories(categoriesOf(seen, categories))),
      };
    },
    revise(request) {
      if (request.body.length === 0) return undefined;
      const wish = readBatch(request, most);
      if ('status' in wish) return wish;
      const { action, addresses } = wish;
      if (action === 'unsubscribe') for (const address of addresses) unwatch(address);
      else if (new Set([...watched.keys(), ...addresses]).size > most) return tooManyPeople;
      else for (const address of addresses) watch(address);
      return undefined;
    },
    [Symbol.dispose]() {
      for (const address of [...watched.keys()]) unwatch(address);
    },
  };
}

export interface Batch {
  readonly action: 'subscribe' | 'unsubscribe';
  readonly addresses: readonly string[];
  readonly categories: readonly string[];
}

/** What the body of a SUBSCRIBE asks for; people whose address cannot be read are left out. */
export function readBatch(request: SipRequest, most: number): Batch | Refusal {
  const wish = parseBatchSubscribe(bodyText(request));
  if (wish === undefined) return refusals.badDocument;
  if (wish.resources.length > most) return tooManyPeople;
  const addresses = new Set(wish.resources.flatMap((uri) => addressOfUri(uri) ?? []));
  return { action: wish.action, addresses: [...addresses], categories: wish.categories };
}

const tooManyPeople: Refusal = {
  ...refusals.tooMany,
  status: 413,
  reason: 'Too many people in one subscription',
};

/** Presence of one person as PIDF (RFC 3856). */
export function pidfSource(pool: Pool, watcher: string, address: string, changed: () => void): Source {
  const watch = watching(pool, watcher, address, changed);
  const document = (): NotifyContent | undefined => {
    const seen = pool.visible(watcher, address);
    return seen && { contentType: pidfType, body: textBody(formatPidf(pidfOf(seen))) };
  };
  return { full: document, changes: document, [Symbol.dispose]: () => watch[Symbol.dispose]() };
}

function watching(pool: Pool, watcher: string, address: string, changed: () => void): Disposable {
  const own: Watcher = {
    viewer: watcher,
    presentityChanged: (_address, part) => {
      if (part === 'presence' || part === 'note') changed();
    },
  };
  pool.watch(own, address);
  return { [Symbol.dispose]: () => pool.unwatch(own, address) };
}
