import { Check } from 'typebox/value';
import { errorSchema } from '../console/errors.ts';
import { CommandError } from './command.ts';
import { type LoadOptions, readSettings } from './config/load.ts';
import { readRunFile, readToken } from './data-folder.ts';

/** The operators' API of the gateway that runs on a data folder, as the commands use it. */
export interface ConsoleClient {
  /** @throws {CommandError} for whatever the gateway refuses, or when it does not run. */
  get<T>(path: string): Promise<T>;
  /** Undefined where the gateway answers that there is nothing. */
  find<T>(path: string): Promise<T | undefined>;
  post<T>(path: string, body?: unknown): Promise<T>;
  put(path: string, body: unknown): Promise<void>;
  delete(path: string): Promise<void>;
}

const giveUpMs = 10_000;

export async function findGateway(options: LoadOptions): Promise<ConsoleClient> {
  const { data } = readSettings(options);
  const run = await readRunFile(data);
  if (!run) throw notRunning(data);
  const token = await readToken(data);

  async function call(method: string, path: string, body?: unknown): Promise<Response> {
    try {
      return await fetch(new URL(path, run?.url), {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(giveUpMs),
      });
    } catch {
      throw notRunning(data);
    }
  }

  async function checked(answer: Response): Promise<Response> {
    if (answer.ok) return answer;
    const body: unknown = await answer.json().catch(() => undefined);
    if (Check(errorSchema, body)) throw new CommandError(body.error.id, body.error.cause, body.error.cure);
    throw new CommandError(
      'unexpected',
      `The gateway answered ${answer.status}.`,
      "Look at the gateway's log.",
    );
  }

  return {
    get: async <T>(path: string) => (await (await checked(await call('GET', path))).json()) as T,
    async find<T>(path: string) {
      const answer = await call('GET', path);
      return answer.status === 404 ? undefined : ((await (await checked(answer)).json()) as T);
    },
    post: async <T>(path: string, body?: unknown) =>
      (await (await checked(await call('POST', path, body))).json()) as T,
    put: async (path, body) => void (await checked(await call('PUT', path, body))),
    delete: async (path) => void (await checked(await call('DELETE', path))),
  };
}

/** Two gateways on one data folder would work on each other's messages. @throws {CommandError} if one runs. */
export async function refuseSecond(data: string): Promise<void> {
  const run = await readRunFile(data);
  if (!run) return;
  const answers = await fetch(new URL('/api/status', run.url), {
    signal: AbortSignal.timeout(giveUpMs),
  }).then(
    () => true,
    () => false,
  );
  if (answers)
    throw new CommandError(
      'already-running',
      `A gateway runs on the data folder ${data} already, at ${run.url} (process ${run.pid}).`,
      'End it first, or give this one a folder of its own with --data.',
    );
}

function notRunning(data: string): CommandError {
  return new CommandError(
    'not-running',
    `No gateway runs on the data folder ${data}.`,
    'Start it with `isthmus start`, or name its folder with --data.',
  );
}
