import { call, type Fetch, readJson, stringAt } from '../../shared/http.ts';
import { TroubleError } from '../../shared/trouble.ts';

/** An answer of a pool that is an error; `subcode` may be one nobody has heard of. */
export class UcwaError extends TroubleError {
  override name = 'UcwaError';
  readonly status: number;
  readonly code: string;
  readonly subcode: string;
  constructor(status: number, code: string, subcode: string, message: string) {
    super({
      what: status === 401 ? 'The sign-in has ended.' : 'Skype for Business could not do this.',
      cure:
        status === 401
          ? 'Sign in again.'
          : message || `The pool answered HTTP ${status} ${code} ${subcode}.`.trim(),
    });
    this.status = status;
    this.code = code;
    this.subcode = subcode;
  }
}

export interface UcwaAnswer {
  readonly body: unknown;
  /** Of a 201; '' where the browser may not see it. */
  readonly location: string;
}

export interface Ucwa {
  readonly get: (href: string, signal?: AbortSignal) => Promise<unknown>;
  readonly post: (href: string, body?: unknown) => Promise<UcwaAnswer>;
  /** Raw text with its content type, as sendMessage takes it. */
  readonly postText: (href: string, text: string) => Promise<UcwaAnswer>;
  readonly delete: (href: string) => Promise<void>;
  /** Sends a DELETE while the page goes away; nobody waits for the answer. */
  readonly deleteLast: (href: string) => void;
}

/** As much of a request as differs from one to the other. */
interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** Resources of one pool. Links are relative to the host of the applications, which is `base`. */
export function createUcwa(fetch: Fetch, base: string, token: string): Ucwa {
  const authorization = `Bearer ${token}`;
  const send = async (method: string, href: string, init: Sent): Promise<UcwaAnswer> => {
    const response = await call(fetch, 'Skype for Business', new URL(href, base).href, {
      ...init,
      method,
      headers: { authorization, accept: 'application/json', ...init.headers },
    });
    const body = await readJson(response);
    if (response.ok) return { body, location: response.headers.get('location') ?? '' };
    throw new UcwaError(
      response.status,
      stringAt(body, 'code'),
      stringAt(body, 'subcode'),
      stringAt(body, 'message'),
    );
  };
  return {
    get: async (href, signal) => (await send('GET', href, signal ? { signal } : {})).body,
    post: (href, body) =>
      send(
        'POST',
        href,
        body === undefined
          ? {}
          : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
      ),
    postText: (href, text) => send('POST', href, { headers: { 'content-type': 'text/plain' }, body: text }),
    delete: async (href) => {
      await send('DELETE', href, {});
    },
    deleteLast: (href) => {
      fetch(new URL(href, base).href, {
        method: 'DELETE',
        headers: { authorization },
        credentials: 'omit',
        keepalive: true,
      }).catch(() => undefined);
    },
  };
}

/** Adds parameters to a link that may have some already, which are kept. Works on root-relative links too. */
export function withQuery(href: string, parameters: Readonly<Record<string, string>>): string {
  const placeholder = 'http://pool.invalid';
  const url = new URL(href, placeholder);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.origin === placeholder ? `${url.pathname}${url.search}` : url.href;
}
