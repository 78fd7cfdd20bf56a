import type { Clock } from '../../core/clock.ts';
import {
  createDiscovery,
  createTransport,
  isClientFailure,
  signIn,
} from '../../protocols/ucwa/client/client.ts';
import type { PoolConfig } from '../config/config.ts';
import type { UcwaPoolConfig } from '../config/pools.ts';
import { type Finding, notChecked, right, wrong } from './finding.ts';
import { checkSipPool } from './sip-pool.ts';

const patienceMs = 20_000;

/** Whether a pool is reached, and lets the gateway in. */
export function checkPool(pool: PoolConfig, clock: Clock): Promise<readonly Finding[]> {
  return pool.protocol === 'sip' ? checkSipPool(pool, clock) : checkUcwaPool(pool, clock);
}

/** Signs in with the gateway's own account, as far as a place to make endpoints; makes none. */
async function checkUcwaPool(pool: UcwaPoolConfig, clock: Clock): Promise<readonly Finding[]> {
  const subject = `pool ${pool.name}`;
  const { ca, discovery: entry, gatewayAccount } = pool;
  await using transport = createTransport(ca === undefined ? {} : { ca });
  const signal = AbortSignal.timeout(patienceMs);
  if (!gatewayAccount) return [await checkReach(subject, entry, transport, signal)];
  const discovery = createDiscovery({ transport, entries: [new URL(`${entry}/`)], trustedDomains: [] });
  try {
    await signIn({ transport, discovery, credentials: gatewayAccount, clock, signal });
    return [right(subject, `${gatewayAccount.username} can sign in over UCWA`)];
  } catch (error) {
    return [
      wrong(
        subject,
        reasonOf(error),
        `Check that this machine reaches ${entry}, its ca, and the gateway account.`,
      ),
    ];
  }
}

async function checkReach(
  subject: string,
  entry: string,
  transport: ReturnType<typeof createTransport>,
  signal: AbortSignal,
): Promise<Finding> {
  try {
    const { status } = await transport.send({
      method: 'GET',
      url: new URL(`${entry}/`),
      headers: { accept: 'application/json' },
      signal,
      timeoutMs: patienceMs,
    });
    return notChecked(subject, `answers (${status}); without a gatewayAccount no sign-in can be tried`);
  } catch (error) {
    return wrong(subject, reasonOf(error), `Check that this machine reaches ${entry}, and its ca.`);
  }
}

function reasonOf(error: unknown): string {
  if (isClientFailure(error)) return error.message;
  return error instanceof DOMException ? 'does not answer in time' : 'does not answer';
}
