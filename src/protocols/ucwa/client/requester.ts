import type { DataContent } from '../data-uri.ts';
import { failureOf, headerText, jsonOf } from './answers.ts';
import type { Located } from './discover.ts';
import { RequestFailed, UnexpectedAnswer } from './failures.ts';
import type { HttpRequest } from './http.ts';
import type { Transport } from './transport.ts';

export interface CallOptions {
  readonly signal: AbortSignal;
  /** Added to what the link already carries. */
  readonly query?: Readonly<Record<string, string | number>>;
  readonly json?: unknown;
  readonly content?: DataContent;
  readonly timeoutMs?: number;
  readonly held?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly location: string | undefined;
}

const defaultTimeoutMs = 30_000;

/** Requests of one account, to addresses that its servers have handed out and to no others. */
export interface Requester {
  /** @throws a `ClientFailure` for anything but 2xx, or the signal's reason */
  call(method: HttpRequest['method'], href: string, options: CallOptions): Promise<Answer>;
}

/** The token goes to the origin of the application collection only, whatever a link says. */
export function createRequester(transport: Transport, located: Located): Requester {
  return new AccountRequester(transport, located);
}

class AccountRequester implements Requester {
  readonly #transport: Transport;
  readonly #located: Located;

  constructor(transport: Transport, located: Located) {
    this.#transport = transport;
    this.#located = located;
  }

  async call(method: HttpRequest['method'], href: string, options: CallOptions): Promise<Answer> {
    const { applications, ticket } = this.#located;
    const url = withQuery(href, applications, options.query ?? {});
    if (url.origin !== applications.origin) throw new UnexpectedAnswer(`link to ${url.host}`);
    const token = await ticket.current(options.signal);
    let answer = await this.#transport.send(requestOf(method, url, token, options));
    if (answer.status === 401) {
      const renewed = await ticket.renewed(token, options.signal);
      answer = await this.#transport.send(requestOf(method, url, renewed, options));
    }
    if (answer.status < 200 || answer.status > 299) throw failureOf(answer);
    return {
      status: answer.status,
      body: jsonOf(answer),
      location: headerText(answer.headers, 'location'),
    };
  }
}

function requestOf(
  method: HttpRequest['method'],
  url: URL,
  token: string,
  options: CallOptions,
): HttpRequest {
  return {
    method,
    url,
    headers: { accept: 'application/json', authorization: `Bearer ${token}`, ...contentType(options) },
    ...bodyOf(options),
    signal: options.signal,
    timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
    held: options.held ?? false,
  };
}

/** Whether the failure is that even a fresh token was not taken. */
export function isUnauthorised(error: unknown): boolean {
  return error instanceof RequestFailed && error.status === 401;
}

/** The address a link stands for, with what the server put into its query left as it is. */
export function withQuery(href: string, base: URL, query: Readonly<Record<string, string | number>>): URL {
  const url = URL.parse(href, base);
  if (!url) throw new UnexpectedAnswer('a link that is no address');
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  return url;
}

function contentType({ json, content }: CallOptions): Record<string, string> {
  if (content) return { 'content-type': `${content.contentType};charset=utf-8` };
  return json === undefined ? {} : { 'content-type': 'application/json' };
}

function bodyOf({ json, content }: CallOptions): { readonly body?: string } {
  if (content) return { body: content.text };
  return json === undefined ? {} : { body: JSON.stringify(json) };
}
