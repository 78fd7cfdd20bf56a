/**
 * How often one thing may be told of, as a pure machine: the first change at once, then no more than one in each
 * `paceMs` (RFC 3856 section 6.10 asks for 5 s for one presentity and watcher), the last one always. What is
 * `urgent`, a person's sign-out above all, never waits and does not count.
 */
export interface Pace<T> {
  /** When the last change that counted was let out, Unix ms. */
  readonly toldAt: number | undefined;
  readonly waiting: Waiting<T>;
}

export type Waiting<T> = { readonly kind: 'nothing' } | { readonly kind: 'change'; readonly value: T };

export type PaceEvent<T> =
  | { readonly kind: 'change'; readonly value: T; readonly urgent: boolean }
  /** The time that {@link Paced.dueAt} asked for has come. */
  | { readonly kind: 'due' };

export interface Paced<T> {
  readonly pace: Pace<T>;
  /** To be told now. */
  readonly tell: Waiting<T>;
  /** Unix ms at which a `due` event is due, if one is. */
  readonly dueAt: number | undefined;
}

const nothing = { kind: 'nothing' } as const;

export const unpaced: Pace<never> = { toldAt: undefined, waiting: nothing };

/** `now` is Unix ms. A clock that was set back holds nothing back for longer than `paceMs`. */
export function decidePace<T>(pace: Pace<T>, event: PaceEvent<T>, now: number, paceMs: number): Paced<T> {
  if (event.kind === 'change' && event.urgent)
    return {
      pace: { toldAt: pace.toldAt, waiting: nothing },
      tell: { kind: 'change', value: event.value },
      dueAt: undefined,
    };
  const waiting: Waiting<T> = event.kind === 'change' ? { kind: 'change', value: event.value } : pace.waiting;
  if (waiting.kind === 'nothing') return { pace: { ...pace, waiting }, tell: nothing, dueAt: undefined };
  const dueAt = pace.toldAt === undefined ? now : Math.min(pace.toldAt, now) + paceMs;
  return dueAt <= now
    ? { pace: { toldAt: now, waiting: nothing }, tell: waiting, dueAt: undefined }
    : { pace: { ...pace, waiting }, tell: nothing, dueAt };
}
