import type { IncomingHttpHeaders } from 'node:http';
import type { Reason } from '../errors.ts';
import { isObject } from '../hal.ts';
import { RequestFailed, UnexpectedAnswer } from './failures.ts';
import type { HttpAnswer } from './http.ts';

/** A check made by TypeBox's `Compile`. */
export interface Check<T> {
  Check(value: unknown): value is T;
  Errors(value: unknown): { readonly instancePath: string; readonly message: string }[];
}

/** The body as `check` wants it; `what` names the resource in the error. */
export function expectShape<T>(check: Check<T>, body: unknown, what: string): T {
  if (check.Check(body)) return body;
  const first = check.Errors(body)[0];
  throw new UnexpectedAnswer(`${what}${first ? `${first.instancePath} ${first.message}` : ''}`);
}

/** Undefined for an empty body and for one that is not JSON. */
export function jsonOf(answer: HttpAnswer): unknown {
  if (answer.text.trim() === '') return undefined;
  try {
    return JSON.parse(answer.text);
  } catch {
    return undefined;
  }
}

/** The failure that an answer outside 2xx stands for. */
export function failureOf(answer: HttpAnswer): RequestFailed {
  return new RequestFailed(answer.status, reasonOf(jsonOf(answer)), retryAfter(answer.headers));
}

/** Reads the body of a failed request or the `reason` of an event; whatever is not as it should be is left out. */
export function reasonOf(value: unknown): Reason | undefined {
  if (!isObject(value) || typeof value['code'] !== 'string') return undefined;
  const { code, subcode, message } = value;
  return {
    code,
    ...(typeof subcode === 'string' ? { subcode } : {}),
    ...(typeof message === 'string' ? { message } : {}),
  };
}

function retryAfter(headers: IncomingHttpHeaders): number | undefined {
  const seconds = Number(headers['retry-after']);
  return headers['retry-after'] !== undefined && Number.isFinite(seconds) && seconds >= 0
    ? Math.min(seconds, 3600) * 1000
    : undefined;
}

/** One text of a header that may have come several times. */
export function headerText(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
