import { dirname } from 'node:path';
import { readSettings, resolveSettings } from '../src/cli/config/load.ts';
import { createPeopleStore } from '../src/cli/people-store.ts';
import { runChild } from './child.ts';

export interface PeopleOrder {
  readonly file: string;
}

export interface PeopleMeasured {
  /** By the clock, and by the processor time used. */
  readonly seconds: number;
  readonly processorSeconds: number;
  /** Live heap that the people take, indexes included. */
  readonly keptMiB: number;
  readonly residentMiB: number;
  readonly [name: string]: number;
}

const mebi = 1024 * 1024;

/** As a start does: the configuration with its file of people, and the store that the gateway asks. */
runChild<PeopleOrder, PeopleMeasured>(async ({ file }) => {
  const networks = {
    listen: { publicUrl: 'https://isthmus.contoso.example' },
    teams: {
      tenants: [
        {
          id: '0c0a7050-0000-4000-8000-00000000c001',
          domain: 'contoso.example',
          clientId: '15700000-0000-4000-8000-000000000001',
          secret: 'none',
        },
      ],
    },
    skype: {
      pools: ['online', 'onPrem'].map((home) => ({
        name: home,
        home,
        discovery: 'https://pool.contoso.example',
      })),
    },
    people: { file },
  };
  globalThis.gc?.();
  const before = process.memoryUsage();
  const processor = process.cpuUsage();
  const started = performance.now();
  const config = resolveSettings(readSettings({ folder: dirname(file), env: {} }), networks);
  const store = createPeopleStore({
    people: config.people,
    rules: config.directory,
    amendments: {},
    keep: async () => undefined,
    clock: { now: Date.now },
    report: () => undefined,
  });
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(processor);
  globalThis.gc?.();
  const after = process.memoryUsage();
  return {
    ready: {
      seconds,
      processorSeconds: (user + system) / 1e6,
      keptMiB: (after.heapUsed - before.heapUsed) / mebi,
      residentMiB: (after.rss - before.rss) / mebi,
    },
    async [Symbol.asyncDispose]() {
      if ([...store.directory.people()].length !== config.people.length) throw new Error('people were lost');
    },
  };
});
