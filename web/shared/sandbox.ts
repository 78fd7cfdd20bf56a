import { arrayAt, call, type Fetch, readJson, stringAt } from './http.ts';
import { TroubleError } from './trouble.ts';

/** Where the services are and who may sign in, as the gateway tells its pages. */
export interface Sandbox {
  /** Base address of Graph, without `/v1.0`. */
  readonly graph: string;
  readonly authority: string;
  readonly clientId: string;
  readonly pools: readonly Pool[];
  /** Empty where the gateway does not run the embedded servers. */
  readonly people: readonly SandboxPerson[];
}

export interface Pool {
  readonly name: string;
  readonly home: 'online' | 'onPrem';
  readonly discovery: string;
}

export interface SandboxPerson {
  readonly address: string;
  readonly displayName: string;
  readonly home: 'online' | 'onPrem' | 'none';
  readonly mode: string;
}

export async function loadSandbox(fetch: Fetch, signal: AbortSignal): Promise<Sandbox> {
  const response = await call(fetch, 'The gateway', '/api/sandbox', { signal });
  const sandbox = response.ok ? toSandbox(await readJson(response)) : undefined;
  if (!sandbox)
    throw new TroubleError({
      what: `The gateway did not say where its services are (HTTP ${response.status}).`,
      cure: 'The chat pages need the embedded servers: start Isthmus with them, then load the page again.',
    });
  return sandbox;
}

/** Reads the answer of `/api/sandbox`; undefined when a part that the pages need is missing. */
export function toSandbox(value: unknown): Sandbox | undefined {
  const graph = withoutSlash(stringAt(value, 'graph')).replace(/\/v1\.0$/, '');
  const authority = withoutSlash(stringAt(value, 'authority'));
  const clientId = stringAt(value, 'clientId');
  if (!graph || !authority || !clientId) return undefined;
  return {
    graph,
    authority,
    clientId,
    pools: arrayAt(value, 'pools').flatMap((pool): Pool[] => {
      const discovery = stringAt(pool, 'discovery');
      const home = stringAt(pool, 'home') === 'onPrem' ? 'onPrem' : 'online';
      return discovery ? [{ name: stringAt(pool, 'name') || discovery, home, discovery }] : [];
    }),
    people: arrayAt(value, 'people').flatMap((person): SandboxPerson[] => {
      const address = stringAt(person, 'address').toLowerCase();
      const home = stringAt(person, 'home');
      return address
        ? [
            {
              address,
              displayName: stringAt(person, 'displayName') || address,
              home: home === 'online' || home === 'onPrem' ? home : 'none',
              mode: stringAt(person, 'mode'),
            },
          ]
        : [];
    }),
  };
}

function withoutSlash(address: string): string {
  return address.replace(/\/+$/, '');
}
