import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Clock } from './clock.ts';
import type { SigningKeys } from './signing-keys.ts';
import { type KeySource, keyGetter, TokenRejected, verified } from './verify.ts';

/** The application that publishes Graph's change notifications. */
export const graphPublisherAppId = '0bf30f3b-4a52-48df-9a82-234910c4a086';

const lifeSeconds = 3600;
/** As Microsoft's own libraries have it: what is refused for a clock that is off has to be found in another way. */
const toleranceSeconds = 300;

/** Names the tenant a notification is from, to the application it is for; a v1.0 token, as Graph sends them. */
export function mintValidationToken(
  keys: SigningKeys,
  clock: Clock,
  about: { readonly tenantId: string; readonly appId: string },
): Promise<string> {
  const now = Math.floor(clock.now() / 1000);
  return keys.sign({
    aud: about.appId,
    iss: validationIssuer(about.tenantId),
    iat: now,
    nbf: now,
    exp: now + lifeSeconds,
    appid: graphPublisherAppId,
    appidacr: '2',
    tid: about.tenantId,
    ver: '1.0',
  });
}

const Claims = Type.Object({
  tid: Type.String({ minLength: 1 }),
  iss: Type.String(),
  appid: Type.Optional(Type.String()),
  azp: Type.Optional(Type.String()),
});
const claimsCheck = Compile(Claims);

export interface ValidationTokenOptions {
  readonly clock: Clock;
  readonly keys: KeySource;
  /** Our application ids. */
  readonly appIds: readonly string[];
  /** Default {@link graphPublisherAppId}. */
  readonly publisherAppId?: string;
}

/**
 * Checks one of a notification batch's validation tokens: made for one of our applications, by Graph's publisher.
 * @returns a function that gives the tenant's id, and throws {@link TokenRejected}
 */
export function createValidationTokenVerifier(
  options: ValidationTokenOptions,
): (token: string) => Promise<{ readonly tenantId: string }> {
  const key = keyGetter(options.keys);
  const publisher = options.publisherAppId ?? graphPublisherAppId;
  return async (token) => {
    const claims = await verified(token, key, {
      audience: options.appIds,
      clock: options.clock,
      toleranceSeconds,
    });
    if (!claimsCheck.Check(claims)) throw new TokenRejected('claims');
    if (claims.iss !== validationIssuer(claims.tid)) throw new TokenRejected('issuer');
    if ((claims.azp ?? claims.appid) !== publisher) throw new TokenRejected('claims');
    return { tenantId: claims.tid };
  };
}

function validationIssuer(tenantId: string): string {
  return `https://sts.windows.net/${tenantId}/`;
}
