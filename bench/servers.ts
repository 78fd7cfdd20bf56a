import { openAuthority } from '../src/sandbox/authority.ts';
import { systemClock } from '../src/sandbox/clock.ts';
import { serve } from '../src/sandbox/listen.ts';
import { openSandboxKeys } from '../src/sandbox/sign-in/keys.ts';
import { createPools } from '../src/sandbox/skype/pools.ts';
import { startTeamsService } from '../src/sandbox/teams-service.ts';
import * as world from '../src/sandbox/world.ts';
import { runChild } from './child.ts';
import { type CrowdOrder, crowd } from './crowd.ts';

export interface ServersOrder {
  readonly data: string;
  readonly crowd: CrowdOrder;
}

export interface Servers {
  /** Base addresses, without a trailing slash. */
  readonly graph: string;
  readonly graphTls: string;
  /** Discovery of the online pool. */
  readonly pool: string;
  readonly poolTls: string;
  readonly clientId: string;
}

/** What the process of the servers says of every message that Graph shows. */
export interface Shown {
  readonly shown: string;
}

runChild<ServersOrder, Servers>(async ({ data, crowd: order }) => {
  const stack = new AsyncDisposableStack();
  const authority = await openAuthority(data, systemClock);
  const certificate = await authority.issueServer();
  const at = { host: '127.0.0.1', port: 0, tls: { ...certificate, port: 0 } };
  const { everybody } = crowd(order);
  const teams = stack.use(
    await startTeamsService({
      ...at,
      clock: systemClock,
      keys: await openSandboxKeys(data),
      ca: authority.caPem,
      world: { ...world, people: everybody },
      onChange(change) {
        if (change.kind === 'message' && change.changeType === 'created')
          process.send?.({ shown: change.message.body.content } satisfies Shown);
      },
    }),
  );
  const pools = stack.use(createPools({ people: everybody }));
  const { http, https } = stack.use(await serve(pools.online.ucwa, at));
  pools.online.setAddresses({ http: http.url, ...(https ? { https: https.url } : {}) });
  return {
    ready: {
      graph: teams.http.url,
      graphTls: teams.https?.url ?? '',
      pool: http.url,
      poolTls: https?.url ?? '',
      clientId: world.apps[1]?.clientId ?? '',
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
});
