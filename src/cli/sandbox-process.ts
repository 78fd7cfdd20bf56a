import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { CommandError } from './command.ts';
import type { ServerAddresses } from './sandbox-config.ts';
import type { SandboxServersOptions } from './sandbox-servers.ts';

const servedAt = Type.Object({ http: Type.String(), https: Type.String() });
const poolServedAt = Type.Object({
  http: Type.String(),
  https: Type.String(),
  sip: Type.Object({ tcp: Type.String(), tls: Type.String() }),
});
const wordSchema = Type.Union([
  Type.Object({
    kind: Type.Literal('ready'),
    addresses: Type.Object({
      graph: servedAt,
      pools: Type.Object({ online: poolServedAt, onPrem: poolServedAt }),
    }),
  }),
  Type.Object({ kind: Type.Literal('failed'), cause: Type.String() }),
]);

/** What the process of the embedded servers says to the one that started it, once. */
export type SandboxWord =
  | { readonly kind: 'ready'; readonly addresses: ServerAddresses }
  | { readonly kind: 'failed'; readonly cause: string };

export interface SandboxProcess extends AsyncDisposable {
  readonly addresses: ServerAddresses;
  /** Resolves when the process has ended, asked or not. */
  readonly ended: Promise<void>;
}

const readyWithinMs = 30_000;
const endWithinMs = 5_000;

/**
 * Runs the embedded servers in a process of their own, so that the gateway reaches them over the network alone. That
 * process ends with this one, however this one ends: it watches the channel between them.
 */
export async function startSandboxProcess({ data, ports }: SandboxServersOptions): Promise<SandboxProcess> {
  const child = fork(fileURLToPath(new URL('./main.ts', import.meta.url)), ['sandbox', '--data', data], {
    env: { ...withoutSettings(process.env), ISTHMUS_SANDBOX_PORTS: JSON.stringify(ports) },
    cwd: data,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(() => undefined);
  const word = await firstWord(child);
  if (word.kind === 'failed') {
    await end(child, ended);
    throw new CommandError(
      'sandbox',
      `The embedded servers could not start: ${word.cause}.`,
      'End the other program, or give other ports under sandbox.ports.',
    );
  }
  return { addresses: word.addresses, ended, [Symbol.asyncDispose]: () => end(child, ended) };
}

/** The servers take nothing from the gateway's configuration but their folder and ports. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('ISTHMUS_')));
}

async function firstWord(child: ChildProcess): Promise<SandboxWord> {
  const signal = AbortSignal.timeout(readyWithinMs);
  const said = once(child, 'message', { signal }).then(([word]) => word as unknown);
  const gone = once(child, 'exit', { signal }).then(([code]) => ({
    kind: 'failed',
    cause: `they ended with ${code}`,
  }));
  try {
    const word = await Promise.race([said, gone]);
    if (Check(wordSchema, word)) return word;
    return { kind: 'failed', cause: 'they said something unknown' };
  } catch {
    child.kill('SIGKILL');
    return { kind: 'failed', cause: `they were not ready within ${readyWithinMs / 1000} s` };
  } finally {
    void Promise.allSettled([said, gone]);
  }
}

async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), endWithinMs);
  await ended;
  clearTimeout(timer);
}
