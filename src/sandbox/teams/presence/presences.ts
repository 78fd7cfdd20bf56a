import { subscriptionDate } from '../../../protocols/graph/dates.ts';
import type {
  PreferredPair,
  Presence,
  PresenceStatusMessage,
  SessionPair,
} from '../../../protocols/graph/presence.ts';
import type { NewStatusMessage, PresenceBackend } from '../../../protocols/graph/server/backend.ts';
import type { Change } from '../../../protocols/graph/server/notifier/change.ts';
import type { Clock } from '../../clock.ts';
import { aggregate, type Calendar, nextChange, type PresenceInputs, withoutExpired } from './aggregate.ts';

interface Status {
  readonly shown: PresenceStatusMessage;
  /** Unix ms. */
  readonly expiresAt: number;
}

interface State {
  inputs: PresenceInputs;
  status: Status | undefined;
  presence: Presence;
  timer: Disposable | undefined;
}

/** Sessions one person can have at once; the oldest makes room. */
const maxSessions = 64;

/** Everybody's presence. Each change, also one by time, is told once. Disposing it stops the timers. */
export class Presences implements PresenceBackend, Disposable {
  readonly #clock: Clock;
  readonly #tenantOf: (userId: string) => string;
  readonly #emit: (change: Change) => void;
  readonly #states = new Map<string, State>();
  #lastStamp = 0;

  constructor(clock: Clock, tenantOf: (userId: string) => string, emit: (change: Change) => void) {
    this.#clock = clock;
    this.#tenantOf = tenantOf;
    this.#emit = emit;
  }

  get(userId: string): Presence {
    return this.#states.get(userId)?.presence ?? offline(userId, '0'.repeat(16));
  }

  setSession(userId: string, sessionId: string, pair: SessionPair, durationMs: number): void {
    const now = this.#clock.now();
    this.#update(userId, ({ sessions }) => {
      const others = [...sessions].filter(([id]) => id !== sessionId).slice(1 - maxSessions);
      const session = { pair, setAt: now, expiresAt: now + durationMs };
      return { sessions: new Map([...others, [sessionId, session]]) };
    });
  }

  clearSession(userId: string, sessionId: string): boolean {
    const { sessions } = this.#state(userId).inputs;
    if (!sessions.has(sessionId)) return false;
    this.#update(userId, () => ({
      sessions: new Map([...sessions].filter(([id]) => id !== sessionId)),
    }));
    return true;
  }

  setPreferred(userId: string, pair: PreferredPair, durationMs: number): void {
    const expiresAt = this.#clock.now() + durationMs;
    this.#update(userId, () => ({ preferred: { pair, expiresAt } }));
  }

  clearPreferred(userId: string): void {
    this.#update(userId, () => ({ preferred: undefined }));
  }

  /** As the person's calendar would; no client of Graph's presence can. */
  setCalendar(userId: string, calendar: Calendar): void {
    this.#update(userId, () => ({ calendar }));
  }

  setStatusMessage(userId: string, status: NewStatusMessage | undefined): void {
    this.#state(userId).status = status && {
      shown: {
        message: status.message,
        publishedDateTime: subscriptionDate(this.#clock.now()),
        expiryDateTime: status.expiry?.given ?? null,
      },
      expiresAt: status.expiry?.at ?? Infinity,
    };
    this.#refresh(userId);
  }

  [Symbol.dispose](): void {
    for (const { timer } of this.#states.values()) timer?.[Symbol.dispose]();
    this.#states.clear();
  }

  #state(userId: string): State {
    const existing = this.#states.get(userId);
    if (existing) return existing;
    const state: State = {
      inputs: { sessions: new Map(), preferred: undefined, calendar: { kind: 'free' } },
      status: undefined,
      presence: this.get(userId),
      timer: undefined,
    };
    this.#states.set(userId, state);
    return state;
  }

  #update(userId: string, change: (inputs: PresenceInputs) => Partial<PresenceInputs>): void {
    const state = this.#state(userId);
    const inputs = withoutExpired(state.inputs, this.#clock.now());
    state.inputs = { ...inputs, ...change(inputs) };
    this.#refresh(userId);
  }

  #refresh(userId: string): void {
    const state = this.#state(userId);
    const now = this.#clock.now();
    state.inputs = withoutExpired(state.inputs, now);
    if (state.status && state.status.expiresAt <= now) state.status = undefined;
    this.#arm(userId, state, now);
    const pair = aggregate(state.inputs, now);
    const statusMessage = state.status?.shown ?? null;
    const outOfOfficeSettings = settingsOf(state.inputs.calendar);
    const { presence: before } = state;
    if (
      before.availability === pair.availability &&
      before.activity === pair.activity &&
      before.statusMessage === statusMessage &&
      before.outOfOfficeSettings.message === outOfOfficeSettings.message
    ) {
      return;
    }
    const presence: Presence = {
      ...before,
      ...pair,
      statusMessage,
      outOfOfficeSettings,
      sequenceNumber: this.#stamp(now),
    };
    state.presence = presence;
    this.#emit({ kind: 'presence', changeType: 'updated', tenantId: this.#tenantOf(userId), presence });
  }

  #arm(userId: string, state: State, now: number): void {
    state.timer?.[Symbol.dispose]();
    const next = Math.min(nextChange(state.inputs, now) ?? Infinity, state.status?.expiresAt ?? Infinity);
    state.timer =
      next === Infinity
        ? undefined
        : this.#clock.setTimer(Math.min(next - now, longestTimerMs), () => this.#refresh(userId));
  }

  /** Greater, as text too, than every one before. */
  #stamp(now: number): string {
    this.#lastStamp = Math.max(now, this.#lastStamp + 1);
    return String(this.#lastStamp).padStart(16, '0');
  }
}

/** Node's timers take no more than about 24 days; a timer that fires early is set again. */
const longestTimerMs = 20 * 24 * 60 * 60_000;

function offline(userId: string, sequenceNumber: string): Presence {
  return {
    id: userId,
    availability: 'Offline',
    activity: 'Offline',
    statusMessage: null,
    outOfOfficeSettings: settingsOf({ kind: 'free' }),
    sequenceNumber,
  };
}

function settingsOf(calendar: Calendar): Presence['outOfOfficeSettings'] {
  return calendar.kind === 'outOfOffice'
    ? { message: calendar.message, isOutOfOffice: true }
    : { message: null, isOutOfOffice: false };
}
