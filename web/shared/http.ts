import { TroubleError, unreachable } from './trouble.ts';

export type Fetch = (input: string, init?: RequestInit) => Promise<Response>;

/** `fetch` whose network errors name the server, as {@link TroubleError}; an abort stays an abort. */
export async function call(
  fetch: Fetch,
  name: string,
  url: string,
  init: RequestInit = {},
): Promise<Response> {
  try {
    return await fetch(url, { ...init, credentials: 'omit' });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new TroubleError(unreachable(name), { cause: error });
  }
}

/** The body as JSON, or undefined where there is none or it is something else. */
export async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A string property of what may be anything; '' where there is none. */
export function stringAt(value: unknown, ...path: readonly string[]): string {
  let at = value;
  for (const name of path) at = isRecord(at) ? at[name] : undefined;
  return typeof at === 'string' ? at : '';
}

/** An object property of what may be anything; an empty object where there is none. */
export function recordAt(value: unknown, ...path: readonly string[]): Readonly<Record<string, unknown>> {
  let at = value;
  for (const name of path) at = isRecord(at) ? at[name] : undefined;
  return isRecord(at) ? at : {};
}

/** An array property of what may be anything; empty where there is none. */
export function arrayAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  let at = value;
  for (const name of path) at = isRecord(at) ? at[name] : undefined;
  return Array.isArray(at) ? at : [];
}
