import { resolve } from 'node:path';
import type { DirectoryRules } from '../../core/directory/row.ts';
import type { Person } from '../../core/people.ts';
import type { FederationSettings } from '../../core/routing/federation.ts';
import type { PolicySettings } from '../../core/routing/policy.ts';
import type { ToastSettings } from '../../core/toasts/policy.ts';
import { directoryRules, readPeople } from './people.ts';
import { type PeopleOfTenants, resolvePeopleOfTenants } from './people-of-tenants.ts';
import { type PoolConfig, resolvePool } from './pools.ts';
import { join, type Problems } from './problems.ts';

import { knownNames, resolveFederation, resolvePolicies, resolveToasts } from './rules.ts';
import type { ConfigFile } from './schema.ts';
import type { Sources } from './sources.ts';

export type { PoolConfig } from './pools.ts';

/** The configuration as the program uses it: checked, every secret and certificate read, every person known. */
export interface Config {
  /** An absolute path. */
  readonly data: string;
  readonly listen: {
    readonly host: string;
    readonly port: number;
    readonly tls: (KeyPair & { readonly port: number }) | undefined;
    /** Undefined: `https://localhost` with the HTTPS port, once that is known. */
    readonly publicUrl: string | undefined;
    /** What an operator proves themself with; undefined: the token kept in the data folder. */
    readonly token: string | undefined;
  };
  readonly teams: {
    readonly graph: string;
    readonly authority: string;
    readonly tenants: readonly TenantConfig[];
    /** PEM. */
    readonly ca: string | undefined;
  };
  readonly skype: {
    readonly pools: readonly PoolConfig[];
    /** Silence after which a session counts as ended. */
    readonly sessionIdleMs: number;
  };
  readonly people: readonly Person[];
  /** An absolute path. */
  readonly peopleFile: string | undefined;
  /** How people are read from the tenants; undefined: not at all. */
  readonly peopleOfTenants: PeopleOfTenants | undefined;
  /** What people are checked against, at the start and whenever they change. */
  readonly directory: DirectoryRules;
  readonly presence: ConfigFile['presence'];
  readonly delivery: ConfigFile['delivery'];
  readonly ledger: ConfigFile['ledger'];
  readonly policies: PolicySettings;
  readonly federation: FederationSettings;
  readonly toasts: ToastSettings;
  readonly log: { readonly level: ConfigFile['log']['level'] };
  readonly sandbox: Omit<ConfigFile['sandbox'], 'enabled'> & { readonly enabled: boolean };
}

/** Both PEM. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

export interface TenantConfig {
  readonly id: string;
  readonly domain: string;
  readonly clientId: string;
  readonly credential:
    | { readonly kind: 'secret'; readonly secret: string }
    | ({ readonly kind: 'certificate' } & KeyPair);
  readonly gatewayAccount: { readonly upn: string; readonly password: string | undefined } | undefined;
}

/** Reads what the file points at and checks what a schema cannot; wrong values are added to `problems`. */
export function resolveConfig(
  file: ConfigFile,
  folder: string,
  sandbox: boolean,
  sources: Sources,
  problems: Problems,
): Config {
  const { listen, teams, skype } = file;
  refuseRepeated(teams.tenants, 'domain', 'teams.tenants', problems);
  refuseRepeated(teams.tenants, 'id', 'teams.tenants', problems);
  refuseRepeated(skype.pools, 'name', 'skype.pools', problems);
  if (teams.tenants.length > 0 && listen.publicUrl === undefined && listen.tls === undefined)
    problems.add(
      'listen',
      'Microsoft Graph notifies over HTTPS alone: give tls, or publicUrl of a proxy that does',
    );
  const people = readPeople(file, sources, problems);
  const known = knownNames(file, people);
  return {
    data: resolve(folder, file.data),
    listen: {
      host: listen.host,
      port: listen.port,
      tls: listen.tls && {
        port: listen.tls.port,
        key: sources.pem(listen.tls.key, 'listen.tls.key', 'PRIVATE KEY'),
        cert: sources.pemFile(listen.tls.cert, 'listen.tls.cert', 'CERTIFICATE'),
      },
      publicUrl: listen.publicUrl && withoutSlash(listen.publicUrl),
      token: listen.token === undefined ? undefined : sources.secret(listen.token, 'listen.token'),
    },
    teams: {
      graph: withoutSlash(teams.graph),
      authority: withoutSlash(teams.authority),
      tenants: teams.tenants.map((tenant, index) =>
        resolveTenant(tenant, join('teams.tenants', index), sources, problems),
      ),
      ca: resolveCa(teams.ca, 'teams', sources),
    },
    skype: {
      pools: skype.pools.map((pool, index) =>
        resolvePool(pool, join('skype.pools', index), sources, problems),
      ),
      sessionIdleMs: skype.sessionIdleMs,
    },
    people,
    peopleFile: file.people.file === undefined ? undefined : resolve(folder, file.people.file),
    peopleOfTenants: resolvePeopleOfTenants(file, folder, sources, problems),
    directory: directoryRules(file),
    presence: file.presence,
    delivery: file.delivery,
    ledger: file.ledger,
    policies: resolvePolicies(file.policy, known, problems),
    federation: resolveFederation(file.federation, known, problems),
    toasts: resolveToasts(file.toasts, known, problems),
    log: file.log,
    sandbox: { ...file.sandbox, enabled: sandbox },
  };
}

function resolveTenant(
  tenant: ConfigFile['teams']['tenants'][number],
  path: string,
  sources: Sources,
  problems: Problems,
): TenantConfig {
  const { id, domain, clientId, secret, certificate, gatewayAccount } = tenant;
  if ((secret === undefined) === (certificate === undefined))
    problems.add(path, 'give either secret or certificate');
  return {
    id: id.toLowerCase(),
    domain,
    clientId: clientId.toLowerCase(),
    credential: certificate
      ? {
          kind: 'certificate',
          key: sources.pem(certificate.key, join(path, 'certificate.key'), 'PRIVATE KEY'),
          cert: sources.pemFile(certificate.cert, join(path, 'certificate.cert'), 'CERTIFICATE'),
        }
      : { kind: 'secret', secret: secret === undefined ? '' : sources.secret(secret, join(path, 'secret')) },
    gatewayAccount: gatewayAccount && {
      upn: gatewayAccount.upn,
      password:
        gatewayAccount.password === undefined
          ? undefined
          : sources.secret(gatewayAccount.password, join(path, 'gatewayAccount.password')),
    },
  };
}

function resolveCa(file: string | undefined, path: string, sources: Sources): string | undefined {
  return file === undefined ? undefined : sources.pemFile(file, join(path, 'ca'), 'CERTIFICATE');
}

function refuseRepeated<K extends string>(
  entries: readonly Readonly<Record<K, string>>[],
  key: K,
  path: string,
  problems: Problems,
): void {
  entries.forEach((entry, index) => {
    const first = entries.findIndex((other) => other[key].toLowerCase() === entry[key].toLowerCase());
    if (first < index)
      problems.add(join(join(path, index), key), `${entry[key]} is that of ${join(path, first)} already`);
  });
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
