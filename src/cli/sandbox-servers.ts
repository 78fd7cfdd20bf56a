import { openAuthority } from '../sandbox/authority.ts';
import { systemClock } from '../sandbox/clock.ts';
import { type ListenOptions, type Served, serve } from '../sandbox/listen.ts';
import { openSandboxKeys } from '../sandbox/sign-in/keys.ts';
import { createPools, type EmbeddedPools } from '../sandbox/skype/pools.ts';
import { startTeamsService, type TeamsService } from '../sandbox/teams-service.ts';
import { type ServedAt, type ServerAddresses, tlsOffset } from './sandbox-config.ts';

export interface SandboxServersOptions {
  /** Holds certificates and everything the servers remember. */
  readonly data: string;
  readonly ports: { readonly graph: number; readonly online: number; readonly onPrem: number };
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
  const pools = stack.use(createPools());
  const online = addressOf(stack.use(await serve(pools.online.ucwa, at(ports.online))));
  const onPrem = addressOf(stack.use(await serve(pools.onPrem.ucwa, at(ports.onPrem))));
  pools.online.setAddresses(online);
  pools.onPrem.setAddresses(onPrem);

  const open = stack.move();
  return {
    addresses: { graph: addressOf(teams), pools: { online, onPrem } },
    teams,
    pools,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

function addressOf({ http, https }: Pick<Served, 'http' | 'https'>): ServedAt {
  if (!https) throw new Error('an embedded server has no HTTPS');
  return { http: http.url, https: https.url };
}
