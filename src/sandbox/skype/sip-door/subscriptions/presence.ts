import { formatPidf, pidfType } from '../../../../protocols/sip/body/pidf.ts';
import { textBody } from '../../../../protocols/sip/message.ts';
import { categoriesType, formatCategories } from '../../../../protocols/sip/ms/categories.ts';
import {
  type BatchInstance,
  type PresenceBatch,
  writePresenceBatch,
} from '../../../../protocols/sip/ms/presence-batch.ts';
import type { Pool } from '../../pool.ts';
import type { Watcher } from '../../presentity.ts';
import { categoriesOf, pidfOf } from '../presence/seen.ts';
import type { NotifyContent, Source } from './subscription.ts';

export interface PresenceOptions {
  readonly pool: Pool;
  /** The watcher's address. */
  readonly watcher: string;
  /** Whom they watch, without scheme. */
  readonly addresses: readonly string[];
  /** Names of categories. */
  readonly categories: readonly string[];
  readonly newBoundary: () => string;
}

/** Presence in Microsoft's categories: of one person, or of many in one subscription. */
export function categorySource(options: PresenceOptions, changed: () => void): Source {
  const { pool, watcher, addresses, categories, newBoundary } = options;
  const dirty = new Set<string>();
  let version = 0;
  const watch = watching(pool, watcher, addresses, (address) => {
    dirty.add(address);
    changed();
  });
  const instanceOf = (address: string): BatchInstance => {
    const presentity = pool.visible(watcher, address);
    return presentity === undefined
      ? { kind: 'terminated', reason: 'noresource' }
      : { kind: 'active', categories: categoriesOf(presentity, categories) };
  };
  const batchOf = (of: readonly string[], fullState: boolean): NotifyContent => {
    const batch: PresenceBatch = {
      uri: `sip:${watcher}`,
      version: version++,
      fullState,
      resources: of.map((address) => ({ uri: `sip:${address}`, instance: instanceOf(address) })),
    };
    // COMPAT: libpurple cuts the end of each part.
    return writePresenceBatch(batch, newBoundary(), { padded: true });
  };
  return {
    full() {
      dirty.clear();
      return batchOf(addresses, true);
    },
    changes() {
      const of = [...dirty];
      dirty.clear();
      const [only] = of;
      const presentity = only === undefined ? undefined : pool.visible(watcher, only);
      if (only === undefined) return undefined;
      if (of.length > 1 || presentity === undefined) return batchOf(of, false);
      return {
        contentType: categoriesType,
        body: textBody(formatCategories(categoriesOf(presentity, categories))),
      };
    },
    [Symbol.dispose]: () => watch[Symbol.dispose](),
  };
}

/** Presence of one person as PIDF (RFC 3856). */
export function pidfSource(pool: Pool, watcher: string, address: string, changed: () => void): Source {
  const watch = watching(pool, watcher, [address], changed);
  const document = (): NotifyContent | undefined => {
    const presentity = pool.visible(watcher, address);
    return presentity && { contentType: pidfType, body: textBody(formatPidf(pidfOf(presentity))) };
  };
  return { full: document, changes: document, [Symbol.dispose]: () => watch[Symbol.dispose]() };
}

function watching(
  pool: Pool,
  watcher: string,
  addresses: readonly string[],
  changed: (address: string) => void,
): Disposable {
  const own: Watcher = {
    presentityChanged: (address, part) => {
      if (part === 'presence' || part === 'note') changed(address);
    },
  };
  const watches = addresses.flatMap((address) => pool.visible(watcher, address)?.watch(own) ?? []);
  return {
    [Symbol.dispose]: () => {
      for (const each of watches) each[Symbol.dispose]();
    },
  };
}
