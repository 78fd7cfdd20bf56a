import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InvitationEvent } from './events.ts';
import { createOwnInvitations } from './invitations.ts';

function told(operationId: string, changes: Partial<InvitationEvent> = {}): InvitationEvent {
  return {
    kind: 'messagingInvitation',
    type: 'started',
    href: `/i/${operationId}`,
    direction: 'Outgoing',
    state: 'Connecting',
    operationId,
    threadId: 'thread',
    subject: '',
    from: undefined,
    content: undefined,
    accept: undefined,
    decline: undefined,
    cancel: `/i/${operationId}/cancel`,
    conversation: '/c/1',
    messaging: undefined,
    ...changes,
  };
}

function world() {
  const takenBack: string[] = [];
  const invitations = createOwnInvitations((href) => takenBack.push(href));
  return { invitations, takenBack };
}

describe('an invitation of ours', () => {
  it('is known by what its events tell, until its end', () => {
    const { invitations } = world();
    const ours = invitations.begin('op', undefined);
    invitations.note(told('op'));
    invitations.note(told('op', { type: 'updated', threadId: undefined, cancel: undefined }));
    assert.deepEqual(
      { ...invitations.get('op') },
      {
        operationId: 'op',
        conversation: '/c/1',
        threadId: 'thread',
        cancel: '/i/op/cancel',
        unwanted: false,
      },
    );
    invitations.note(told('op', { type: 'completed', conversation: '/c/2' }));
    assert.equal(invitations.get('op'), undefined);
    assert.equal(ours.conversation, '/c/2', 'who waits for it has what the end told');
  });

  it('that nobody wants any more is taken back when the pool tells of it', () => {
    const { invitations, takenBack } = world();
    const ours = invitations.begin('op', undefined);
    ours.unwanted = true;
    invitations.leave(ours);
    invitations.note(told('op', { cancel: undefined }));
    assert.deepEqual(takenBack, []);
    invitations.note(told('op'));
    assert.deepEqual(takenBack, ['/i/op/cancel']);
  });

  it('that had its end is not kept when nobody waits for it any more', () => {
    const { invitations } = world();
    const ours = invitations.begin('op', undefined);
    invitations.note(told('op', { type: 'completed' }));
    invitations.leave(ours);
    assert.equal(invitations.get('op'), undefined);
  });

  it('whose end never comes makes room for later ones, and those that are waited for stay', () => {
    const { invitations } = world();
    invitations.begin('awaited', undefined);
    for (let n = 0; n < 2_000; n++) invitations.leave(invitations.begin(`op ${n}`, undefined));
    assert.equal(invitations.get('op 999'), undefined);
    assert.ok(invitations.get('op 1000'));
    assert.ok(invitations.get('op 1999'));
    assert.ok(invitations.get('awaited'));
  });
});
