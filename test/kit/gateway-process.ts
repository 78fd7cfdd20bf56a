import type { Serializable } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Forked, forkProcess, runForked } from './forked.ts';
import { type GatewayAt, openGatewayAt } from './gateway-at.ts';

/** A gateway in a process of its own, which can be killed. */
export interface GatewayProcess extends Addresses, Pick<Forked<Addresses>, 'kill'>, AsyncDisposable {}

interface Addresses {
  readonly url: string;
  readonly publicUrl: string;
}

export async function startGatewayProcess(at: GatewayAt): Promise<GatewayProcess> {
  const forked = await forkProcess<Addresses>(new URL(import.meta.url), at as unknown as Serializable);
  return {
    ...forked.ready,
    kill: () => forked.kill(),
    [Symbol.asyncDispose]: () => forked[Symbol.asyncDispose](),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  runForked(async (at: GatewayAt) => {
    const gateway = await openGatewayAt(at);
    const { url, publicUrl } = gateway;
    return { ready: { url, publicUrl }, [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose]() };
  });
