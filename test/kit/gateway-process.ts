import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type GatewayAt, openGatewayAt } from './gateway-at.ts';

/** A gateway in a process of its own, which can be killed. */
export interface GatewayProcess extends AsyncDisposable {
  readonly url: string;
  readonly publicUrl: string;
  /** Resolves when nothing of it is left; it has had no chance to say or write anything. */
  kill(): Promise<void>;
}

const self = fileURLToPath(import.meta.url);

export async function startGatewayProcess(at: GatewayAt): Promise<GatewayProcess> {
  const child = fork(self, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  child.send(at);
  const first = await Promise.race([once(child, 'message'), exited.then(() => undefined)]);
  if (!first) throw new Error('the gateway ended before it was ready');
  const { url, publicUrl } = first[0] as { readonly url: string; readonly publicUrl: string };
  const end = async (how: (child: ChildProcess) => void): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) how(child);
    await exited;
  };
  return {
    url,
    publicUrl,
    kill: () => end(() => child.kill('SIGKILL')),
    [Symbol.asyncDispose]: () => end(() => child.disconnect()),
  };
}

if (process.argv[1] === self) {
  enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/isthmus', import.meta.url)));
  process.once('message', (at) => {
    void openGatewayAt(at as GatewayAt).then((gateway) => {
      process.send?.({ url: gateway.url, publicUrl: gateway.publicUrl });
      process.once('disconnect', () => void gateway[Symbol.asyncDispose]().then(() => process.exit(0)));
    });
  });
}
