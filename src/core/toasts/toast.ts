import type { Side } from '../people.ts';
import type { ToastPlan } from './plan.ts';

/**
 * One conversation that somebody opens in SfB with a person who has clients on both sides, from the first ring until it
 * is clear where the two talk. A pure machine: {@link decideToast} takes the state and what happened, and says what to do.
 *
 *   rang ─┬─► inSkype ─┬─► inTeams ──► over
 *         ├─► inBoth ──┘
 *         └─► inTeams ──► ringingBack ──► over
 *
 * Until `bring` nothing is taken: the invitation is between the author and the person's own clients, and the pool tells
 * the author what becomes of it. From `bring` on the message is the gateway's, and `accept` tells the pool so.
 */
export type ToastState =
  | { readonly kind: 'rang' }
  /** It rings in SfB alone. */
  | { readonly kind: 'inSkype'; readonly only: boolean }
  /** Teams has it, and it goes on ringing in SfB. */
  | { readonly kind: 'inBoth' }
  /** Teams has it, and the gateway has taken the invitation up; before that it `rang` in SfB for its time, or did not. */
  | { readonly kind: 'inTeams'; readonly rang: boolean }
  /** Nobody took it up in Teams: the gateway rings the person's SfB clients. */
  | { readonly kind: 'ringingBack' }
  | { readonly kind: 'over'; readonly end: ToastEnd };

export type ToastEnd =
  /** Nothing was to be chosen. */
  | 'taken'
  | 'answered-in-teams'
  | 'read-in-teams'
  | 'answered-in-skype'
  | 'declined'
  /** Nobody took it up: it waits in Teams unread, and SfB shows a missed conversation. */
  | 'missed'
  /** It could not be brought to Teams: its author is told so, and nothing more is shown of it. */
  | 'undelivered'
  /** The gateway had taken nothing and has lost sight of it: the pool alone goes on with it. */
  | 'left-to-skype';

export type ToastEvent =
  | { readonly kind: 'planned'; readonly plan: ToastPlan }
  /** The recipient wrote to the author, or took the session up, there. */
  | { readonly kind: 'answered'; readonly side: Side }
  | { readonly kind: 'read' }
  | { readonly kind: 'declined' }
  /** The time that {@link ToastDecision.wait} set is over. */
  | { readonly kind: 'timer' }
  /** The pool let it ring no longer. */
  | { readonly kind: 'rangOut' }
  | { readonly kind: 'callerGaveUp' }
  /** The gateway's endpoint was lost, or a session that was taken up has ended. */
  | { readonly kind: 'sessionEnded' }
  /** The message could not be brought to Teams. */
  | { readonly kind: 'undelivered' }
  /** The author opens the same conversation again meanwhile. */
  | { readonly kind: 'superseded' }
  /** The ring of the gateway's own came to nothing: nobody is there, or nobody took it up. */
  | { readonly kind: 'ringFailed'; readonly how: 'declined' | 'unanswered' };

export type ToastCommand =
  /** Take the message into the ledger and bring it to Teams. Comes before `accept`. */
  | { readonly kind: 'bring' }
  /** Take the invitation up: the toasts in SfB go away, and the author is told. */
  | { readonly kind: 'accept' }
  /** Ring the person's own SfB clients with the message. */
  | { readonly kind: 'ring' }
  /** Take that ring back. */
  | { readonly kind: 'stopRinging' }
  /** Have the person's own SfB clients show a missed conversation: they only know that another client took it up. */
  | { readonly kind: 'leaveMissed' }
  /** The two talk in SfB, through the ring of the gateway's own. */
  | { readonly kind: 'relay' }
  /** What lies in Teams was seen in SfB. */
  | { readonly kind: 'markRead' };

export interface ToastDecision {
  readonly state: ToastState;
  readonly commands: readonly ToastCommand[];
  /** After which a `timer` event is due; undefined: none is, and one that was set is off. */
  readonly wait: 'fallOver' | 'ringEnd' | 'keep' | undefined;
}

const bring: ToastCommand = { kind: 'bring' };
const accept: ToastCommand = { kind: 'accept' };

/** Events that do not fit the state (late answers) change nothing. */
export function decideToast(state: ToastState, event: ToastEvent): ToastDecision {
  switch (state.kind) {
    case 'rang':
      return event.kind === 'planned' ? begin(event.plan) : stay(state);
    case 'inSkype':
      return whileInSkype(state, event);
    case 'inBoth':
      return whileInBoth(state, event);
    case 'inTeams':
      return whileInTeams(state, event);
    case 'ringingBack':
      return whileRingingBack(state, event);
    case 'over':
      return afterwards(state, event);
  }
}

function begin(plan: ToastPlan): ToastDecision {
  switch (plan.kind) {
    case 'take':
      return over('taken', bring, accept);
    case 'both':
      return { state: { kind: 'inBoth' }, commands: [bring], wait: 'ringEnd' };
    case 'first':
      if (plan.side === 'skype')
        return {
          state: { kind: 'inSkype', only: plan.only },
          commands: [],
          wait: plan.only ? undefined : 'fallOver',
        };
      return plan.only ? over('taken', bring, accept) : inTeams(false, bring, accept);
  }
}

function whileInSkype(state: Extract<ToastState, { kind: 'inSkype' }>, event: ToastEvent): ToastDecision {
  switch (event.kind) {
    case 'answered':
      return event.side === 'skype' ? over('answered-in-skype') : over('answered-in-teams', bring, accept);
    case 'declined':
      return over('declined');
    case 'timer':
      return inTeams(true, bring, accept);
    case 'superseded':
      return over('missed', bring, accept);
    case 'rangOut':
    case 'callerGaveUp':
      return state.only ? over('missed') : over('missed', bring);
    case 'sessionEnded':
      return over('left-to-skype');
    case 'planned':
    case 'read':
    case 'undelivered':
    case 'ringFailed':
      return stay(state);
  }
}

function whileInBoth(state: ToastState, event: ToastEvent): ToastDecision {
  switch (event.kind) {
    case 'answered':
      return event.side === 'skype'
        ? over('answered-in-skype', { kind: 'markRead' })
        : over('answered-in-teams', accept);
    case 'read':
      return over('read-in-teams', accept);
    case 'declined':
      return over('declined');
    case 'timer':
      return inTeams(true, accept);
    case 'superseded':
      return over('missed', accept);
    case 'rangOut':
    case 'callerGaveUp':
    case 'sessionEnded':
      return over('missed');
    // Its author is told so in the session that rings.
    case 'undelivered':
      return over('undelivered', accept);
    case 'planned':
    case 'ringFailed':
      return stay(state);
  }
}

function whileInTeams(state: Extract<ToastState, { kind: 'inTeams' }>, event: ToastEvent): ToastDecision {
  switch (event.kind) {
    // In SfB: the person's own client was faster than an `accept` of the gateway.
    case 'answered':
      return event.side === 'skype'
        ? over('answered-in-skype', { kind: 'markRead' })
        : over('answered-in-teams');
    case 'read':
      return over('read-in-teams');
    case 'timer':
      return state.rang
        ? over('missed', { kind: 'leaveMissed' })
        : { state: { kind: 'ringingBack' }, commands: [{ kind: 'ring' }], wait: undefined };
    case 'superseded':
      return over('missed');
    case 'undelivered':
      return over('undelivered');
    case 'planned':
    case 'declined':
    case 'rangOut':
    case 'callerGaveUp':
    case 'sessionEnded':
    case 'ringFailed':
      return stay(state);
  }
}

function whileRingingBack(state: ToastState, event: ToastEvent): ToastDecision {
  switch (event.kind) {
    case 'answered':
      return event.side === 'skype'
        ? over('answered-in-skype', { kind: 'relay' }, { kind: 'markRead' })
        : over('answered-in-teams', { kind: 'stopRinging' });
    case 'read':
      return over('read-in-teams', { kind: 'stopRinging' });
    case 'ringFailed':
      return over(event.how === 'declined' ? 'declined' : 'missed');
    case 'superseded':
      return over('missed', { kind: 'stopRinging' });
    case 'undelivered':
      return over('undelivered', { kind: 'stopRinging' });
    case 'planned':
    case 'declined':
    case 'timer':
    case 'rangOut':
    case 'callerGaveUp':
    case 'sessionEnded':
      return stay(state);
  }
}

/** The person's own client may have been faster than the gateway all the same: then the two talk there. */
function afterwards(state: Extract<ToastState, { kind: 'over' }>, event: ToastEvent): ToastDecision {
  const late = event.kind === 'answered' && event.side === 'skype';
  return late && (state.end === 'missed' || state.end === 'read-in-teams')
    ? over('answered-in-skype', { kind: 'markRead' })
    : { state, commands: [], wait: undefined };
}

/** Whether reading in Teams has to be noticed soon, because it rings in SfB. In Teams alone it matters at the timer. */
export function awaitsReading({ kind }: ToastState): boolean {
  return kind === 'inBoth' || kind === 'ringingBack';
}

function inTeams(rang: boolean, ...commands: readonly ToastCommand[]): ToastDecision {
  return { state: { kind: 'inTeams', rang }, commands, wait: 'fallOver' };
}

function over(end: ToastEnd, ...commands: readonly ToastCommand[]): ToastDecision {
  return { state: { kind: 'over', end }, commands, wait: undefined };
}

function stay(state: ToastState): ToastDecision {
  return { state, commands: [], wait: 'keep' };
}
