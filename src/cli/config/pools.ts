import { X509Certificate } from 'node:crypto';
import { hostname } from 'node:os';
import type { Home } from '../../core/people.ts';
import { join, type Problems } from './problems.ts';
import type { ConfigFile } from './schema.ts';
import type { Sources } from './sources.ts';

/** One pool, and the way it is reached. */
export type PoolConfig = UcwaPoolConfig | SipPoolConfig;

interface PoolBase {
  readonly name: string;
  readonly home: Exclude<Home, 'none'>;
  /** The password is empty where none is needed. */
  readonly gatewayAccount: { readonly username: string; readonly password: string } | undefined;
  /** PEM. */
  readonly ca: string | undefined;
}

export interface UcwaPoolConfig extends PoolBase {
  readonly protocol: 'ucwa';
  readonly discovery: string;
}

export interface SipPoolConfig extends PoolBase {
  readonly protocol: 'sip';
  /** Of no use to the gateway; people's own clients may be told. */
  readonly discovery: string | undefined;
  readonly sip: SipReach;
}

export interface SipReach {
  readonly location: SipLocation;
  readonly transport: 'tls' | 'tcp';
  readonly dialect: 'microsoft' | 'simple';
  /** Both PEM. */
  readonly identity: { readonly key: string; readonly cert: string } | undefined;
  /** What the pool knows this gateway as. */
  readonly localName: string;
  readonly expiresSeconds: number;
}

export type SipLocation =
  | {
      readonly kind: 'servers';
      readonly servers: readonly { readonly host: string; readonly port: number }[];
    }
  | { readonly kind: 'domain'; readonly domain: string };

type PoolFile = ConfigFile['skype']['pools'][number];

export function resolvePool(pool: PoolFile, path: string, sources: Sources, problems: Problems): PoolConfig {
  const { name, home, protocol, gatewayAccount } = pool;
  const discovery = pool.discovery?.replace(/\/+$/, '');
  const password = gatewayAccount?.password;
  const base: PoolBase = {
    name,
    home,
    gatewayAccount: gatewayAccount && {
      username: gatewayAccount.username,
      password: password === undefined ? '' : sources.secret(password, join(path, 'gatewayAccount.password')),
    },
    ca: pool.ca === undefined ? undefined : sources.pemFile(pool.ca, join(path, 'ca'), 'CERTIFICATE'),
  };
  if (protocol === 'sip') {
    if (!pool.sip) problems.add(join(path, 'sip'), 'is needed where protocol is sip');
    const sip = resolveSip(pool.sip ?? noSip, join(path, 'sip'), sources, problems);
    return { ...base, protocol, discovery, sip };
  }
  if (pool.sip) problems.add(join(path, 'sip'), 'is of no use where protocol is ucwa');
  if (discovery === undefined) problems.add(join(path, 'discovery'), 'is needed where protocol is ucwa');
  if (gatewayAccount && password === undefined)
    problems.add(join(path, 'gatewayAccount.password'), 'is needed where protocol is ucwa');
  return { ...base, protocol, discovery: discovery ?? '' };
}

type SipFile = NonNullable<PoolFile['sip']>;

/** Stands in for a section that is missing, which has been told. */
const noSip: SipFile = { domain: 'missing.invalid', transport: 'tls', dialect: 'simple', expiresSeconds: 60 };

const defaultPorts = { tls: 5061, tcp: 5060 } as const;

function resolveSip(file: SipFile, path: string, sources: Sources, problems: Problems): SipReach {
  const { servers, domain, transport, dialect, certificate, expiresSeconds } = file;
  if ((servers === undefined) === (domain === undefined)) problems.add(path, 'give either servers or domain');
  const named = (servers ?? []).map((server) => readServer(server, defaultPorts[transport]));
  if (transport === 'tcp' && !(servers !== undefined && named.every(({ host }) => isThisMachine(host))))
    problems.add(join(path, 'transport'), 'is tcp, which is only for servers on this machine: use tls');
  if (transport === 'tls' && dialect === 'microsoft' && !certificate)
    problems.add(
      join(path, 'certificate'),
      'is needed: a pool knows its trusted applications by their certificate',
    );
  const identity = certificate && {
    key: sources.pem(certificate.key, join(path, 'certificate.key'), 'PRIVATE KEY'),
    cert: sources.pemFile(certificate.cert, join(path, 'certificate.cert'), 'CERTIFICATE'),
  };
  return {
    location:
      servers === undefined
        ? { kind: 'domain', domain: domain ?? 'missing.invalid' }
        : { kind: 'servers', servers: named },
    transport,
    dialect,
    identity,
    localName: file.name ?? nameOf(identity?.cert, join(path, 'certificate.cert'), problems) ?? hostname(),
    expiresSeconds,
  };
}

function readServer(server: string, defaultPort: number): { readonly host: string; readonly port: number } {
  const [, host = server, port] = /^(.*?)(?::(\d{1,5}))?$/.exec(server) ?? [];
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return { host: bare, port: port === undefined ? defaultPort : Number(port) };
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '::1';
}

/** The first DNS name of the certificate: what an administrator enters as the trusted application's. */
function nameOf(cert: string | undefined, path: string, problems: Problems): string | undefined {
  if (!cert) return undefined;
  try {
    const { subjectAltName, subject } = new X509Certificate(cert);
    return (
      /(?:^|, )DNS:([^,\s"]+)/.exec(subjectAltName ?? '')?.[1] ?? /(?:^|\n)CN=([^\n]+)/.exec(subject)?.[1]
    );
  } catch {
    problems.add(path, 'is not a certificate that can be read');
    return undefined;
  }
}
