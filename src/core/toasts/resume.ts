import type { ToastState } from './toast.ts';

/** What outlives the process: from the message's being taken on, until it is over. */
export type LastingToastState = Extract<ToastState, { kind: 'inBoth' | 'inTeams' | 'ringingBack' }>;

/** Undefined for what needs no memory: the gateway has taken nothing yet, or it is over. */
export function lastingToastState(state: ToastState): LastingToastState | undefined {
  switch (state.kind) {
    case 'inBoth':
    case 'inTeams':
    case 'ringingBack':
      return state;
    case 'rang':
    case 'inSkype':
    case 'over':
      return undefined;
  }
}

/**
 * How a toast goes on in a new run. What rang at the gateway's endpoint, or through it, went with the old run: what became of
 * that no network says any more, and it is not rung again. What waits in Teams goes on waiting, and falls over in its time;
 * when that is long past (`isLate`) it is missed, and not rung as if it were new.
 */
export function resumeToast(state: LastingToastState, isLate: boolean): ToastState {
  switch (state.kind) {
    case 'inBoth':
      return { kind: 'over', end: 'left-to-skype' };
    case 'ringingBack':
      return { kind: 'over', end: 'missed' };
    case 'inTeams':
      return isLate ? { kind: 'inTeams', rang: true } : state;
  }
}
