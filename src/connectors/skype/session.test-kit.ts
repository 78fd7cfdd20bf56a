import type { RemoteId } from '../../core/ids.ts';
import type { Failure } from './errors.ts';
import { decide } from './session-machine.ts';
import type { SessionCommand, SessionEvent, SessionState } from './session-state.ts';

export const idleMs = 600_000;
export const remote = 'remote' as RemoteId;
export const over: Failure = { kind: 'ended', id: 'session-ended', detail: 'over' };
export const declined: Failure = { kind: 'refused', id: 'declined', detail: 'no' };

/** Runs events from nothing; returns the last state and every command, in short. */
export function run(...events: readonly SessionEvent[]) {
  let state: SessionState = { kind: 'none' };
  const said: string[] = [];
  for (const event of events) {
    const decision = decide(state, event, idleMs);
    state = decision.state;
    said.push(...decision.commands.map(short));
  }
  return { state, said };
}

function short(command: SessionCommand): string {
  switch (command.kind) {
    case 'invite':
    case 'post':
      return `${command.kind} ${command.text} in ${command.dialog}`;
    case 'cancel':
    case 'join':
    case 'stop':
      return `${command.kind} ${command.dialog}`;
    case 'settle':
      return `${command.text} ${command.end.kind === 'delivered' ? `delivered in ${command.end.dialog}` : command.end.failure.id}`;
  }
}

export const send = (text: string, at = 0): SessionEvent => ({
  kind: 'send',
  text,
  fresh: `for-${text}`,
  at,
});
export const accepted = (dialog: string, at = 0): SessionEvent => ({ kind: 'accepted', dialog, remote, at });
export const inviteFailed = (dialog: string, failure = declined): SessionEvent => ({
  kind: 'inviteFailed',
  dialog,
  failure,
  at: 0,
});
export const sent = (text: string, at = 0): SessionEvent => ({ kind: 'sent', text, remote, at });
export const invited: SessionEvent = { kind: 'invited', dialog: 'theirs' };
export const joined: SessionEvent = { kind: 'joined', dialog: 'theirs', at: 0 };
