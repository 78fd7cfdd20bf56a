import { Type } from 'typebox';
import { parseDuration } from '../../dates.ts';
import { badRequest, forbidden, notFound } from '../../errors.ts';
import { type Filter, namedValues } from '../../odata.ts';
import {
  defaultPreferredDuration,
  maxPresenceIds,
  type Presence,
  type PresencePair,
  preferredPairs,
  sessionDuration,
  sessionPairs,
} from '../../presence.ts';
import { addressedUser } from '../access.ts';
import type { GraphBackend } from '../backend.ts';
import { contexts } from '../context.ts';
import { filterOption } from '../query.ts';
import { bodyReader, type Call, type Route } from '../route.ts';
import { readStatusMessage } from './status-message.ts';

const pair = { availability: Type.String(), activity: Type.String() };
const expirationDuration = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const readSession = bodyReader(Type.Object({ sessionId: Type.String(), ...pair, expirationDuration }));
const readSessionId = bodyReader(Type.Object({ sessionId: Type.String() }));
const readPreferred = bodyReader(Type.Object({ ...pair, expirationDuration }));
const readEmpty = bodyReader(Type.Object({}));
const readIds = bodyReader(
  Type.Object({ ids: Type.Array(Type.String(), { minItems: 1, maxItems: maxPresenceIds }) }),
);

export function presenceRoutes(backend: GraphBackend): readonly Route[] {
  const read: Route['handle'] = async (call) => {
    const { id } = await addressedUser(backend, call);
    const presence = shown(await backend.presence.get(id), call);
    return { status: 200, body: { '@odata.context': contexts.presence(call.base, id), ...presence } };
  };
  const write = (
    operation: Route['operation'],
    change: (userId: string, call: Call) => Promise<void>,
  ): Route => ({
    operation,
    async handle(call) {
      const { id } = await addressedUser(backend, call);
      if (call.claims.kind === 'delegated' && call.claims.userId !== id) {
        throw forbidden("A user's presence can be changed by that user alone.");
      }
      await change(id, call);
      return { status: 200 };
    },
  });
  return [
    { operation: 'GET /me/presence', handle: read },
    { operation: 'GET /users/{user}/presence', handle: read },
    { operation: 'GET /communications/presences/{user}', handle: read },
    {
      operation: 'GET /communications/presences',
      handle: (call) => many(backend, call, idsOfFilter(filterOption(call.query))),
    },
    {
      operation: 'POST /communications/getPresencesByUserId',
      handle: (call) => many(backend, call, readIds(call.body).ids),
    },
    write('POST {presence}/setPresence', async (userId, call) => {
      const { sessionId, expirationDuration: duration, ...given } = readSession(call.body);
      requireOwnSession(sessionId, call);
      const allowed = allowedPair(sessionPairs, given);
      const lasts = readDuration(duration) ?? sessionDuration.default;
      if (lasts < sessionDuration.min || lasts > sessionDuration.max) {
        throw badRequest("'expirationDuration' must be between PT5M and PT4H");
      }
      await backend.presence.setSession(userId, sessionId, allowed, lasts);
    }),
    write('POST {presence}/clearPresence', async (userId, call) => {
      const { sessionId } = readSessionId(call.body);
      requireOwnSession(sessionId, call);
      if (!(await backend.presence.clearSession(userId, sessionId))) {
        throw notFound(`NotFound: presence session '${sessionId}' does not exist.`);
      }
    }),
    write('POST {presence}/setUserPreferredPresence', async (userId, call) => {
      const { expirationDuration: duration, ...given } = readPreferred(call.body);
      const allowed = allowedPair(preferredPairs, given);
      const lasts = readDuration(duration) ?? defaultPreferredDuration(allowed);
      await backend.presence.setPreferred(userId, allowed, lasts);
    }),
    write('POST {presence}/clearUserPreferredPresence', async (userId, call) => {
      readEmpty(call.body);
      await backend.presence.clearPreferred(userId);
    }),
    write('POST {presence}/setStatusMessage', async (userId, call) => {
      await backend.presence.setStatusMessage(userId, readStatusMessage(call.body));
    }),
  ];
}

async function many(backend: GraphBackend, call: Call, ids: readonly string[]) {
  const value: Presence[] = [];
  for (const id of new Set(ids)) {
    const user = await backend.directory.find(call.claims.tenantId, id);
    value.push(user === undefined ? unknown(id) : shown(await backend.presence.get(user.id), call));
  }
  return { status: 200, body: { '@odata.context': contexts.presences(call.base), value } };
}

function unknown(id: string): Presence {
  return {
    id,
    availability: 'PresenceUnknown',
    activity: 'PresenceUnknown',
    statusMessage: null,
    outOfOfficeSettings: { message: null, isOutOfOffice: false },
    sequenceNumber: null,
  };
}

function shown(presence: Presence, { claims }: Call): Presence {
  if (presence.statusMessage === null) return presence;
  if (claims.kind === 'delegated' && claims.userId === presence.id) return presence;
  return { ...presence, statusMessage: { message: presence.statusMessage.message } };
}

function requireOwnSession(sessionId: string, { claims }: Call): void {
  if (sessionId.toLowerCase() !== claims.appId.toLowerCase()) {
    throw badRequest("'sessionId' must be the client id of the calling application");
  }
}

function allowedPair<P extends PresencePair>(pairs: readonly P[], given: PresencePair): P {
  const found = pairs.find(
    (p) => same(p.availability, given.availability) && same(p.activity, given.activity),
  );
  if (found) return found;
  const field = pairs.some((p) => same(p.availability, given.availability)) ? 'activity' : 'availability';
  const allowed = pairs.map((p) => `${p.availability}/${p.activity}`).join(', ');
  throw badRequest(
    `'${field}': ${given.availability}/${given.activity} cannot be set. Allowed are ${allowed}.`,
  );
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function readDuration(text: string | null | undefined): number | undefined {
  if (text === undefined || text === null) return undefined;
  const duration = parseDuration(text);
  if (duration === undefined || duration <= 0)
    throw badRequest("'expirationDuration' must be an ISO 8601 duration");
  return duration;
}

function idsOfFilter(filter: Filter | undefined): readonly string[] {
  const ids = filter && namedValues(filter, 'id');
  if (ids === undefined) throw badRequest("$filter must be 'id in (…)' or 'id eq …'");
  if (ids.length > maxPresenceIds) throw badRequest(`$filter names more than ${maxPresenceIds} ids`);
  return ids;
}
