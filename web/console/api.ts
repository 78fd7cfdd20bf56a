import { call, type Fetch, readJson, stringAt } from '../shared/http.ts';
import { TroubleError } from '../shared/trouble.ts';
import type { TokenKeeper } from './token.ts';

/** The operators' API; its errors come with cause and cure. */
export interface Api {
  /** @throws {TokenWanted | TroubleError} */
  get(path: string, signal: AbortSignal): Promise<unknown>;
  /** Without a body. @throws {TokenWanted | TroubleError} */
  post(path: string): Promise<unknown>;
}

/** The gateway answers operators alone, and was given no token, or another one. */
export class TokenWanted extends TroubleError {
  override name = 'TokenWanted';
}

export function createApi(fetch: Fetch, token: TokenKeeper): Api {
  async function ask(path: string, init: RequestInit): Promise<unknown> {
    const given = token.get();
    const response = await call(fetch, 'The gateway', path, {
      ...init,
      headers: {
        accept: 'application/json',
        ...(given === undefined ? {} : { authorization: `Bearer ${given}` }),
      },
    });
    const body = await readJson(response);
    if (response.ok) return body;
    const trouble = {
      what: stringAt(body, 'error', 'cause') || `The gateway answered HTTP ${response.status} to ${path}.`,
      cure: stringAt(body, 'error', 'cure') || 'Try again; if it stays, look at the log of the gateway.',
    };
    throw response.status === 401 ? new TokenWanted(trouble) : new TroubleError(trouble);
  }
  return {
    get: (path, signal) => ask(path, { signal }),
    post: (path) => ask(path, { method: 'POST' }),
  };
}
