import { type DataContent, decodeDataUri } from '../data-uri.ts';
import { badParameters, UcwaError } from '../errors.ts';
import { isObject, linksOf, propertyOf, type ResourceInput } from '../hal.ts';

/** What of a request input may come from. */
export interface RequestInput {
  readonly body: unknown;
  readonly query: unknown;
  readonly headers: { readonly 'content-type'?: string | undefined };
}

/**
 * The input of a request, which may stand in the body or in the query, under names of any case. Reading
 * collects what is wrong; {@link Input.check} throws it all at once, naming each field.
 */
export class Input {
  readonly #body: ResourceInput;
  readonly #query: ResourceInput;
  readonly #wrong: Record<string, string> = {};

  constructor(request: RequestInput) {
    this.#body = readBody(request);
    this.#query = isObject(request.query) ? request.query : {};
  }

  get body(): ResourceInput {
    return this.#body;
  }

  text(name: string, limit: number): string | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') return this.#reject(name, 'must be a string');
    if (value.length > limit) return this.#reject(name, `must have at most ${limit} characters`);
    return value;
  }

  requiredText(name: string, limit: number): string {
    const value = this.text(name, limit);
    if (value === undefined || value === '') {
      if (!(name in this.#wrong)) this.#reject(name, 'is required');
      return '';
    }
    return value;
  }

  integer(name: string, min: number, max: number): number | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number) || number < min || number > max) {
      return this.#reject(name, `must be a whole number from ${min} to ${max}`);
    }
    return number;
  }

  /** Compared without regard to case, answered in the catalogue's spelling. */
  oneOf<const T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.#value(name);
    if (value === undefined || value === '') return undefined;
    const found =
      typeof value === 'string'
        ? allowed.find((item) => item.toLowerCase() === value.toLowerCase())
        : undefined;
    return found ?? this.#reject(name, `must be one of ${allowed.join(', ')}`);
  }

  /** A list of strings; a query may carry one, or several joined by commas. */
  list(name: string, maxItems: number, maxLength: number): readonly string[] | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    const items: unknown = typeof value === 'string' ? value.split(',') : value;
    if (!Array.isArray(items) || !items.every((item) => typeof item === 'string')) {
      return this.#reject(name, 'must be a list of strings');
    }
    if (items.length > maxItems) return this.#reject(name, `must have at most ${maxItems} items`);
    if (items.some((item) => item.length > maxLength)) {
      return this.#reject(name, `must have items of at most ${maxLength} characters`);
    }
    return items.map((item) => item.trim());
  }

  raw(name: string): unknown {
    return this.#value(name);
  }

  /** Text that stands in a link as a data URI. */
  dataLink(rel: string): DataContent | undefined {
    const href = linksOf(this.#body, rel)[0]?.href;
    if (href === undefined) return undefined;
    return decodeDataUri(href) ?? this.#reject(rel, 'must be a data URI of text/plain or text/html');
  }

  reject(name: string, why: string): void {
    this.#reject(name, why);
  }

  /** @throws {UcwaError} ParameterValidationFailure, if anything read so far was wrong. */
  check(): void {
    if (Object.keys(this.#wrong).length > 0) throw badParameters(this.#wrong);
  }

  #value(name: string): unknown {
    return propertyOf(this.#body, name) ?? propertyOf(this.#query, name) ?? undefined;
  }

  #reject(name: string, why: string): undefined {
    this.#wrong[name] = why;
    return undefined;
  }
}

/** COMPAT: the documentation's own samples leave a comma behind the last property. */
const trailingComma = /,(\s*[}\]])/g;

function readBody(request: RequestInput): ResourceInput {
  const { body } = request;
  if (typeof body !== 'string' || body.trim() === '') return {};
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/x-www-form-urlencoded') return Object.fromEntries(new URLSearchParams(body));
  if (type !== '' && !/^application\/(?:[\w.-]+\+)?json$/.test(type) && type !== 'text/plain') {
    throw new UcwaError('UnsupportedMediaType', 'UnsupportedMediaType', 'Send application/json.');
  }
  const parsed = parseJson(body) ?? parseJson(body.replace(trailingComma, '$1'));
  if (!isObject(parsed)) {
    throw new UcwaError('BadRequest', 'DeserializationFailure', 'The body is not a JSON object.');
  }
  return parsed;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
