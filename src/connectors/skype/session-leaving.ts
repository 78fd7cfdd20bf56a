import type { Failure } from './errors.ts';
import { type Decision, fail, go, openFailure, stay, unansweredFailure } from './session-decision.ts';
import type { SessionEvent, SessionState, TextEnd, UnderWay } from './session-state.ts';

type Leaving = Extract<SessionState, { kind: 'leaving' }>;
/** While the endpoint stays. */
export type Here = Exclude<SessionState, Leaving>;

/** Certainly not shown: a session of another endpoint may bring it. */
const leftFailure: Failure = { kind: 'ended', id: 'session-ended', detail: 'its endpoint signs out' };

/**
 * A pool ends what rings together with the endpoint that rings, and nobody learns then whether it was taken up in that
 * moment. So it is taken back first: that says for certain.
 */
export function onLeave(state: Here): Decision {
  const leaving = (underWay?: UnderWay): SessionState => ({ kind: 'leaving', underWay });
  switch (state.kind) {
    case 'none':
      return stay(leaving());
    case 'ringing':
    case 'joining':
      return state.waiting ? go(leaving(), fail(state.waiting.text, leftFailure)) : stay(leaving());
    case 'inviting': {
      const { dialog, text, givenUp } = state;
      if (text === undefined) return stay(leaving());
      if (givenUp) return stay(leaving({ text, dialog, unanswered: unansweredFailure }));
      return go(leaving({ text, dialog, unanswered: leftFailure }), { kind: 'cancel', dialog });
    }
    case 'yielding': {
      const { ours: dialog, text } = state;
      return stay(leaving(text && { text: text.text, dialog, unanswered: leftFailure }));
    }
    case 'open': {
      const { dialog, sending } = state;
      return stay(leaving(sending && { text: sending.text, dialog, unanswered: leftFailure }));
    }
  }
}

/** What a session does until its endpoint has gone. */
export function whileLeaving(state: Leaving, event: SessionEvent): Decision {
  const { underWay } = state;
  const settled = (end: TextEnd): Decision =>
    underWay
      ? go({ kind: 'leaving', underWay: undefined }, { kind: 'settle', text: underWay.text, end })
      : stay(state);
  switch (event.kind) {
    case 'send':
      return go(state, fail(event.text, leftFailure));
    case 'invited':
      // What it said has been taken: its author is not to be told otherwise.
      return go(state, { kind: 'join', dialog: event.dialog });
    case 'accepted':
      return underWay?.dialog === event.dialog
        ? settled({ kind: 'delivered', dialog: event.dialog, remote: event.remote })
        : stay(state);
    case 'inviteFailed': {
      if (underWay?.dialog !== event.dialog) return stay(state);
      const { failure } = event;
      return settled({ kind: 'failed', failure: failure.id === 'no-answer' ? underWay.unanswered : failure });
    }
    case 'sent':
      return underWay?.text === event.text
        ? settled({ kind: 'delivered', dialog: underWay.dialog, remote: event.remote })
        : stay(state);
    case 'sendFailed':
      return underWay?.text === event.text
        ? settled({ kind: 'failed', failure: event.failure })
        : stay(state);
    case 'overdue':
      return underWay?.text === event.text ? settled({ kind: 'failed', failure: openFailure }) : stay(state);
    case 'rang':
    case 'joined':
    case 'heard':
    case 'ended':
    case 'leave':
    case 'deadline':
    case 'tick':
      return stay(state);
  }
}
