import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Clock } from '../../core/clock.ts';
import type { DirectoryUser } from '../../core/directory/users.ts';
import type { LinkStatus } from '../../gateway/connector.ts';
import type { KeptStore } from '../../gateway/ledger.ts';
import { describeFailure, type GraphFailure } from '../../protocols/graph/client/result.ts';
import {
  type ChangedUser,
  isDeltaLinkLost,
  readUserChanges,
  userFields,
} from '../../protocols/graph/client/users-delta.ts';
import type { Tenant } from './tenants.ts';

/** The users of one tenant, as Graph told them last; kept over restarts, so that each read brings only what changed. */
export interface TenantUsers {
  /** The tenant's domain. */
  readonly domain: string;
  /** What earlier runs have read. Called once, before anything is read. */
  restore(): Promise<readonly DirectoryUser[]>;
  /** Never called twice at a time. Where it fails, nothing of it has been taken, and the next one begins where it began. */
  read(signal: AbortSignal): Promise<UsersRead>;
  /** How the last reading went; undefined where nothing has been read. */
  status(): LinkStatus | undefined;
}

export type UsersRead =
  | {
      readonly kind: 'read';
      /** Those who are new, or other than before. */
      readonly changed: readonly DirectoryUser[];
      /** Object ids. */
      readonly removed: readonly string[];
    }
  | {
      readonly kind: 'failed';
      /** For a log: no secret. */
      readonly detail: string;
      /** How long Graph asks to be left alone, ms. */
      readonly afterMs: number | undefined;
    };

const kinds = { users: 'graph-user', delta: 'graph-users-delta' } as const;
/** Put into the ledger before it is waited for: it takes only so many operations at a time. */
const keptAtOnce = 200;

const keptUser = Compile(
  Type.Object({
    objectId: Type.String(),
    upn: Type.String(),
    displayName: Type.String(),
    isEnabled: Type.Boolean(),
    isGuest: Type.Boolean(),
    sipAddresses: Type.Array(Type.String()),
    extensions: Type.Record(Type.String(), Type.String()),
  }),
);
const Delta = Type.Object({ link: Type.String(), fields: Type.String() });
const keptDelta = Compile(Delta);

export function createTenantUsers(tenant: Tenant, kept: KeptStore, clock: Pick<Clock, 'now'>): TenantUsers {
  const known = new Map<string, DirectoryUser>();
  let delta: Static<typeof Delta> | undefined;
  let status: LinkStatus | undefined;

  async function restore(): Promise<readonly DirectoryUser[]> {
    const prefix = `${tenant.id}/`;
    for (const { key, value } of await kept.list(kinds.users))
      if (key.startsWith(prefix) && keptUser.Check(value)) known.set(value.objectId, value);
    const entry = await kept.get(kinds.delta, tenant.id);
    if (entry && keptDelta.Check(entry.value) && entry.value.fields === userFields) delta = entry.value;
    return [...known.values()];
  }

  async function read(signal: AbortSignal): Promise<UsersRead> {
    const { graph, accounts } = tenant;
    const from = delta;
    const told = await readUserChanges(graph, accounts.application, from?.link, signal);
    if (!told.ok) {
      if (from === undefined || !isDeltaLinkLost(told.failure)) return failed(told.failure);
      delta = undefined;
      return read(signal);
    }
    const next = apply(known, told.value.users, from === undefined);
    if (next.length > 0 && next.every(({ after }) => after === undefined) && next.length === known.size)
      return {
        kind: 'failed',
        detail: 'Graph tells of nobody any more: it is not believed',
        afterMs: undefined,
      };
    await keep(next);
    delta = { link: told.value.deltaLink, fields: userFields };
    await kept.put(kinds.delta, tenant.id, delta);
    for (const { objectId, after } of next)
      if (after) known.set(objectId, after);
      else known.delete(objectId);
    return {
      kind: 'read',
      changed: next.flatMap(({ after }) => after ?? []),
      removed: next.flatMap(({ objectId, after }) => (after ? [] : objectId)),
    };
  }

  /** Before the delta link, behind which they will not be told again. */
  async function keep(changes: readonly UserChange[]): Promise<void> {
    for (let from = 0; from < changes.length; from += keptAtOnce)
      await Promise.all(
        changes.slice(from, from + keptAtOnce).map(({ objectId, after }) => {
          const key = `${tenant.id}/${objectId}`;
          return after ? kept.put(kinds.users, key, after) : kept.remove(kinds.users, key);
        }),
      );
  }

  function note(outcome: UsersRead): void {
    const state = outcome.kind === 'read' ? 'connected' : 'disconnected';
    const since = status?.state === state ? status.since : clock.now();
    const name = `people of ${tenant.domain}`;
    status =
      outcome.kind === 'read'
        ? { name, state, since }
        : { name, state, since, refusal: { id: 'unreachable', side: 'teams', detail: outcome.detail } };
  }

  return {
    domain: tenant.domain,
    restore,
    async read(signal) {
      const outcome = await read(signal);
      note(outcome);
      return outcome;
    },
    status: () => status,
  };
}

interface UserChange {
  readonly objectId: string;
  /** Undefined for somebody who has gone. */
  readonly after: DirectoryUser | undefined;
}

/** What is told makes of whom we know: who differs in the end. Whom a reading of `everybody` does not name has gone. */
function apply(
  known: ReadonlyMap<string, DirectoryUser>,
  told: readonly ChangedUser[],
  everybody: boolean,
): readonly UserChange[] {
  const after = new Map<string, DirectoryUser | undefined>();
  if (everybody) for (const objectId of known.keys()) after.set(objectId, undefined);
  const named = new Set<string>();
  for (const user of told) {
    const objectId = user.id.toLowerCase();
    // Of somebody named for the first time in a full reading all is told: what was known before does not count.
    const before =
      everybody && !named.has(objectId) ? undefined : (after.get(objectId) ?? known.get(objectId));
    named.add(objectId);
    after.set(objectId, user['@removed'] ? undefined : merged(before, objectId, user));
  }
  return [...after].flatMap(([objectId, user]) =>
    isSame(known.get(objectId), user) ? [] : [{ objectId, after: user }],
  );
}

/** What is not told has stayed as it was; what is null has gone. */
function merged(before: DirectoryUser | undefined, objectId: string, user: ChangedUser): DirectoryUser {
  const {
    userPrincipalName: upn = before?.upn,
    displayName = before?.displayName,
    accountEnabled,
    userType,
    proxyAddresses,
    onPremisesExtensionAttributes: extensions,
  } = user;
  return {
    objectId,
    upn: upn ?? '',
    displayName: displayName ?? '',
    isEnabled: accountEnabled === undefined ? (before?.isEnabled ?? true) : accountEnabled !== false,
    isGuest: userType === undefined ? (before?.isGuest ?? false) : userType === 'Guest',
    sipAddresses:
      proxyAddresses === undefined
        ? (before?.sipAddresses ?? [])
        : (proxyAddresses ?? []).filter((address) => /^sip:/i.test(address)),
    extensions:
      extensions === null
        ? {}
        : Object.fromEntries(
            Object.entries({ ...before?.extensions, ...extensions }).filter(
              (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
            ),
          ),
  };
}

function isSame(a: DirectoryUser | undefined, b: DirectoryUser | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && JSON.stringify(a) === JSON.stringify(b));
}

function failed(failure: GraphFailure): UsersRead {
  const afterMs =
    failure.kind === 'answered'
      ? failure.retryAfterMs
      : failure.kind === 'no-token' && failure.failure.kind === 'unavailable'
        ? failure.failure.retryAfterMs
        : undefined;
  return { kind: 'failed', detail: describeFailure(failure), afterMs };
}
