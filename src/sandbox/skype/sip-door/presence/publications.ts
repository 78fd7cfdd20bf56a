import type { Category } from '../../../../protocols/sip/ms/categories.ts';
import type { CategoryContent, ExpireType } from '../../../../protocols/sip/ms/category.ts';
import { type MsFault, wrongDelta } from '../../../../protocols/sip/ms/fault.ts';
import type { CategoryPublication } from '../../../../protocols/sip/ms/publish.ts';

/** One publication as the pool keeps it ([MS-PRES] section 3.7). */
interface Kept {
  readonly name: string;
  readonly instance: number;
  readonly container: number;
  readonly version: number;
  readonly expireType: ExpireType;
  /** The endpoint that made it. */
  readonly endpoint: string;
  /** Unix ms. */
  readonly publishedAt: number;
  /** Unix ms; `undefined`: it has no end of its own. */
  readonly expiresAt: number | undefined;
  readonly content: CategoryContent;
}

export type PublishResult =
  /** Names of the categories that were touched. */
  | { readonly kind: 'published'; readonly names: ReadonlySet<string> }
  | { readonly kind: 'conflict'; readonly fault: MsFault }
  | { readonly kind: 'tooMany' };

const keyOf = ({ name, instance, container }: Pick<Kept, 'name' | 'instance' | 'container'>): string =>
  `${name} ${instance} ${container}`;

/**
 * What one person's endpoints have published, each instance in each container with a version of its own. A plain
 * table: who may see what, and what it means, is for others.
 */
export class Publications {
  readonly #kept = new Map<string, Kept>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  /** All or nothing: a version that is not the current one refuses the whole request, and says the current ones. */
  publish(endpoint: string, wishes: readonly CategoryPublication[], now: number): PublishResult {
    const operations = wishes.flatMap((wish, at) => {
      const currentVersion = this.#find(wish)?.version ?? 0;
      return wish.version === currentVersion
        ? []
        : [{ index: at + 1, version: wish.version, currentVersion }];
    });
    if (operations.length > 0) return { kind: 'conflict', fault: { code: wrongDelta, operations } };
    const added = wishes.filter((wish) => wish.expires !== 0 && this.#find(wish) === undefined).length;
    if (this.#kept.size + added > this.#max) return { kind: 'tooMany' };
    for (const wish of wishes) this.#put(endpoint, wish, now);
    return { kind: 'published', names: new Set(wishes.map(({ category }) => category)) };
  }

  /** What belongs to an endpoint goes with it; what belongs to the person with the last one. */
  endpointGone(endpoint: string, isLast: boolean): ReadonlySet<string> {
    return this.#drop(
      ({ expireType, endpoint: by }) =>
        (expireType === 'endpoint' && by === endpoint) || (expireType === 'user' && isLast),
    );
  }

  expire(now: number): ReadonlySet<string> {
    return this.#drop(({ expiresAt }) => expiresAt !== undefined && expiresAt <= now);
  }

  /** Unix ms; `undefined` when nothing has an end of its own. */
  get nextExpiry(): number | undefined {
    const ends = [...this.#kept.values()].flatMap(({ expiresAt }) => expiresAt ?? []);
    return ends.length === 0 ? undefined : Math.min(...ends);
  }

  /** Contents of a category, newest first: the table has them in the order in which they were published. */
  contents(name: string): readonly CategoryContent[] {
    return [...this.#kept.values()]
      .toReversed()
      .filter((kept) => kept.name === name)
      .map(({ content }) => content);
  }

  /** Contents that one endpoint published in a category. */
  contentsOf(endpoint: string, name: string): readonly CategoryContent[] {
    return [...this.#kept.values()]
      .filter((kept) => kept.name === name && kept.endpoint === endpoint)
      .map(({ content }) => content);
  }

  /** Takes publications of a category away that somebody else has overruled. */
  withdraw(name: string, isMeant: (content: CategoryContent) => boolean): ReadonlySet<string> {
    return this.#drop((kept) => kept.name === name && isMeant(kept.content));
  }

  /** All, or those of some categories, as the person's own endpoints are told of them. */
  categories(names?: ReadonlySet<string>): readonly Category[] {
    return [...this.#kept.values()]
      .filter(({ name }) => names?.has(name) ?? true)
      .map(({ name, instance, container, version, expireType, endpoint, publishedAt, content }) => ({
        name,
        content,
        instance,
        container,
        version,
        expireType,
        ...(expireType === 'endpoint' && { endpointId: endpoint }),
        publishTime: new Date(publishedAt).toISOString(),
      }));
  }

  /** The version to give for a publication. */
  versionOf(name: string, instance: number, container: number): number {
    return this.#kept.get(keyOf({ name, instance, container }))?.version ?? 0;
  }

  #find({ category, instance, container }: CategoryPublication): Kept | undefined {
    return this.#kept.get(keyOf({ name: category, instance, container }));
  }

  #put(endpoint: string, wish: CategoryPublication, now: number): void {
    const { category: name, instance, container, version, expireType, expires, content } = wish;
    const key = keyOf({ name, instance, container });
    this.#kept.delete(key);
    if (expires === 0) return;
    this.#kept.set(key, {
      name,
      instance,
      container,
      version: version + 1,
      expireType,
      endpoint,
      publishedAt: now,
      expiresAt: expires === undefined ? undefined : now + expires * 1000,
      content,
    });
  }

  #drop(isMeant: (kept: Kept) => boolean): ReadonlySet<string> {
    const names = new Set<string>();
    for (const [key, kept] of this.#kept) {
      if (!isMeant(kept)) continue;
      this.#kept.delete(key);
      names.add(kept.name);
    }
    return names;
  }
}
