import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SandboxAnswer } from '../console/types.ts';
import { type Person, sides } from '../core/people.ts';
import type { Links } from '../gateway/links.ts';
import { openAuthority } from '../sandbox/authority.ts';
import { systemClock } from '../sandbox/clock.ts';
import { apps, password, people, type SandboxPerson, tenants } from '../sandbox/world.ts';
import type { Config } from './config/config.ts';

/** One embedded server's base addresses, without a trailing slash: `http://localhost:7081`. */
export interface ServedAt {
  readonly http: string;
  readonly https: string;
}

/** A pool: UCWA over HTTP and HTTPS, and SIP over TCP and TLS as `localhost:7060`. */
export interface PoolServedAt extends ServedAt {
  readonly sip: { readonly tcp: string; readonly tls: string };
}

/** Where the embedded servers answer. */
export interface ServerAddresses {
  /** Graph and sign-in. */
  readonly graph: ServedAt;
  readonly pools: { readonly online: PoolServedAt; readonly onPrem: PoolServedAt };
}

/** HTTP and HTTPS of one server lie this far apart; a port of 0 takes any free one for each. */
export const tlsOffset = 400;

/** The name in the gateway's certificate that makes it a trusted application of the embedded pools. */
export const trustedHost = 'gateway.isthmus.example';

/** Where the embedded servers will answer, as far as their ports are fixed. */
export function expectedAddresses(ports: Config['sandbox']['ports']): ServerAddresses {
  const at = (port: number): ServedAt => ({
    http: `http://localhost:${port}`,
    https: `https://localhost:${port + tlsOffset}`,
  });
  const pool = (port: number, sip: number): PoolServedAt => ({
    ...at(port),
    sip: { tcp: `localhost:${sip}`, tls: `localhost:${sip + 1}` },
  });
  return {
    graph: at(ports.graph),
    pools: { online: pool(ports.online, ports.onlineSip), onPrem: pool(ports.onPrem, ports.onPremSip) },
  };
}

const files = {
  ca: 'ca.pem',
  key: 'gateway-key.pem',
  cert: 'gateway-cert.pem',
  /** What the gateway shows to pools as a trusted application. */
  applicationKey: 'application-key.pem',
  applicationCert: 'application-cert.pem',
};

/** Makes the certificates that {@link sandboxConfig} points at; every start gives the gateway fresh ones. */
export async function prepareSandbox(data: string): Promise<void> {
  const authority = await openAuthority(data, systemClock);
  const issued = await authority.issueServer();
  await writeFile(join(data, files.key), issued.key, { mode: 0o600 });
  await writeFile(join(data, files.cert), issued.cert);
  const application = await authority.issueClient(trustedHost);
  await writeFile(join(data, files.applicationKey), application.key, { mode: 0o600 });
  await writeFile(join(data, files.applicationCert), application.cert);
}

/** What an operator would write into `isthmus.config.yaml` to join the embedded servers. */
export function sandboxConfig(
  data: string,
  addresses: ServerAddresses,
  protocols: Config['sandbox']['protocols'],
): Record<string, unknown> {
  const [app] = apps;
  const ca = join(data, files.ca);
  return {
    log: { level: 'warn' },
    listen: { tls: { key: { file: join(data, files.key) }, cert: join(data, files.cert) } },
    teams: {
      graph: addresses.graph.https,
      authority: addresses.graph.https,
      ca,
      tenants: tenants.map(({ id, domain }) => ({
        id,
        domain,
        clientId: app?.clientId,
        secret: app?.secret,
        gatewayAccount: { upn: `isthmus@${domain}`, password },
      })),
    },
    skype: {
      pools: (['online', 'onPrem'] as const).map((home) => ({
        name: home,
        home,
        discovery: addresses.pools[home].https,
        gatewayAccount: { username: gatewayAccountOf(home), password },
        ca,
        ...(protocols[home] === 'sip' ? trustedAt(data, addresses.pools[home]) : {}),
      })),
    },
    people: { list: listedPeople(people) },
  };
}

/** Those of the embedded servers who are people, in the words of `people.list`. */
export function listedPeople(everybody: readonly SandboxPerson[]) {
  return everybody
    .filter(({ kind }) => kind === 'person')
    .map(({ address, displayName, objectId, home, mode }) => ({
      id: address,
      displayName,
      objectId,
      home,
      mode,
    }));
}

/** What the pages and the command line sign in with as a sandbox person: over HTTP, which needs no authority. */
export function sandboxAnswer({ graph, pools }: ServerAddresses): SandboxAnswer {
  const publicApp = apps.find(({ secret }) => secret === undefined);
  return {
    graph: graph.http,
    authority: graph.http,
    clientId: publicApp?.clientId ?? '',
    pools: (['online', 'onPrem'] as const).map((home) => ({ name: home, home, discovery: pools[home].http })),
    people: people
      .filter(({ kind }) => kind === 'person')
      .map(({ address, displayName, home, mode }) => ({ address, displayName, home, mode })),
  };
}

/** The gateway is a trusted application there. */
function trustedAt(data: string, { sip }: PoolServedAt): Record<string, unknown> {
  return {
    protocol: 'sip',
    sip: {
      servers: [sip.tls],
      certificate: {
        key: { file: join(data, files.applicationKey) },
        cert: join(data, files.applicationCert),
      },
    },
  };
}

function gatewayAccountOf(home: 'online' | 'onPrem'): string | undefined {
  return people.find((account) => account.kind === 'gateway' && account.home === home)?.address;
}

/** Whom the sandbox leaves unlinked, so that the gateway's own account can be seen at work. */
const unlinked = new Set(['frank@contoso.example']);

/** At the first start of a data folder, links the sandbox people by their password; afterwards links are the operator's. */
export async function linkSandboxPeople(data: string, list: Iterable<Person>, links: Links): Promise<void> {
  const marker = join(data, 'sandbox-linked');
  if (existsSync(marker)) return;
  const known = new Map(people.map((person) => [person.address, person]));
  for (const person of list) {
    if (!known.has(person.id) || unlinked.has(person.id)) continue;
    for (const side of sides) {
      const username = usernameOf(person, side);
      if (username !== undefined) await links.put(person.id, side, { kind: 'password', username, password });
    }
  }
  await writeFile(marker, '');
}

function usernameOf({ teams, skype }: Person, side: (typeof sides)[number]): string | undefined {
  if (side === 'teams') return teams.kind === 'account' ? teams.upn : undefined;
  return skype.home === 'none' ? undefined : skype.sip.slice('sip:'.length);
}
