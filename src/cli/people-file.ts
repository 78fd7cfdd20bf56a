import { stat } from 'node:fs/promises';
import type { Clock } from '../core/clock.ts';
import type { Report } from '../gateway/events.ts';
import { ConfigError } from './config/problems.ts';

export interface WatchedFileOptions<T> {
  /** An absolute path. */
  readonly file: string;
  /** What follows from the file now. @throws {ConfigError} with every wrong value */
  readonly read: () => Promise<T>;
  readonly configure: (read: T) => void;
  readonly clock: Clock;
  readonly report: Report;
}

/** How often the file is looked at, ms. */
const lookMs = 1_000;

/**
 * Has people read again when a file about them has changed and then stayed the same from one look to the next: a file that is
 * being written is not taken for a short one. Where anything about it is wrong, that is reported and the people stay.
 */
export function watchPeopleFile<T>(options: WatchedFileOptions<T>): AsyncDisposable {
  const { file, clock, report } = options;
  let read: string | undefined;
  let seen: string | undefined;
  let stopped = false;
  let looking: Promise<void> = Promise.resolve();
  let timer = clock.setTimer(lookMs, look);

  function look(): void {
    looking = lookNow().then(() => {
      if (!stopped) timer = clock.setTimer(lookMs, look);
    });
  }

  async function lookNow(): Promise<void> {
    const before = seen;
    seen = await stampOf(file);
    if (seen === read || seen !== before || stopped) return;
    read = seen;
    try {
      options.configure(await options.read());
    } catch (error) {
      if (error instanceof ConfigError)
        report({
          kind: 'people-refused',
          problems: error.problems.map(({ path, message }) => `${path}: ${message}`),
        });
      else report({ kind: 'fault', where: 'reading the people file', error });
    }
  }

  return {
    async [Symbol.asyncDispose]() {
      stopped = true;
      timer[Symbol.dispose]();
      await looking;
    },
  };
}

/** Another one for every version of the file, also where that is of the same length. */
async function stampOf(file: string): Promise<string> {
  try {
    const { mtimeNs, size, ino } = await stat(file, { bigint: true });
    return `${mtimeNs} ${size} ${ino}`;
  } catch (error) {
    return `none (${(error as NodeJS.ErrnoException).code})`;
  }
}
