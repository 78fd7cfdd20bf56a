import { randomUUID } from 'node:crypto';
import { deaf } from '../../connectors/skype/door.ts';
import { sipUri } from '../../connectors/skype/ids.ts';
import { openDoor } from '../../connectors/skype/pools.ts';
import type { Clock } from '../../core/clock.ts';
import type { SipPoolConfig } from '../config/pools.ts';
import { poolOptions } from '../connectors.ts';
import { type Finding, notChecked, right, wrong } from './finding.ts';

const patienceMs = 20_000;

/** Registers the gateway's own account for a moment: proves the way, the certificate, and that the pool trusts it. */
export async function checkSipPool(pool: SipPoolConfig, clock: Clock): Promise<readonly Finding[]> {
  const subject = `pool ${pool.name}`;
  const { gatewayAccount } = pool;
  const sip = gatewayAccount && sipUri(gatewayAccount.username);
  if (!gatewayAccount || sip === undefined)
    return [notChecked(subject, 'without a gatewayAccount no registration can be tried')];
  const options = poolOptions(pool);
  await using door = openDoor(options, {
    clock,
    random: Math.random,
    gate: { enter: async () => ({ [Symbol.dispose]: () => undefined }) },
    endpointIdOf: () => randomUUID(),
    checkEveryMs: patienceMs,
  });
  await using endpoint = door.open({ of: 'gateway', sip, ...gatewayAccount }, deaf);
  try {
    const failure = await endpoint.ready(AbortSignal.timeout(patienceMs));
    if (!failure) return [right(subject, `${gatewayAccount.username} is registered over SIP`)];
    return [wrong(subject, failure.detail, cureOf(failure.id))];
  } catch {
    return [wrong(subject, 'does not answer in time', cureOf('unreachable'))];
  }
}

function cureOf(id: string): string {
  return id === 'link-refused'
    ? "Add the name of the gateway's certificate to the pool's trusted applications, and check the gateway account."
    : 'Check that this machine reaches the front ends, the ca, and the certificate that the gateway shows.';
}
