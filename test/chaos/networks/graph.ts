import { openAuthority } from '../../../src/sandbox/authority.ts';
import { systemClock } from '../../../src/sandbox/clock.ts';
import { openSandboxKeys } from '../../../src/sandbox/sign-in/keys.ts';
import { startTeamsService } from '../../../src/sandbox/teams-service.ts';
import * as world from '../../../src/sandbox/world.ts';
import { crowd } from '../crowd.ts';
import { runChild } from '../process.ts';

export interface GraphOrder {
  readonly data: string;
  readonly couples: number;
  /** Of the front, at which the gateway signs in. */
  readonly publicUrl: string;
}

/** Base addresses, without a slash at the end. */
export interface GraphReady {
  readonly http: string;
  readonly https: string;
}

/** Graph and sign-in. It is never killed: it stands for a service that loses nothing, and has no disk. */
runChild<GraphOrder, GraphReady>(async ({ data, couples, publicUrl }) => {
  const authority = await openAuthority(data, systemClock);
  const service = await startTeamsService({
    host: '127.0.0.1',
    port: 0,
    tls: { ...(await authority.issueServer()), port: 0 },
    clock: systemClock,
    keys: await openSandboxKeys(data),
    ca: authority.caPem,
    publicUrl,
    world: { ...world, people: crowd(couples).everybody },
  });
  return {
    ready: { http: service.http.url, https: service.https?.url ?? '' },
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
});
