import { call, type Fetch, readJson, stringAt } from '../../shared/http.ts';
import { TroubleError } from '../../shared/trouble.ts';
import type { TokenKeeper } from '../signIn/tokenKeeper.ts';

/** An answer of Graph that is an error. */
export class GraphError extends TroubleError {
  override name = 'GraphError';
  readonly status: number;
  readonly code: string;
  /** Ms that Graph asks to wait before the next request; 0 where it does not say. */
  readonly retryAfterMs: number;
  constructor(status: number, code: string, message: string, retryAfterMs: number) {
    super(wording(status, code, message));
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

export interface Graph {
  readonly get: (path: string, signal?: AbortSignal) => Promise<unknown>;
  readonly post: (path: string, body: unknown, signal?: AbortSignal) => Promise<unknown>;
  /** Sends while the page goes away, with the token at hand; nobody waits for the answer. */
  readonly postLast: (path: string, body: unknown) => void;
}

/** Graph v1.0 under `base`, in the name of the tokens' person. A refused token is renewed once. */
export function createGraph(fetch: Fetch, base: string, tokens: TokenKeeper): Graph {
  const send = async (
    method: string,
    path: string,
    body: unknown,
    signal?: AbortSignal,
  ): Promise<unknown> => {
    for (let attempt = 1; ; attempt += 1) {
      const token = await tokens.fresh();
      const response = await call(
        fetch,
        'Teams',
        `${base}/v1.0${path}`,
        request(method, token, body, signal),
      );
      if (response.status === 401 && attempt === 1) {
        tokens.distrust(token);
        continue;
      }
      const answer = await readJson(response);
      if (response.ok) return answer;
      throw new GraphError(
        response.status,
        stringAt(answer, 'error', 'code'),
        stringAt(answer, 'error', 'message'),
        retryAfter(response.headers.get('retry-after')),
      );
    }
  };
  return {
    get: (path, signal) => send('GET', path, undefined, signal),
    post: (path, body, signal) => send('POST', path, body, signal),
    postLast: (path, body) => {
      fetch(`${base}/v1.0${path}`, {
        ...request('POST', tokens.last(), body),
        credentials: 'omit',
        keepalive: true,
      }).catch(() => undefined);
    },
  };
}

function request(method: string, token: string, body: unknown, signal?: AbortSignal): RequestInit {
  return {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  };
}

/** Ms of a `Retry-After` in seconds; 0 for none or another form. */
export function retryAfter(header: string | null): number {
  const seconds = Number(header ?? '');
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}

function wording(status: number, code: string, message: string): { what: string; cure: string } {
  const said = message ? `Teams says: ${message}` : `Teams answered HTTP ${status} ${code}.`;
  switch (status) {
    case 401:
      return { what: 'The sign-in has ended.', cure: 'Sign in again.' };
    case 403:
      return { what: 'You may not do this.', cure: said };
    case 404:
      return { what: 'It is not there (any more).', cure: said };
    case 413:
      return { what: 'The message is too long for Teams.', cure: 'Send it in several shorter messages.' };
    case 429:
      return { what: 'Teams is busy.', cure: 'This page waits as long as Teams asks, then goes on.' };
    default:
      return { what: 'Teams could not do this.', cure: said };
  }
}
