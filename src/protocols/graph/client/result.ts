/** What a request to Graph came to. Nothing that the network does is thrown. */
export type GraphResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: GraphFailure };

export type GraphFailure =
  /** Graph answered with an error. `code` is not stable across its services: decide by status first. */
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly code: string;
      readonly message: string;
      readonly retryAfterMs?: number;
      readonly requestId?: string;
    }
  /** No token could be had, so nothing was sent. */
  | { readonly kind: 'no-token'; readonly failure: TokenFailure }
  /** Graph was not reached: surely nothing was done. */
  | { readonly kind: 'unreachable'; readonly detail: string }
  /** The connection ended, or time ran out, after the request may have been sent: nobody knows what was done. */
  | { readonly kind: 'interrupted'; readonly detail: string }
  /** The caller gave up before anything was sent. */
  | { readonly kind: 'aborted' }
  /** Graph did it, and answered something that is not what it documents. */
  | { readonly kind: 'malformed'; readonly status: number; readonly detail: string };

/** `refused`: signing in again would be needed. `unavailable`: the same may work later. */
export type TokenFailure =
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'unavailable'; readonly detail: string; readonly retryAfterMs?: number };

/** Where access tokens come from, for one account or application. */
export interface TokenSource {
  token(signal: AbortSignal): Promise<TokenResult>;
  /** Graph answered 401 to this token: the next one must be another. */
  rejected(token: string): void;
}

export type TokenResult =
  | { readonly ok: true; readonly token: string }
  | { readonly ok: false; readonly failure: TokenFailure };

/** One line for logs and traces: no token, no text of a message. */
export function describeFailure(failure: GraphFailure): string {
  switch (failure.kind) {
    case 'answered':
      return `Graph answered ${failure.status} ${failure.code}${failure.requestId === undefined ? '' : ` (request ${failure.requestId})`}`;
    case 'no-token':
      return `no token: ${failure.failure.detail}`;
    case 'unreachable':
      return `Graph could not be reached: ${failure.detail}`;
    case 'interrupted':
      return `the connection to Graph ended before its answer: ${failure.detail}`;
    case 'aborted':
      return 'given up before it was sent';
    case 'malformed':
      return `Graph answered ${failure.status} with something that it does not document: ${failure.detail}`;
  }
}
