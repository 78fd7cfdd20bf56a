import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { type Person, sides } from '../core/people.ts';
import type { Links } from '../gateway/links.ts';
import { openAuthority } from '../sandbox/authority.ts';
import { apps, password, people, tenants } from '../sandbox/world.ts';

/** Where the embedded servers answer; base addresses over HTTPS, without a trailing slash. */
export interface SandboxAddresses {
  readonly graph: string;
  readonly authority: string;
  /** Where autodiscovery of each pool starts. */
  readonly pools: { readonly online: string; readonly onPrem: string };
}

const files = { ca: 'ca.pem', key: 'gateway-key.pem', cert: 'gateway-cert.pem' };

/** Makes the certificates that {@link sandboxConfig} points at; every start gives the gateway a fresh one. */
export async function prepareSandbox(data: string, clock: Clock): Promise<void> {
  const authority = await openAuthority(data, clock);
  const issued = await authority.issueServer();
  await writeFile(join(data, files.key), issued.key, { mode: 0o600 });
  await writeFile(join(data, files.cert), issued.cert);
}

/** What an operator would write into `isthmus.config.yaml` to join the embedded servers. */
export function sandboxConfig(data: string, addresses: SandboxAddresses): Record<string, unknown> {
  const [app] = apps;
  const ca = join(data, files.ca);
  return {
    listen: { tls: { key: { file: join(data, files.key) }, cert: join(data, files.cert) } },
    teams: {
      graph: addresses.graph,
      authority: addresses.authority,
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
        discovery: addresses.pools[home],
        gatewayAccount: { username: gatewayAccountOf(home), password },
        ca,
      })),
    },
    people: {
      list: people
        .filter(({ kind }) => kind === 'person')
        .map(({ address, displayName, objectId, home, mode }) => ({
          id: address,
          displayName,
          objectId,
          home,
          mode,
        })),
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
