import { openAuthority } from '../../../src/sandbox/authority.ts';
import { systemClock } from '../../../src/sandbox/clock.ts';
import { serve } from '../../../src/sandbox/listen.ts';
import { createPools } from '../../../src/sandbox/skype/pools.ts';
import { crowd } from '../crowd.ts';
import { runChild } from '../process.ts';

export interface PoolsOrder {
  readonly data: string;
  readonly couples: number;
  /** How long invitations ring, and texts wait to be fetched. */
  readonly patienceMs: number;
  readonly ports: Readonly<Record<PoolName, PoolPorts>>;
}

export type PoolName = 'online' | 'onPrem';
export interface PoolPorts {
  readonly http: number;
  readonly https: number;
}

/** Both pools. They keep nothing on disk, as pools do: killed, they come back without sessions and without endpoints. */
runChild<PoolsOrder, undefined>(async ({ data, couples, patienceMs, ports }) => {
  const stack = new AsyncDisposableStack();
  const authority = await openAuthority(data, systemClock);
  const certificate = await authority.issueServer();
  const pools = stack.use(
    createPools({
      people: crowd(couples).everybody,
      times: { answerMs: patienceMs, messageMs: patienceMs },
    }),
  );
  for (const name of ['online', 'onPrem'] as const) {
    const { http, https } = ports[name];
    const tls = { ...certificate, port: https };
    const served = stack.use(await serve(pools[name].ucwa, { host: '127.0.0.1', port: http, tls }));
    pools[name].setAddresses({
      http: served.http.url,
      ...(served.https ? { https: served.https.url } : {}),
    });
  }
  return { ready: undefined, [Symbol.asyncDispose]: () => stack.disposeAsync() };
});
