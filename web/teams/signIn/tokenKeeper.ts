import { SignInRefused, type Tokens } from './grants.ts';

/** Refreshed this long before the end, so that no request leaves with a token that dies on the way. */
const marginMs = 120_000;

export interface TokenKeeper {
  /** A token that is good for two minutes at least. */
  readonly fresh: () => Promise<string>;
  /** The newest token without waiting, for a request made while the page goes away. */
  readonly last: () => string;
  /** Called when Graph refused a token that looked good: the next `fresh` gets another one. */
  readonly distrust: (token: string) => void;
}

/**
 * Keeps one person's tokens fresh; however many ask at once, one refresh is under way.
 * `keep` stores what survives a load of the page.
 */
export function createTokenKeeper(
  first: Tokens,
  refresh: (refreshToken: string) => Promise<Tokens>,
  keep: (tokens: Tokens) => void,
  now: () => number,
): TokenKeeper {
  let tokens = first;
  let running: Promise<string> | undefined;
  const renew = async (): Promise<string> => {
    if (tokens.refreshToken === '')
      throw new SignInRefused({ what: 'The sign-in has ended.', cure: 'Sign in again.' });
    const next = await refresh(tokens.refreshToken);
    tokens = { ...next, refreshToken: next.refreshToken || tokens.refreshToken };
    keep(tokens);
    return tokens.accessToken;
  };
  return {
    fresh: async () => {
      if (now() < tokens.expiresAt - marginMs) return tokens.accessToken;
      running ??= renew().finally(() => {
        running = undefined;
      });
      return running;
    },
    last: () => tokens.accessToken,
    distrust: (token) => {
      if (token === tokens.accessToken) tokens = { ...tokens, expiresAt: 0 };
    },
  };
}
