import type { TenantUsers } from '../connectors/teams/tenant-users.ts';
import type { Clock } from '../core/clock.ts';
import { backoffMs } from '../core/conversation/delivery.ts';
import { type JoinedUser, type JoinRules, joinUser } from '../core/directory/join.ts';
import type { DirectoryUser } from '../core/directory/users.ts';
import { pause } from '../gateway/clock.ts';
import type { Report } from '../gateway/events.ts';
import type { PeopleStore } from './people-store.ts';

export interface PeopleOfTenantsOptions {
  readonly tenants: readonly TenantUsers[];
  readonly rules: JoinRules;
  /** Between two readings, ms. */
  readonly intervalMs: number;
  readonly people: Pick<PeopleStore, 'read'>;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly report: Report;
}

/**
 * Makes people of the tenants' users, and keeps reading who has changed. A reading that fails changes nobody and is
 * made again, as soon as Graph lets it. Disposing it ends the reading under way.
 */
export interface PeopleOfTenants extends AsyncDisposable {
  /** Those whom earlier runs have read are there when it resolves. Called once, before `start`. */
  restore(): Promise<void>;
  start(): void;
  /** The SfB side has been exported anew. */
  ruled(rules: JoinRules): void;
}

/** After a reading that failed. */
const retry = { firstWaitMs: 5_000, longestWaitMs: 300_000 };

export function createPeopleOfTenants(options: PeopleOfTenantsOptions): PeopleOfTenants {
  const { tenants, clock, report } = options;
  let { rules } = options;
  const users = new Map<string, DirectoryUser>();
  const joined = new Map<string, JoinedUser>();
  const stopped = new AbortController();
  let running: Promise<unknown> = Promise.resolve();

  function note(changed: Iterable<DirectoryUser>): void {
    for (const user of changed) {
      users.set(user.objectId, user);
      joined.set(user.objectId, joinUser(user, rules));
    }
  }

  function tell(): void {
    const all = [...joined.values()];
    options.people.read(
      all.flatMap((each) => (each.kind === 'person' ? each.person : [])),
      all.flatMap((each) => (each.kind === 'conflict' ? each.conflicts : [])),
    );
  }

  async function readOn(tenant: TenantUsers, signal: AbortSignal): Promise<void> {
    for (let failures = 0; ; ) {
      const waitMs = await readOnce(tenant, failures + 1, signal);
      failures = waitMs === undefined ? 0 : failures + 1;
      await pause(clock, waitMs ?? options.intervalMs, signal);
    }
  }

  /** How long to wait after a failure, or nothing where it was read. */
  async function readOnce(
    tenant: TenantUsers,
    attempt: number,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const read = await tenant.read(signal);
    signal.throwIfAborted();
    if (read.kind === 'read') {
      for (const objectId of read.removed) {
        users.delete(objectId);
        joined.delete(objectId);
      }
      note(read.changed);
      if (read.changed.length + read.removed.length > 0) tell();
      return undefined;
    }
    const againInMs = Math.max(backoffMs(attempt, retry, options.random()), read.afterMs ?? 0);
    report({ kind: 'people-not-read', tenant: tenant.domain, detail: read.detail, againInMs });
    return againInMs;
  }

  /** Reads for as long as the gateway runs; a defect ends no more than the reading it occurred in. */
  async function keepReading(tenant: TenantUsers): Promise<void> {
    const { signal } = stopped;
    while (!signal.aborted)
      try {
        await readOn(tenant, signal);
      } catch (error) {
        if (signal.aborted) return;
        report({ kind: 'fault', where: `reading the people of ${tenant.domain}`, error });
        await pause(clock, retry.longestWaitMs, signal).catch(() => undefined);
      }
  }

  return {
    async restore() {
      for (const tenant of tenants) note(await tenant.restore());
      if (users.size > 0) tell();
    },
    start() {
      running = Promise.all(tenants.map(keepReading));
    },
    ruled(changed) {
      rules = changed;
      note([...users.values()]);
      tell();
    },
    async [Symbol.asyncDispose]() {
      stopped.abort();
      await running;
    },
  };
}
