import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lastingToastState, resumeToast } from './resume.ts';
import { decideToast, type ToastState } from './toast.ts';

const waiting = { kind: 'inTeams', rang: false } as const;

describe('a toast in a new run of the gateway', () => {
  it('is remembered from the taking of its message on, until it is over', () => {
    const states: readonly ToastState[] = [
      { kind: 'rang' },
      { kind: 'inSkype', only: false },
      { kind: 'inBoth' },
      waiting,
      { kind: 'ringingBack' },
      { kind: 'over', end: 'missed' },
    ];
    assert.deepEqual(
      states.map((state) => lastingToastState(state)?.kind),
      [undefined, undefined, 'inBoth', 'inTeams', 'ringingBack', undefined],
    );
  });

  it('goes on waiting in Teams, and falls over to SfB in its time', () => {
    const { state, commands } = decideToast(resumeToast(waiting, false), { kind: 'timer' });
    assert.deepEqual([state, commands], [{ kind: 'ringingBack' }, [{ kind: 'ring' }]]);
  });

  it('is missed when that time is long past', () => {
    const { state, commands } = decideToast(resumeToast(waiting, true), { kind: 'timer' });
    assert.deepEqual([state, commands], [{ kind: 'over', end: 'missed' }, [{ kind: 'leaveMissed' }]]);
  });

  it('is over where it rang through the gateway that died: nothing rings twice', () => {
    assert.deepEqual(resumeToast({ kind: 'ringingBack' }, false), { kind: 'over', end: 'missed' });
    assert.deepEqual(resumeToast({ kind: 'inBoth' }, false), { kind: 'over', end: 'left-to-skype' });
  });
});
