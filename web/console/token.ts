/** The operators' token that was given on this page; kept until the browser's tab closes. */
export interface TokenKeeper {
  get(): string | undefined;
  set(token: string | undefined): void;
}

const name = 'isthmus operators token';

/** A storage that may not be used (private windows, policies) only makes the page ask again. */
export function createTokenKeeper(
  storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
): TokenKeeper {
  let token = quietly(() => storage().getItem(name)) ?? undefined;
  return {
    get: () => token,
    set(next) {
      token = next;
      quietly(() => (next === undefined ? storage().removeItem(name) : storage().setItem(name, next)));
    },
  };
}

function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
