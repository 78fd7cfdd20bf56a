import { createHash } from 'node:crypto';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  type FetchImplementation,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { LRUCache } from 'lru-cache';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Clock } from './clock.ts';

/** Who calls, as the token proves it. */
export type Caller =
  | {
      readonly kind: 'delegated';
      readonly tenantId: string;
      readonly appId: string;
      readonly userId: string;
      readonly scopes: readonly string[];
    }
  | {
      readonly kind: 'application';
      readonly tenantId: string;
      readonly appId: string;
      readonly roles: readonly string[];
    };

/** A token that proves nothing; `reason` may be shown to the caller. */
export class TokenRejected extends Error {
  override name = 'TokenRejected';
  readonly reason: 'malformed' | 'signature' | 'expired' | 'issuer' | 'audience' | 'tenant' | 'claims';
  constructor(reason: TokenRejected['reason'], cause?: unknown) {
    super(`the token was rejected: ${reason}`, { cause });
    this.reason = reason;
  }
}

export interface VerifyOptions {
  readonly clock: Clock;
  readonly keys: KeySource;
  readonly audience: string | readonly string[];
  /** The issuer that a tenant's tokens must name; undefined refuses the tenant. */
  readonly issuer: (tenantId: string) => string | undefined;
}

/** Keys at hand, or published at an address; `fetch` reaches it where the machine's own trust is not enough. */
export type KeySource =
  | { readonly kind: 'set'; readonly set: JSONWebKeySet }
  | { readonly kind: 'url'; readonly url: URL; readonly fetch?: FetchImplementation };

const Claims = Type.Object({
  tid: Type.String({ minLength: 1 }),
  iss: Type.String(),
  exp: Type.Number(),
  appid: Type.Optional(Type.String()),
  azp: Type.Optional(Type.String()),
  oid: Type.Optional(Type.String()),
  scp: Type.Optional(Type.String()),
  roles: Type.Optional(Type.Array(Type.String())),
  idtyp: Type.Optional(Type.String()),
});
type Claims = Static<typeof Claims>;
const claimsOfAccess = Compile(Claims);

/** Fewer than there are people who ask in turn would be of no use to any of them. */
const rememberedTokens = 20_000;
/** An application asks for the same scopes for all its people. */
const rememberedScopes = 100;

/**
 * Checks access tokens: signature, issuer, audience, time and tenant. A token found good is remembered by its
 * hash until it expires. @returns a function that throws {@link TokenRejected}
 */
export function createTokenVerifier(options: VerifyOptions): (token: string) => Promise<Caller> {
  const key = keyGetter(options.keys);
  const good = new LRUCache<string, { readonly caller: Caller; readonly exp: number }>({
    // Without `max`: room is taken for those there are.
    maxSize: rememberedTokens,
    sizeCalculation: () => 1,
  });
  const lists = new LRUCache<string, readonly string[]>({ max: rememberedScopes });
  const scopesOf = (scp: string): readonly string[] => {
    const list = lists.get(scp) ?? scp.split(' ').filter((scope) => scope !== '');
    lists.set(scp, list);
    return list;
  };
  return async (token) => {
    const hash = createHash('sha256').update(token).digest('base64');
    const known = good.get(hash);
    if (known !== undefined && known.exp * 1000 > options.clock.now()) return known.caller;
    const claims = await verified(token, key, options);
    if (!claimsOfAccess.Check(claims)) throw new TokenRejected('claims');
    if (claims.iss !== options.issuer(claims.tid)) throw new TokenRejected('issuer');
    const caller = callerOf(claims, scopesOf);
    good.set(hash, { caller, exp: claims.exp });
    return caller;
  };
}

function callerOf(claims: Claims, scopesOf: (scp: string) => readonly string[]): Caller {
  const appId = claims.azp ?? claims.appid;
  if (appId === undefined) throw new TokenRejected('claims');
  const { tid: tenantId, oid: userId } = claims;
  if (claims.scp !== undefined && userId !== undefined) {
    return { kind: 'delegated', tenantId, appId, userId, scopes: scopesOf(claims.scp) };
  }
  if (claims.scp === undefined && (claims.idtyp === 'app' || claims.roles !== undefined)) {
    return { kind: 'application', tenantId, appId, roles: claims.roles ?? [] };
  }
  throw new TokenRejected('claims');
}

/** For the checks of other token kinds in this room. */
export async function verified(
  token: string,
  key: JWTVerifyGetKey,
  options: Pick<VerifyOptions, 'audience' | 'clock'> & {
    /** By how much the two clocks may differ; 5 unless given. */
    readonly toleranceSeconds?: number;
  },
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['RS256'],
      audience: typeof options.audience === 'string' ? options.audience : [...options.audience],
      currentDate: new Date(options.clock.now()),
      clockTolerance: options.toleranceSeconds ?? 5,
      requiredClaims: ['exp', 'iss'],
    });
    return payload;
  } catch (error) {
    throw new TokenRejected(reasonOf(error), error);
  }
}

export function keyGetter(keys: KeySource): JWTVerifyGetKey {
  if (keys.kind === 'set') return createLocalJWKSet(keys.set);
  return createRemoteJWKSet(keys.url, keys.fetch === undefined ? {} : { [customFetch]: keys.fetch });
}

/** `error` is one of jose's, told apart by its stable `code`. */
function reasonOf(error: unknown): TokenRejected['reason'] {
  const { code, claim } = error as { readonly code?: unknown; readonly claim?: unknown };
  switch (code) {
    case 'ERR_JWT_EXPIRED':
      return 'expired';
    case 'ERR_JWT_CLAIM_VALIDATION_FAILED':
      return claim === 'aud' ? 'audience' : claim === 'nbf' ? 'expired' : 'claims';
    case 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED':
    case 'ERR_JWKS_NO_MATCHING_KEY':
    case 'ERR_JOSE_ALG_NOT_ALLOWED':
      return 'signature';
    case 'ERR_JWS_INVALID':
    case 'ERR_JWT_INVALID':
      return 'malformed';
    default:
      // The keys could not be had: that is not the token's fault, and the caller may try again.
      throw error;
  }
}
