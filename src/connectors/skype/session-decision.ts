import type { DialogId } from './door.ts';
import type { Failure } from './errors.ts';
import type { SessionCommand, SessionState, TextId } from './session-state.ts';

export interface Decision {
  readonly state: SessionState;
  readonly commands: readonly SessionCommand[];
}

export const unansweredFailure: Failure = {
  kind: 'refused',
  id: 'no-answer',
  detail: 'taken back at the deadline',
};
export const openFailure: Failure = {
  kind: 'uncertain',
  id: 'uncertain',
  detail: 'no outcome by the deadline',
};

export function stop(dialog: DialogId): SessionCommand {
  return { kind: 'stop', dialog };
}

export function fail(text: TextId, failure: Failure): SessionCommand {
  return { kind: 'settle', text, end: { kind: 'failed', failure } };
}

export function stay(state: SessionState): Decision {
  return { state, commands: [] };
}

export function go(state: SessionState, ...commands: readonly SessionCommand[]): Decision {
  return { state, commands };
}
