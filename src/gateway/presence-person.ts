import { otherSide, type Side, sides } from '../core/people.ts';
import type { MirrorPerson } from '../core/presence/authority.ts';
import {
  decideMirror,
  type MirrorEvent,
  type MirrorState,
  type MirrorTimes,
  ownPresence,
  startMirror,
} from '../core/presence/mirror.ts';
import { decidePace, type Pace, type PaceEvent, unpaced } from '../core/presence/pace.ts';
import { isSignedIn, type Presence } from '../core/presence/presence.ts';
import type { Remarks } from '../core/presence/remarks.ts';
import {
  decideRemarks,
  type RemarksEvent,
  type RemarksState,
  startRemarks,
} from '../core/presence/remarks-mirror.ts';

/** What is to be told to a network now. */
export type Telling =
  | { readonly kind: 'presence'; readonly side: Side; readonly presence: Presence }
  | { readonly kind: 'remarks'; readonly side: Side; readonly remarks: Remarks }
  /** What was said there the person has put their own words in the place of. */
  | { readonly kind: 'overwritten'; readonly side: Side };

interface Paced<T> {
  pace: Pace<T>;
  dueAt: number | undefined;
}

interface SidePaces {
  readonly presence: Paced<Presence>;
  readonly remarks: Paced<Remarks>;
}

/**
 * One person's presence: the two mirrors, the pace at which what they decide goes out, and what an earlier run left on show
 * that nothing has confirmed yet. Nothing here waits or owns a timer: what is to be done now is returned.
 */
export class PersonPresence {
  readonly #times: MirrorTimes;
  #mirror: MirrorState;
  #remarks: RemarksState = startRemarks;
  #remarksWakeAt: number | undefined;
  #mirrorWakeAt: number | undefined;
  readonly #paces: Partial<Record<Side, SidePaces>> = {};
  readonly #isUnconfirmed: Record<Side, boolean> = { teams: false, skype: false };
  readonly #activeAt: Partial<Record<Side, number>> = {};

  constructor(person: MirrorPerson, times: MirrorTimes) {
    this.#times = times;
    this.#mirror = startMirror(person, times);
  }

  /** When {@link due} is to be called, Unix ms, if it is. */
  get wakeAt(): number | undefined {
    const times = sides.flatMap((side) => {
      const paces = this.#paces[side];
      return [paces?.presence.dueAt, paces?.remarks.dueAt];
    });
    const known = [this.#mirrorWakeAt, this.#remarksWakeAt, ...times].filter((time) => time !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  happened(event: MirrorEvent, now: number): readonly Telling[] {
    const decision = decideMirror(this.#mirror, event, now);
    this.#mirror = decision.state;
    this.#mirrorWakeAt = decision.wakeAt;
    if (event.kind === 'inherited') this.#isUnconfirmed[event.side] = true;
    if (event.kind === 'changed') for (const side of event.moved ?? []) this.#moved(side, now);
    const published = decision.publish.flatMap(({ side, presence }) => {
      this.#isUnconfirmed[side] = false;
      return this.#pacePresence(side, presence, !isSignedIn(presence), now);
    });
    return [...published, ...this.#takenBack(now), ...this.remarked({ kind: 'looked' }, now)];
  }

  remarked(event: RemarksEvent, now: number): readonly Telling[] {
    const decision = decideRemarks(
      this.#remarks,
      event,
      {
        person: this.#mirror.person,
        shows: (side) => isSignedIn(this.ours(side)),
        paceMs: this.#times.paceMs,
      },
      now,
    );
    this.#remarks = decision.state;
    this.#remarksWakeAt = decision.wakeAt;
    for (const side of decision.leave) this.#holdBackNoRemarks(side);
    return [
      ...decision.leave.map((side) => ({ kind: 'overwritten', side }) as const),
      ...decision.say.flatMap(({ side, remarks }) =>
        this.#paceRemarks(side, { kind: 'change', value: remarks, urgent: false }, now),
      ),
    ];
  }

  /** Time has passed. */
  due(now: number): readonly Telling[] {
    const due = sides.flatMap((side): readonly Telling[] => {
      const presence = this.#paces[side]?.presence.dueAt ?? Number.POSITIVE_INFINITY;
      const remarks = this.#paces[side]?.remarks.dueAt ?? Number.POSITIVE_INFINITY;
      return [
        ...(presence <= now ? this.#letPresence(side, { kind: 'due' }, now) : []),
        ...(remarks <= now ? this.#paceRemarks(side, { kind: 'due' }, now) : []),
      ];
    });
    return [...due, ...this.happened({ kind: 'woken' }, now)];
  }

  /** What an earlier run left on show there, and nothing has confirmed in time, is to go. */
  expire(side: Side, now: number): readonly Telling[] {
    return this.#isUnconfirmed[side] ? this.happened({ kind: 'unconfirmed', side }, now) : [];
  }

  /** Nobody tells any longer how that side is: what it told counts no more. */
  unwatched(side: Side, now: number): readonly Telling[] {
    delete this.#activeAt[side];
    return [
      ...this.happened({ kind: 'unwatched', side }, now),
      ...this.remarked({ kind: 'unwatched', side }, now),
    ];
  }

  active(side: Side, at: number): void {
    this.#activeAt[side] = at;
  }

  activeAt(side: Side): number | undefined {
    return this.#activeAt[side];
  }

  seen(side: Side): { readonly presence: Presence; readonly at: number } | undefined {
    return this.#mirror.sides[side].seen;
  }

  /** What the gateway shows there. */
  ours(side: Side): Presence {
    return this.#mirror.sides[side].ours;
  }

  own(side: Side, now: number): Presence | undefined {
    return ownPresence(this.#mirror, side, now);
  }

  remarksSeen(side: Side): Remarks | undefined {
    return this.#remarks[side].seen?.remarks;
  }

  ourRemarks(side: Side): Remarks {
    return this.#remarks[side].ours;
  }

  /** Once the side with the authority has told what is true, what was left on show is made this run's own. */
  #takenBack(now: number): readonly Telling[] {
    return sides.flatMap((side) => {
      if (!this.#isUnconfirmed[side] || ownPresence(this.#mirror, otherSide(side), now) === undefined)
        return [];
      this.#isUnconfirmed[side] = false;
      return this.#pacePresence(side, this.ours(side), true, now);
    });
  }

  #moved(side: Side, now: number): void {
    delete this.#paces[side];
    delete this.#activeAt[side];
    this.#isUnconfirmed[side] = false;
    this.remarked({ kind: 'moved', side }, now);
  }

  #pacePresence(side: Side, value: Presence, urgent: boolean, now: number): readonly Telling[] {
    if (!isSignedIn(value)) this.#holdBackNoRemarks(side);
    return this.#letPresence(side, { kind: 'change', value, urgent }, now);
  }

  #holdBackNoRemarks(side: Side): void {
    const { remarks } = this.#pacesOf(side);
    remarks.pace = { toldAt: remarks.pace.toldAt, waiting: { kind: 'nothing' } };
    remarks.dueAt = undefined;
  }

  #letPresence(side: Side, event: PaceEvent<Presence>, now: number): readonly Telling[] {
    const tell = this.#let(this.#pacesOf(side).presence, event, now);
    return tell.kind === 'nothing' ? [] : [{ kind: 'presence', side, presence: tell.value }];
  }

  #paceRemarks(side: Side, event: PaceEvent<Remarks>, now: number): readonly Telling[] {
    const tell = this.#let(this.#pacesOf(side).remarks, event, now);
    return tell.kind === 'nothing' ? [] : [{ kind: 'remarks', side, remarks: tell.value }];
  }

  #let<T>(paced: Paced<T>, event: PaceEvent<T>, now: number) {
    const decision = decidePace(paced.pace, event, now, this.#times.paceMs);
    paced.pace = decision.pace;
    paced.dueAt = decision.dueAt;
    return decision.tell;
  }

  #pacesOf(side: Side): SidePaces {
    const known = this.#paces[side];
    if (known) return known;
    const fresh = (): Paced<never> => ({ pace: unpaced, dueAt: undefined });
    const made: SidePaces = { presence: fresh(), remarks: fresh() };
    this.#paces[side] = made;
    return made;
  }
}
