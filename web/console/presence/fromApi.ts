import { arrayAt, isRecord, stringAt } from '../../shared/http.ts';
import type { Side } from '../model.ts';
import type { Endpoint, PersonPresence, Presence, Step } from './model.ts';

export function toPersonPresence(value: unknown): PersonPresence {
  return {
    id: stringAt(value, 'id'),
    name: stringAt(value, 'displayName') || stringAt(value, 'id'),
    mode: stringAt(value, 'mode'),
    now: timeAt(value, 'now') ?? 0,
    authority: stringAt(value, 'authority'),
    endpoints: arrayAt(value, 'endpoints').map(toEndpoint),
    history: arrayAt(value, 'history').map(toStep),
  };
}

function toEndpoint(value: unknown): Endpoint {
  const state = stringAt(value, 'state');
  return {
    side: sideAt(value),
    whose: stringAt(value, 'whose') === 'gateway' ? 'gateway' : 'person',
    state: state === 'known' || state === 'covered' ? state : 'untold',
    presence: presenceAt(value),
    source: stringAt(value, 'source'),
    reportedAt: timeAt(value, 'reportedAt'),
    lastActiveAt: timeAt(value, 'lastActiveAt'),
    leaseUntil: timeAt(value, 'leaseUntil'),
    note: stringAt(value, 'note'),
    outOfOffice: isRecord(value) && 'outOfOffice' in value ? stringAt(value, 'outOfOffice') : undefined,
  };
}

function toStep(value: unknown): Step {
  const kind = stringAt(value, 'kind');
  return {
    at: timeAt(value, 'at') ?? 0,
    side: sideAt(value),
    kind: kind === 'shown' || kind === 'refused' ? kind : 'seen',
    presence: presenceAt(value),
  };
}

function presenceAt(value: unknown): Presence | undefined {
  const availability = stringAt(value, 'presence', 'availability');
  return availability === ''
    ? undefined
    : { availability, activity: stringAt(value, 'presence', 'activity') };
}

function sideAt(value: unknown): Side {
  return stringAt(value, 'side') === 'skype' ? 'skype' : 'teams';
}

function timeAt(value: unknown, name: string): number | undefined {
  const time = isRecord(value) ? value[name] : undefined;
  return typeof time === 'number' && Number.isFinite(time) ? time : undefined;
}
