import { openAuthority } from '../sandbox/authority.ts';
import { systemClock } from '../sandbox/clock.ts';
import { type ListenOptions, type Served, serve } from '../sandbox/listen.ts';
import { openSandboxKeys } from '../sandbox/sign-in/keys.ts';
import { createPools, type EmbeddedPool, type EmbeddedPools } from '../sandbox/skype/pools.ts';
import { startTeamsService, type TeamsService } from '../sandbox/teams-service.ts';
import {
  type PoolServedAt,
  type ServedAt,
  type ServerAddresses,
  tlsOffset,
  trustedHost,
} from './sandbox-config.ts';

export interface SandboxServersOptions {
  /** Holds certificates and everything the servers remember. */
  readonly data: string;
  readonly ports: {
    readonly graph: number;
    readonly online: number;
    readonly onPrem: number;
    /** SIP over TCP; over TLS it is on the next port. */
    readonly onlineSip: number;
    readonly onPremSip: number;
  };
}

export interface SandboxServers extends AsyncDisposable {
  readonly addresses: ServerAddresses;
  /** For tests, which make the servers misbehave. */
  readonly teams: TeamsService;
  readonly pools: EmbeddedPools;
}

/** Puts the embedded servers on their ports, on loopback alone. */
export async function openSandboxServers({ data, ports }: SandboxServersOptions): Promise<SandboxServers> {
  await using stack = new AsyncDisposableStack();
  const authority = await openAuthority(data, systemClock);
  const certificate = await authority.issueServer();
  const at = (port: number): ListenOptions => ({
    host: '127.0.0.1',
    port,
    tls: { ...certificate, port: port === 0 ? 0 : port + tlsOffset },
  });

  const teams = stack.use(
    await startTeamsService({
      ...at(ports.graph),
      clock: systemClock,
      keys: await openSandboxKeys(data),
      ca: authority.caPem,
    }),
  );
  const pools = stack.use(createPools({ sip: { trustedHosts: [trustedHost] } }));
  const open = async (pool: EmbeddedPool, port: number, sipPort: number): Promise<PoolServedAt> => {
    const served = addressOf(stack.use(await serve(pool.ucwa, at(port))));
    const host = '127.0.0.1';
    const tls = { ...certificate, ca: authority.caPem, clientCertificate: 'wanted' as const };
    const plain = await pool.sip.listen({ host, port: sipPort });
    const secure = await pool.sip.listen({ host, port: sipPort === 0 ? 0 : sipPort + 1, tls });
    const sip = { tcp: `localhost:${plain.port}`, tls: `localhost:${secure.port}` };
    pool.setAddresses({ ...served, sipTcp: sip.tcp, sipTls: sip.tls });
    return { ...served, sip };
  };
  const online = await open(pools.online, ports.online, ports.onlineSip);
  const onPrem = await open(pools.onPrem, ports.onPrem, ports.onPremSip);

  const running = stack.move();
  return {
    addresses: { graph: addressOf(teams), pools: { online, onPrem } },
    teams,
    pools,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function addressOf({ http, https }: Pick<Served, 'http' | 'https'>): ServedAt {
  if (!https) throw new Error('an embedded server has no HTTPS');
  return { http: http.url, https: https.url };
}
