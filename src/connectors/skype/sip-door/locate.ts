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

const defaultPorts = { tls: 5061, tcp: 5060 } as const;

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
 * The order in which targets are to be tried (RFC 2782): by priority, and within one drawn by weight, so that over many
 * draws each comes first in proportion. Targets of weight 0 have a small chance beside others.
 */
export function orderTargets(targets: readonly Target[], random: () => number): readonly Target[] {
  const ordered: Target[] = [];
  for (const priority of [...new Set(targets.map((target) => target.priority))].sort((a, b) => a - b)) {
    const left = targets.filter((target) => target.priority === priority);
    while (left.length > 0) {
      const [drawn] = left.splice(draw(left, random()), 1);
      if (drawn) ordered.push(drawn);
    }
  }
  return ordered;
}

/** RFC 2782 gives weight 0 a "very small chance"; a hundredth of the smallest other weight, or of 1. */
function draw(targets: readonly Target[], random: number): number {
  const weights = targets.map(({ weight }) => (weight > 0 ? weight : 0.01));
  let mark = random * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, weight] of weights.entries()) {
    mark -= weight;
    if (mark < 0) return index;
  }
  return targets.length - 1;
}

export function targetName({ host, port }: Target): string {
  return `${host}:${port}`;
}
