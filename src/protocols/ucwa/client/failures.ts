import type { Reason } from '../errors.ts';

/**
 * No answer came. `sent` says whether the server may have seen the request: `no` only if no connection was
 * made. An answer that took longer than its time counts as no answer.
 */
export class ConnectionFailed extends Error {
  override name = 'ConnectionFailed';
  readonly sent: 'no' | 'maybe';
  /** What the system or undici calls it (`ECONNREFUSED`, `UND_ERR_SOCKET`, …). */
  readonly code: string;

  constructor(code: string, sent: 'no' | 'maybe', host: string) {
    super(`no answer from ${host}: ${code}`);
    this.code = code;
    this.sent = sent;
  }
}

/** The server answered, with a failure. Without a `reason` the answer came from something in between. */
export class RequestFailed extends Error {
  override name = 'RequestFailed';
  readonly status: number;
  readonly reason: Reason | undefined;
  /** From `Retry-After`. */
  readonly afterMs: number | undefined;

  constructor(status: number, reason: Reason | undefined, afterMs?: number) {
    super(`HTTP ${status}${reason ? ` ${reason.code}/${reason.subcode ?? 'none'}` : ''}`);
    this.status = status;
    this.reason = reason;
    this.afterMs = afterMs;
  }
}

/** The web ticket service does not let this account in, or not in a way that this client knows. */
export class SignInRefused extends Error {
  override name = 'SignInRefused';
  /** OAuth error (`invalid_grant`, …), or `no-known-grant`. */
  readonly error: string;

  constructor(error: string) {
    super(`sign-in refused: ${error}`);
    this.error = error;
  }
}

/** An answer that does not follow the protocol; `where` names the resource and the field. */
export class UnexpectedAnswer extends Error {
  override name = 'UnexpectedAnswer';

  constructor(where: string) {
    super(`unexpected answer: ${where}`);
  }
}

export type ClientFailure = ConnectionFailed | RequestFailed | SignInRefused | UnexpectedAnswer;

export function isClientFailure(error: unknown): error is ClientFailure {
  return (
    error instanceof ConnectionFailed ||
    error instanceof RequestFailed ||
    error instanceof SignInRefused ||
    error instanceof UnexpectedAnswer
  );
}

/** What a failure says about the application that the request was made in. */
export type ApplicationFate =
  | { readonly kind: 'alive' }
  /** It is not there any more; making a new one is right. */
  | { readonly kind: 'lost' }
  /** The pool wants no more of it: a new one would meet the same end, so a human has to look. */
  | { readonly kind: 'gone'; readonly subcode: string };

/**
 * @param onApplication whether the request was to the application itself or its event channel; only there a
 * 404 speaks of the application (COMPAT: an expired presence subscription answers `ApplicationNotFound` too).
 */
export function fateOf(error: unknown, onApplication: boolean): ApplicationFate {
  if (!(error instanceof RequestFailed)) return { kind: 'alive' };
  // Without a reason it is not the pool that says so, but something in between.
  if (error.status === 410 && error.reason) return { kind: 'gone', subcode: error.reason.subcode ?? 'Gone' };
  if (error.status === 404 && onApplication) return { kind: 'lost' };
  return { kind: 'alive' };
}
