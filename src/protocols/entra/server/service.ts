import type { Clock } from '../clock.ts';
import type { SigningKeys } from '../signing-keys.ts';
import type { SignInBackend, SignInTenant, SignInUser } from './backend.ts';
import type { CodeStore } from './code-store.ts';
import { EntraError } from './entra-error.ts';
import type { GuessLimit } from './guess-limit.ts';

export interface SignInOptions {
  readonly clock: Clock;
  readonly keys: SigningKeys;
  /** The public base address that tokens name as their issuer, without a slash at the end. */
  readonly publicUrl: () => string;
  /** Default 3600. */
  readonly accessTokenSeconds?: number;
  /** Default 90 days, counted anew whenever the token is used. */
  readonly refreshTokenSeconds?: number;
}

/** What every grant works with. */
export interface SignInService {
  readonly options: SignInOptions;
  readonly backend: SignInBackend;
  readonly guesses: GuessLimit;
  readonly codes: CodeStore;
}

/** Where a request's path leads: one tenant, or any (`common` also takes personal accounts, of which there are none). */
export type Realm =
  | { readonly kind: 'tenant'; readonly tenant: SignInTenant }
  | { readonly kind: 'common' | 'organizations' };

/** @throws {EntraError} 90002 */
export function realmOf(backend: SignInBackend, segment: string): Realm {
  const lower = segment.toLowerCase();
  if (lower === 'common' || lower === 'organizations') return { kind: lower };
  const tenant = backend.tenant(lower);
  if (tenant === undefined) throw new EntraError(90002, segment.slice(0, 100));
  return { kind: 'tenant', tenant };
}

export function realmName(realm: Realm): string {
  return realm.kind === 'tenant' ? realm.tenant.id : realm.kind;
}

export function isInRealm(realm: Realm, tenantId: string): boolean {
  return realm.kind !== 'tenant' || realm.tenant.id === tenantId;
}

/** The user of a name and password. @throws {EntraError} */
export async function signIn(
  service: SignInService,
  realm: Realm,
  username: string,
  password: string,
): Promise<SignInUser> {
  const { backend, guesses } = service;
  const user = backend.userByName(username);
  if (user === undefined || !isInRealm(realm, user.tenantId)) {
    throw new EntraError(50034, username.slice(0, 200), realmName(realm));
  }
  if (guesses.isLocked(user.objectId)) throw new EntraError(50053);
  if (!(await backend.checkPassword(user, password))) {
    guesses.failed(user.objectId);
    throw new EntraError(50126);
  }
  guesses.succeeded(user.objectId);
  if (user.disabled === true) throw new EntraError(50057);
  return user;
}
