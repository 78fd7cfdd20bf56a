import type { Home, SignInResult, UcwaBackend } from '../../protocols/ucwa/server/backend.ts';
import type { IdleTimes } from './endpoint.ts';
import type { Pool } from './pool.ts';
import { UcwaEndpoint } from './ucwa-endpoint.ts';

export interface UcwaDoorOptions {
  readonly pool: Pool;
  readonly signIn: (address: string, password: string) => SignInResult;
  readonly homeOf: (address: string, protocol: string) => Home;
  /** Of clients that do not say after how long they are inactive. */
  readonly idleTimes: IdleTimes;
}

/** The pool as a UCWA server asks for it. */
export function ucwaDoor({ pool, signIn, homeOf, idleTimes }: UcwaDoorOptions): UcwaBackend {
  return {
    signIn: (username, password) => signIn(addressOfUser(username), password),
    homeOf,
    open: (address, sink) => new UcwaEndpoint(pool, address, sink, idleTimes),
  };
}

/** People type it with and without the scheme. */
function addressOfUser(username: string): string {
  return username.trim().toLowerCase().replace(/^sip:/, '');
}
