import type { PreferredPair, PresencePair, SessionPair } from '../../../protocols/graph/presence.ts';

/** What one application shows for a person. Times are Unix ms. */
export interface PresenceSession {
  readonly pair: SessionPair;
  readonly setAt: number;
  readonly expiresAt: number;
}

/** What the person chose to show. */
export interface PreferredPresence {
  readonly pair: PreferredPair;
  readonly expiresAt: number;
}

/** What the person's calendar and automatic replies say now. No request of Graph's presence API sets it. */
export type Calendar =
  | { readonly kind: 'free' | 'meeting' }
  | { readonly kind: 'outOfOffice'; readonly message: string };

export interface PresenceInputs {
  /** By session id. */
  readonly sessions: ReadonlyMap<string, PresenceSession>;
  readonly preferred: PreferredPresence | undefined;
  readonly calendar: Calendar;
}

/** An available session that nobody repeats turns inactive after this long, and away after twice as long. */
export const fadeMs = 5 * 60_000;

const offline: PresencePair = { availability: 'Offline', activity: 'Offline' };
const inactive: PresencePair = { availability: 'Available', activity: 'AvailableInactive' };
const away: PresencePair = { availability: 'Away', activity: 'Away' };
const meeting: PresencePair = { availability: 'Busy', activity: 'InAMeeting' };
const outOfOffice: PresencePair = { availability: 'Available', activity: 'OutOfOffice' };

/**
 * What others see at `now`: the preference while any session lives, else the strongest session, else Offline. The calendar
 * says why somebody is there who would be Available.
 */
export function aggregate({ sessions, preferred, calendar }: PresenceInputs, now: number): PresencePair {
  let strongest: PresencePair | undefined;
  let strongestSetAt = 0;
  for (const session of sessions.values()) {
    if (session.expiresAt <= now) continue;
    const pair = shownBy(session, now);
    const difference = strength(pair) - strength(strongest ?? offline);
    if (difference > 0 || (difference === 0 && session.setAt > strongestSetAt)) {
      strongest = pair;
      strongestSetAt = session.setAt;
    }
  }
  if (strongest === undefined) return offline;
  if (preferred && preferred.expiresAt > now) return preferred.pair;
  return strongest.availability === 'Available' ? byCalendar(calendar, strongest) : strongest;
}

function byCalendar({ kind }: Calendar, available: PresencePair): PresencePair {
  switch (kind) {
    case 'free':
      return available;
    case 'meeting':
      return meeting;
    case 'outOfOffice':
      return outOfOffice;
  }
}

/** Only an available session fades. */
export function shownBy({ pair, setAt }: PresenceSession, now: number): PresencePair {
  if (pair.availability !== 'Available' || now < setAt + fadeMs) return pair;
  return now < setAt + 2 * fadeMs ? inactive : away;
}

/** DoNotDisturb > Busy > Available > Away > Offline; inactive stands just below active. */
function strength(pair: PresencePair): number {
  switch (pair.availability) {
    case 'DoNotDisturb':
      return 5;
    case 'Busy':
      return 4;
    case 'Available':
      return pair.activity === 'Available' ? 3 : 2;
    case 'Away':
      return 1;
    default:
      return 0;
  }
}

/** When time alone may next change what {@link aggregate} says; undefined: never. */
export function nextChange({ sessions, preferred }: PresenceInputs, now: number): number | undefined {
  let next = Infinity;
  const consider = (at: number): void => {
    if (at > now && at < next) next = at;
  };
  for (const { pair, setAt, expiresAt } of sessions.values()) {
    consider(expiresAt);
    if (pair.availability !== 'Available') continue;
    consider(setAt + fadeMs);
    consider(setAt + 2 * fadeMs);
  }
  if (preferred) consider(preferred.expiresAt);
  return next === Infinity ? undefined : next;
}

/** The same without what has run out; the very same, as nearly always, when nothing has. */
export function withoutExpired(inputs: PresenceInputs, now: number): PresenceInputs {
  const { sessions, preferred } = inputs;
  const lives = ({ expiresAt }: { readonly expiresAt: number }): boolean => expiresAt > now;
  if ((preferred === undefined || lives(preferred)) && sessions.values().every(lives)) return inputs;
  return {
    ...inputs,
    sessions: new Map([...sessions].filter(([, session]) => lives(session))),
    preferred: preferred && lives(preferred) ? preferred : undefined,
  };
}
