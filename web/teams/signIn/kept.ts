import { isRecord, stringAt } from '../../shared/http.ts';
import type { Tokens } from './grants.ts';

/** As much of sessionStorage as is used: it ends with the tab, and no other tab sees it. */
export type TabStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const signedInKey = 'isthmus.teams.tokens';
const askedKey = 'isthmus.teams.asked';

/** What a page remembers of its request while the sign-in page is open. */
export interface Asked {
  readonly state: string;
  readonly verifier: string;
}

export function keepTokens(storage: TabStorage, tokens: Tokens): void {
  storage.setItem(signedInKey, JSON.stringify(tokens));
}

export function forgetTokens(storage: TabStorage): void {
  storage.removeItem(signedInKey);
}

export function keptTokens(storage: TabStorage): Tokens | undefined {
  const value = read(storage, signedInKey);
  const expiresAt = isRecord(value) ? value['expiresAt'] : undefined;
  const accessToken = stringAt(value, 'accessToken');
  if (typeof expiresAt !== 'number' || accessToken === '') return undefined;
  return { accessToken, refreshToken: stringAt(value, 'refreshToken'), expiresAt };
}

export function keepAsked(storage: TabStorage, asked: Asked): void {
  storage.setItem(askedKey, JSON.stringify(asked));
}

/** What was asked, once: a second answer to the same request finds nothing. */
export function takeAsked(storage: TabStorage): Asked | undefined {
  const value = read(storage, askedKey);
  storage.removeItem(askedKey);
  const asked = { state: stringAt(value, 'state'), verifier: stringAt(value, 'verifier') };
  return asked.state && asked.verifier ? asked : undefined;
}

function read(storage: TabStorage, key: string): unknown {
  try {
    return JSON.parse(storage.getItem(key) ?? 'null');
  } catch {
    return undefined;
  }
}
