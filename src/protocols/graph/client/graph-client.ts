import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { type Dispatcher, request as send } from 'undici';
import type { GraphFailure, GraphResult, TokenSource } from './result.ts';

export interface GraphClientOptions {
  /** With version, without a slash at the end: `https://graph.microsoft.com/v1.0`. */
  readonly baseUrl: string;
  /** Owns the connections; the caller ends it. */
  readonly dispatcher: Dispatcher;
  /** Longest silence while an answer is awaited, ms; default 30 s. */
  readonly timeoutMs?: number;
}

export interface GraphRequest<T> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Begins with a slash; its parts are encoded already. */
  readonly path: string;
  readonly body?: unknown;
  readonly answer: Answer<T>;
  readonly signal: AbortSignal;
}

/** How a good answer's body is read; gives undefined for what is not of the documented shape. */
export type Answer<T> = (body: unknown) => T | undefined;

/** Sends one request in somebody's name. */
export interface GraphClient {
  readonly baseUrl: string;
  call<T>(as: TokenSource, request: GraphRequest<T>): Promise<GraphResult<T>>;
}

/** Reads a body by its schema's check. */
export function shaped<T>(check: { Check(value: unknown): value is T }): Answer<T> {
  return (body) => (check.Check(body) ? body : undefined);
}

/** The operation's success says it all. */
export const nothing: Answer<true> = () => true;

const defaultTimeoutMs = 30_000;

export function createGraphClient(options: GraphClientOptions): GraphClient {
  const attempt = async <T>(token: string, request: GraphRequest<T>): Promise<GraphResult<T>> => {
    const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    try {
      const answer = await send(`${options.baseUrl}${request.path}`, {
        method: request.method,
        dispatcher: options.dispatcher,
        signal: request.signal,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'application/json',
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: request.body === undefined ? null : JSON.stringify(request.body),
      });
      const text = await answer.body.text();
      return readAnswer({ status: answer.statusCode, headers: answer.headers, text }, request.answer);
    } catch (error) {
      return { ok: false, failure: interruption(error) };
    }
  };

  return {
    baseUrl: options.baseUrl,
    async call(as, request) {
      for (let again = false; ; again = true) {
        if (request.signal.aborted) return { ok: false, failure: { kind: 'aborted' } };
        const token = await as.token(request.signal);
        if (!token.ok) return { ok: false, failure: { kind: 'no-token', failure: token.failure } };
        if (request.signal.aborted) return { ok: false, failure: { kind: 'aborted' } };
        const result = await attempt(token.token, request);
        if (result.ok || result.failure.kind !== 'answered' || result.failure.status !== 401) return result;
        as.rejected(token.token);
        if (again) return result;
      }
    },
  };
}

interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

function readAnswer<T>(raw: RawAnswer, read: Answer<T>): GraphResult<T> {
  const body = parseJson(raw.text);
  if (raw.status < 200 || raw.status > 299)
    return { ok: false, failure: refusal(raw.status, raw.headers, body) };
  const value = read(body);
  if (value !== undefined) return { ok: true, value };
  return {
    ok: false,
    failure: { kind: 'malformed', status: raw.status, detail: 'unexpected shape of the body' },
  };
}

function parseJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const Inner = Type.Object({ 'request-id': Type.Optional(Type.String()) });
const errorBody = Compile(
  Type.Object({
    error: Type.Object({
      code: Type.String(),
      message: Type.String(),
      innerError: Type.Optional(Inner),
      innererror: Type.Optional(Inner),
    }),
  }),
);

/** An error answer, of a whole request or of one in a batch. */
export function refusal(
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: unknown,
): GraphFailure {
  const retryAfterMs = retryAfter(headers['retry-after']);
  const common = {
    kind: 'answered',
    status,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  } as const;
  if (!errorBody.Check(body)) return { ...common, code: 'unknown', message: '' };
  const { code, message, innerError, innererror } = body.error;
  const requestId = (innerError ?? innererror)?.['request-id'];
  return { ...common, code, message, ...(requestId === undefined ? {} : { requestId }) };
}

/** Seconds, or a date (RFC 9110, 10.2.3): Graph sends seconds; a date counts as absent. */
function retryAfter(header: string | string[] | undefined): number | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  return text !== undefined && /^\d{1,6}$/.test(text.trim()) ? Number(text) * 1000 : undefined;
}

/** Codes with which a connection fails before anything can have been sent over it. */
const beforeSending: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_DESTROYED',
  'UND_ERR_CLOSED',
]);

function interruption(error: unknown): GraphFailure {
  const { code, name, errors } = error as {
    readonly code?: unknown;
    readonly name?: unknown;
    readonly errors?: readonly unknown[];
  };
  const detail = String(typeof code === 'string' ? code : name);
  const nested = (errors?.[0] as { readonly code?: unknown } | undefined)?.code;
  const unsent = [code, nested].some(
    (each) => typeof each === 'string' && (beforeSending.has(each) || isCertificateError(each)),
  );
  return { kind: unsent ? 'unreachable' : 'interrupted', detail };
}

/** The handshake failed, so nothing was sent. */
function isCertificateError(code: string): boolean {
  return (
    code.startsWith('ERR_TLS_') ||
    code.includes('CERT') ||
    code.includes('ISSUER') ||
    code.startsWith('ERR_SSL_')
  );
}
