/** The one shape of every Graph error answer. `code` is not stable across services: decide by status first. */
export interface GraphErrorBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly innerError?: {
      /** Without UTC offset, as Graph writes it. */
      readonly date?: string;
      readonly 'request-id'?: string;
      readonly 'client-request-id'?: string;
    };
  };
}

/** A refusal on its way to the wire: status, Graph's `code` and a message that names the field at fault. */
export class GraphError extends Error {
  override name = 'GraphError';
  readonly status: number;
  readonly code: string;
  /** Seconds, for 429 and 503. */
  readonly retryAfter: number | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    extra: { readonly retryAfter?: number; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = extra.retryAfter;
    this.headers = extra.headers ?? {};
  }
}

export const badRequest = (message: string) => new GraphError(400, 'BadRequest', message);
export const forbidden = (message: string) => new GraphError(403, 'Forbidden', message);
export const notFound = (message: string) => new GraphError(404, 'NotFound', message);
export const tooLarge = (message = 'Request Entity too large') =>
  new GraphError(413, 'RequestEntityTooLarge', message);

export function throttled(retryAfter: number): GraphError {
  return new GraphError(429, 'TooManyRequests', 'Too many requests. Please try again later.', { retryAfter });
}
