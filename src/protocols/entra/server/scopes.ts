import { EntraError } from './entra-error.ts';

/** The one resource that this server gives access tokens for, and its application id. */
export const graphResource = 'https://graph.microsoft.com';
const graphAppId = '00000003-0000-0000-c000-000000000000';

const identityScopes: ReadonlySet<string> = new Set(['openid', 'profile', 'email', 'offline_access']);

/** What a request's `scope` asks for. */
export interface RequestedScopes {
  /** Of openid, profile, email, offline_access. */
  readonly identity: ReadonlySet<string>;
  /** Permissions of Graph, without the resource's name. */
  readonly permissions: readonly string[];
  /** As they were written: a client finds its cached token by them again. */
  readonly asWritten: readonly string[];
}

/**
 * Splits a delegated request's `scope`. `.default` stands for `defaults` and may not be mixed with other
 * permissions of Graph.
 * @throws {EntraError} 70011 or 500011
 */
export function parseScopes(scope: string, defaults: readonly string[]): RequestedScopes {
  const identity = new Set<string>();
  const permissions = new Set<string>();
  const asWritten = new Set<string>();
  let isDefault = false;
  for (const item of scope.split(' ').filter((word) => word !== '')) {
    const lower = item.toLowerCase();
    if (identityScopes.has(lower)) {
      identity.add(lower);
      if (lower !== 'offline_access') asWritten.add(lower);
      continue;
    }
    const permission = graphPermission(item);
    if (permission === '.default') {
      isDefault = true;
      for (const each of defaults) permissions.add(each);
      for (const each of defaults) asWritten.add(`${graphResource}/${each}`);
    } else permissions.add(permission);
    asWritten.add(item);
  }
  if (isDefault && permissions.size > new Set(defaults).size) throw new EntraError(70011, scope);
  if (identity.size === 0 && permissions.size === 0) throw new EntraError(70011, scope);
  return { identity, permissions: [...permissions], asWritten: [...asWritten] };
}

/** An application asks for all its permissions of Graph at once. @throws {EntraError} */
export function checkApplicationScope(scope: string): void {
  const words = scope.split(' ').filter((word) => word !== '');
  const [only] = words;
  if (words.length !== 1 || only === undefined) throw new EntraError(1002012, scope);
  if (!only.endsWith('/.default')) throw new EntraError(1002012, scope);
  graphPermission(only);
}

function graphPermission(item: string): string {
  const slash = item.lastIndexOf('/');
  const name = item.slice(slash + 1);
  if (!/^(\.default|[A-Za-z][\w.-]*)$/.test(name)) throw new EntraError(70011, item.slice(0, 100));
  if (slash < 0) return name;
  const resource = item.slice(0, slash).replace(/\/$/, '').toLowerCase();
  if (resource !== graphResource && resource !== graphAppId) {
    throw new EntraError(500011, item.slice(0, Math.min(slash, 100)));
  }
  return name;
}
