import type { Clock } from '../../clock.ts';

/** Signs a JWT of the change tracking service for one application and tenant; it must be good for an hour. */
export type MintValidationToken = (appId: string, tenantId: string) => string | Promise<string>;

/** How long a token is used again, in ms. */
const reuseMs = 10 * 60_000;
const maxKept = 1000;

/** Signing costs more than everything else in a notification: each token serves for ten minutes. */
export function tokenCache(
  mint: MintValidationToken,
  clock: Clock,
): (appId: string, tenantId: string) => Promise<string> {
  const kept = new Map<string, { readonly token: string; readonly until: number }>();
  return async (appId, tenantId) => {
    const key = `${appId} ${tenantId}`;
    const found = kept.get(key);
    if (found && found.until > clock.now()) return found.token;
    const token = await mint(appId, tenantId);
    if (kept.size >= maxKept) kept.clear();
    kept.set(key, { token, until: clock.now() + reuseMs });
    return token;
  };
}
