import { call, type Fetch, readJson, stringAt } from '../shared/http.ts';
import { TroubleError } from '../shared/trouble.ts';

/** A GET of the operators' API; its errors come with cause and cure. */
export async function getApi(fetch: Fetch, path: string, signal: AbortSignal): Promise<unknown> {
  const response = await call(fetch, 'The gateway', path, {
    signal,
    headers: { accept: 'application/json' },
  });
  const body = await readJson(response);
  if (response.ok) return body;
  throw new TroubleError({
    what: stringAt(body, 'error', 'cause') || `The gateway answered HTTP ${response.status} to ${path}.`,
    cure: stringAt(body, 'error', 'cure') || 'Try again; if it stays, look at the log of the gateway.',
  });
}
