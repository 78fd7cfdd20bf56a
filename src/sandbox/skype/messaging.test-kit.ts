/** What the tests of messaging over UCWA share. */
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { decodeDataUri } from '../../protocols/ucwa/data-uri.ts';
import { hrefOf, type ResourceInput } from '../../protocols/ucwa/hal.ts';
import { createPools, type EmbeddedPools, type PoolsOptions } from './pools.ts';
import { TestClient } from './test-client.ts';

export const alice = 'alice@contoso.example';
export const bob = 'bob@contoso.example';
export const carol = 'carol@contoso.example';
export const peggy = 'peggy@fabrikam.example';

/** Both pools under a clock that stands still. */
export function openPools(options: PoolsOptions = {}) {
  const clock = new ManualClock();
  const pools = createPools({ clock, limits: { holds: { low: 0, medium: 0 } }, ...options });
  return { clock, pools, [Symbol.asyncDispose]: () => pools[Symbol.asyncDispose]() };
}

/** A client of theirs at their home pool that takes calls. */
export async function available(
  pools: EmbeddedPools,
  address: string,
  input?: ResourceInput,
): Promise<TestClient> {
  const pool = pools.onPrem.core.has(address) ? pools.onPrem : pools.online;
  const client = await TestClient.signIn(pool.ucwa, address);
  await client.makeAvailable(input);
  return client;
}

export function textIn(resource: ResourceInput, rel = 'plainMessage'): string | undefined {
  return decodeDataUri(hrefOf(resource, rel) ?? '')?.text;
}

/** The outcome of a call that does not come to be. */
export async function outcomeOf(caller: TestClient) {
  const { status, subcode, resource } = await caller.until('messagingInvitation', 'completed');
  return { status, subcode, state: resource['state'] };
}
