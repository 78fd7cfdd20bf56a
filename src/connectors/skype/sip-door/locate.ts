import { createHash } from 'node:crypto';
import { resolveSrv } from 'node:dns/promises';

/** One place that a pool may be reached at. A lower priority comes first; weights share the load within one. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

/** Where a pool's front ends are: named one by one, or by the SRV records of a domain (RFC 3263). */
export type Location =
  | { readonly kind: 'servers'; readonly servers: readonly Target[] }
  | { readonly kind: 'domain'; readonly domain: string };

export interface SrvRecord {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

/** Looks SRV records up; rejects where there are none or no name server answers. */
export type SrvResolver = (name: string) => Promise<readonly SrvRecord[]>;

export const systemResolver: SrvResolver = (name) => resolveSrv(name);

/**
 * Names that are asked for, best first. `_sipinternaltls` is where Microsoft's clients find the pool inside its own
 * network, `_sipfederationtls` where federated servers find an edge.
 */
const services = {
  tls: ['_sipinternaltls._tcp', '_sips._tcp', '_sipfederationtls._tcp'],
  tcp: ['_sipinternal._tcp', '_sip._tcp'],
} as const;

/** Where no port is named. */
export const defaultPorts = { tls: 5061, tcp: 5060 } as const;

/** Records that are used of one answer; more are no help. */
const mostTargets = 64;

/**
 * The targets of a location. Without any SRV record the domain itself is the target, at the transport's own port
 * (RFC 3263 section 4.2). A record for `.` says that the service is not offered (RFC 2782).
 */
export async function locate(
  location: Location,
  transport: 'tls' | 'tcp',
  resolve: SrvResolver,
): Promise<readonly Target[]> {
  if (location.kind === 'servers') return location.servers;
  for (const service of services[transport]) {
    const records = await resolve(`${service}.${location.domain}`).catch(() => []);
    const targets = records
      .filter(({ name, port }) => name !== '' && name !== '.' && port > 0)
      .slice(0, mostTargets)
      .map(({ name, port, priority, weight }) => ({ host: bare(name), port, priority, weight }));
    if (targets.length > 0) return targets;
  }
  return [{ host: location.domain, port: defaultPorts[transport], priority: 0, weight: 0 }];
}

const bare = (name: string): string => name.replace(/\.$/, '').toLowerCase();

/**
 * The order in which somebody tries targets (RFC 2782): by priority, and within one in proportion to the weights over all
 * `key`s. It is the same for the same key at any time, and a target that comes or goes moves nobody between the others: each
 * target has a draw of its own (weighted rendezvous hashing). Targets of weight 0 have a small chance beside others.
 */
export function orderTargets(targets: readonly Target[], key: string): readonly Target[] {
  return targets
    .map((target) => ({ target, draw: drawOf(target, key) }))
    .toSorted((a, b) => a.target.priority - b.target.priority || a.draw - b.draw)
    .map(({ target }) => target);
}

/** Exponential with the weight as its rate: the least of several belongs to each in proportion to its weight. */
function drawOf(target: Target, key: string): number {
  const digest = createHash('sha256')
    .update(`${targetName(target)} ${key}`)
    .digest();
  const uniform = (digest.readUIntBE(0, 6) + 1) / 2 ** 48;
  // RFC 2782 gives weight 0 a "very small chance".
  return -Math.log(uniform) / Math.max(target.weight, 0.01);
}

export function targetName({ host, port }: Target): string {
  return `${host}:${port}`;
}
