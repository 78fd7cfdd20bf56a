import type { TenantUsers } from '../connectors/teams/tenant-users.ts';
import type { Clock } from '../core/clock.ts';
import type { Report } from '../gateway/events.ts';
import type { Config } from './config/config.ts';
import { watchPeopleFile } from './people-file.ts';
import { createPeopleOfTenants, type PeopleOfTenants } from './people-of-tenants.ts';
import type { PeopleStore } from './people-store.ts';

export interface PeopleSourcesOptions {
  readonly config: Config;
  readonly people: PeopleStore;
  readonly tenants: readonly TenantUsers[];
  /** The configuration as it is now; files about people are not watched without. @throws {ConfigError} */
  readonly reload: (() => Promise<Config>) | undefined;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly report: Report;
}

/** Everything that tells who is who: keeps the store of people up to date with it. */
export interface PeopleSources extends AsyncDisposable {
  /** Whom earlier runs have read is there when it resolves. Called once, before `start`. */
  restore(): Promise<void>;
  start(): void;
}

export function createPeopleSources(options: PeopleSourcesOptions): PeopleSources {
  const { config, people, reload } = options;
  const stack = new AsyncDisposableStack();
  const tenants: PeopleOfTenants | undefined =
    config.peopleOfTenants && stack.use(createPeopleOfTenants({ ...options, ...config.peopleOfTenants }));

  function watch<T>(file: string | undefined, pick: (config: Config) => T, take: (read: T) => void): void {
    if (file === undefined || reload === undefined) return;
    const read = async (): Promise<T> => pick(await reload());
    stack.use(watchPeopleFile({ ...options, file, read, configure: take }));
  }

  return {
    restore: async () => tenants?.restore(),
    start() {
      tenants?.start();
      watch(
        config.peopleFile,
        (now) => now.people,
        (configured) => people.configure(configured),
      );
      watch(
        config.peopleOfTenants?.attributesFile,
        (now) => now.peopleOfTenants?.rules,
        (rules) => rules && tenants?.ruled(rules),
      );
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
