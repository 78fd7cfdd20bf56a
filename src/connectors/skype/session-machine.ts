import type { RemoteId } from '../../core/ids.ts';
import type { DialogId } from './door.ts';
import { type Decision, fail, go, openFailure, stay, stop, unansweredFailure } from './session-decision.ts';
import { type Here, onLeave, whileLeaving } from './session-leaving.ts';
import type {
  SessionCommand,
  SessionEvent,
  SessionState,
  TextEnd,
  TextId,
  Waiting,
} from './session-state.ts';

const none: SessionState = { kind: 'none' };
/** @param idleMs silence after which a session counts as ended */
export function decide(state: SessionState, event: SessionEvent, idleMs: number): Decision {
  if (state.kind === 'leaving') return whileLeaving(state, event);
  switch (event.kind) {
    case 'send':
      return onSend(state, { text: event.text, fresh: event.fresh }, event.at, idleMs);
    case 'invited':
      return onInvited(state, event.dialog);
    case 'rang':
      return onRang(state, event.dialog);
    case 'joined':
      return onJoined(state, event.dialog, event.at);
    case 'accepted':
      return onAccepted(state, event.dialog, event.remote, event.at);
    case 'inviteFailed':
      return onInviteFailed(state, event);
    case 'sent':
    case 'sendFailed':
      return onSendEnd(state, event);
    case 'heard':
      return state.kind === 'open' && state.dialog === event.dialog
        ? stay({ ...state, lastAt: Math.max(state.lastAt, event.at) })
        : stay(state);
    case 'ended':
      return onEnded(state, event.dialog);
    case 'leave':
      return onLeave(state);
    case 'deadline':
      return onDeadline(state, event.text);
    case 'overdue':
      return onOverdue(state, event.text);
    case 'tick':
      return state.kind === 'open' && isIdle(state, event.at, idleMs)
        ? go(none, stop(state.dialog))
        : stay(state);
  }
}

function onSend(state: Here, waiting: Waiting, at: number, idleMs: number): Decision {
  switch (state.kind) {
    case 'none':
      return invite(waiting);
    case 'open':
      if (isIdle(state, at, idleMs)) return invite(waiting, stop(state.dialog));
      if (state.sending) return busy(state, waiting.text);
      return go({ ...state, sending: waiting }, { kind: 'post', dialog: state.dialog, text: waiting.text });
    case 'ringing':
    case 'joining':
      return state.waiting ? busy(state, waiting.text) : stay({ ...state, waiting });
    case 'inviting':
    case 'yielding':
      return busy(state, waiting.text);
  }
}

/** Another text is under way, or an old invitation has not found its end yet: later is better. */
function busy(state: SessionState, text: TextId): Decision {
  return go(
    state,
    fail(text, { kind: 'transient', id: 'session-ended', detail: 'an invitation is being taken back' }),
  );
}

/** Who opens another session has left the one before, though the pool has not said so yet. */
function onRang(state: Here, dialog: DialogId): Decision {
  const ringing: SessionState = { kind: 'ringing', dialog, waiting: undefined };
  if (state.kind === 'none') return stay(ringing);
  return state.kind === 'open' && !state.sending && state.dialog !== dialog
    ? go(ringing, stop(state.dialog))
    : onInvited(state, dialog);
}

function onInvited(state: Here, dialog: DialogId): Decision {
  const join: SessionCommand = { kind: 'join', dialog };
  switch (state.kind) {
    case 'none':
      return go({ kind: 'joining', dialog, waiting: undefined }, join);
    case 'ringing':
      return state.dialog === dialog
        ? go({ ...state, kind: 'joining' }, join)
        : go({ ...state, kind: 'joining', dialog }, join, stop(state.dialog));
    case 'joining':
      return state.dialog === dialog ? stay(state) : go({ ...state, dialog }, join);
    case 'inviting':
      return go(
        {
          kind: 'yielding',
          ours: state.dialog,
          theirs: dialog,
          theirsIs: 'joining',
          text: state.text === undefined ? undefined : { text: state.text, fresh: `${state.dialog}+` },
        },
        join,
        { kind: 'cancel', dialog: state.dialog },
      );
    case 'yielding':
      return state.theirs === dialog
        ? stay(state)
        : go({ ...state, theirs: dialog, theirsIs: 'joining' }, join);
    case 'open':
      if (state.dialog === dialog || state.successor === dialog) return stay(state);
      return state.sending
        ? go({ ...state, successor: dialog }, join)
        : go({ kind: 'joining', dialog, waiting: undefined }, join, stop(state.dialog));
  }
}

function onJoined(state: Here, dialog: DialogId, at: number): Decision {
  switch (state.kind) {
    case 'joining':
      if (state.dialog !== dialog) return go(state, stop(dialog));
      return opened(dialog, at, state.waiting);
    case 'yielding':
      return state.theirs === dialog ? stay({ ...state, theirsIs: 'open' }) : go(state, stop(dialog));
    case 'open':
      return state.dialog === dialog || state.successor === dialog ? stay(state) : go(state, stop(dialog));
    case 'none':
    case 'ringing':
    case 'inviting':
      return go(state, stop(dialog));
  }
}

function onAccepted(state: Here, dialog: DialogId, remote: RemoteId, at: number): Decision {
  const delivered = (text: TextId): SessionCommand => ({
    kind: 'settle',
    text,
    end: { kind: 'delivered', dialog, remote },
  });
  if (state.kind === 'inviting' && state.dialog === dialog) {
    const commands = state.text === undefined ? [] : [delivered(state.text)];
    return go(openState(dialog, at), ...commands);
  }
  if (state.kind === 'yielding' && state.ours === dialog) {
    const commands = state.text === undefined ? [] : [delivered(state.text.text)];
    return go(openState(dialog, at), ...commands, ...(state.theirsIs === 'gone' ? [] : [stop(state.theirs)]));
  }
  return go(state, stop(dialog));
}

function onInviteFailed(
  state: Here,
  { dialog, failure, at }: Extract<SessionEvent, { kind: 'inviteFailed' }>,
): Decision {
  if (state.kind === 'inviting' && state.dialog === dialog) {
    if (state.text === undefined) return stay(none);
    const certain = failure.kind !== 'uncertain';
    return go(none, fail(state.text, state.givenUp && certain ? unansweredFailure : failure));
  }
  if (state.kind !== 'yielding' || state.ours !== dialog) return stay(state);
  const { theirs, theirsIs, text } = state;
  if (text && failure.kind === 'uncertain') {
    return go(afterYield(theirs, theirsIs, at), fail(text.text, failure));
  }
  switch (theirsIs) {
    case 'joining':
      return stay({ kind: 'joining', dialog: theirs, waiting: text });
    case 'open':
      return opened(theirs, at, text);
    case 'gone':
      return text ? invite(text) : stay(none);
  }
}

function afterYield(theirs: DialogId, theirsIs: 'joining' | 'open' | 'gone', at: number): SessionState {
  switch (theirsIs) {
    case 'joining':
      return { kind: 'joining', dialog: theirs, waiting: undefined };
    case 'open':
      return openState(theirs, at);
    case 'gone':
      return none;
  }
}

function onSendEnd(state: Here, event: Extract<SessionEvent, { kind: 'sent' | 'sendFailed' }>): Decision {
  if (state.kind !== 'open' || state.sending?.text !== event.text) return stay(state);
  const { dialog, sending, successor } = state;
  const at = event.kind === 'sent' ? event.at : state.lastAt;
  const next = successor !== undefined ? openState(successor, at) : state.gone ? none : openState(dialog, at);
  const leave = successor !== undefined && !state.gone ? [stop(dialog)] : [];
  if (event.kind === 'sent') {
    const end: TextEnd = { kind: 'delivered', dialog, remote: event.remote };
    return go(next, { kind: 'settle', text: event.text, end }, ...leave);
  }
  if (event.failure.id === 'no-answer') return abandon(state, fail(event.text, event.failure));
  if (event.failure.kind !== 'ended') return go(next, fail(event.text, event.failure), ...leave);
  return successor === undefined
    ? invite(sending)
    : go({ ...openState(successor, at), sending }, { kind: 'post', dialog: successor, text: sending.text });
}

function onEnded(state: Here, dialog: DialogId): Decision {
  switch (state.kind) {
    case 'none':
    case 'inviting':
      return stay(state);
    case 'ringing':
    case 'joining':
      if (state.dialog !== dialog) return stay(state);
      return state.waiting ? invite(state.waiting) : stay(none);
    case 'yielding':
      return state.theirs === dialog ? stay({ ...state, theirsIs: 'gone' }) : stay(state);
    case 'open':
      if (state.successor === dialog) return stay({ ...state, successor: undefined });
      if (state.dialog !== dialog) return stay(state);
      return state.sending ? stay({ ...state, gone: true }) : stay(none);
  }
}

function onDeadline(state: Here, text: TextId): Decision {
  switch (state.kind) {
    case 'inviting':
      if (state.text !== text) return stay(state);
      return go({ ...state, givenUp: true }, { kind: 'cancel', dialog: state.dialog });
    case 'ringing':
    case 'joining':
      if (state.waiting?.text !== text) return stay(state);
      return go({ ...state, waiting: undefined }, fail(text, unansweredFailure));
    case 'none':
    case 'yielding':
    case 'open':
      return stay(state);
  }
}

function onOverdue(state: Here, text: TextId): Decision {
  switch (state.kind) {
    case 'inviting':
      return state.text === text ? go({ ...state, text: undefined }, fail(text, openFailure)) : stay(state);
    case 'yielding':
      return state.text?.text === text
        ? go({ ...state, text: undefined }, fail(text, openFailure))
        : stay(state);
    case 'ringing':
    case 'joining':
      return state.waiting?.text === text
        ? go({ ...state, waiting: undefined }, fail(text, unansweredFailure))
        : stay(state);
    case 'open':
      return state.sending?.text === text ? abandon(state, fail(text, openFailure)) : stay(state);
    case 'none':
      return stay(state);
  }
}

/** A client that takes no message is gone, whatever the pool says of the session: the next text invites anew. */
function abandon(state: Open, settle: SessionCommand): Decision {
  const { dialog, successor, lastAt, gone } = state;
  const next = successor === undefined ? none : openState(successor, lastAt);
  return go(next, settle, ...(gone ? [] : [stop(dialog)]));
}

type Open = Extract<SessionState, { kind: 'open' }>;

function isIdle(state: Open, at: number, idleMs: number): boolean {
  return !state.sending && at - state.lastAt >= idleMs;
}

function openState(dialog: DialogId, lastAt: number): Open {
  return { kind: 'open', dialog, lastAt, sending: undefined, gone: false, successor: undefined };
}

function opened(dialog: DialogId, at: number, sending: Waiting | undefined): Decision {
  const state = { ...openState(dialog, at), sending };
  return sending ? go(state, { kind: 'post', dialog, text: sending.text }) : stay(state);
}

function invite({ text, fresh }: Waiting, ...before: readonly SessionCommand[]): Decision {
  return go({ kind: 'inviting', dialog: fresh, text, givenUp: false }, ...before, {
    kind: 'invite',
    dialog: fresh,
    text,
  });
}
