import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bob, heidi, openGatewayWorld } from '../../test/kit/gateway-world.ts';
import { conversationOf, type MessageId, type RemoteId, type ThreadKey } from '../core/ids.ts';
import { relayRule } from '../core/toasts/relay.ts';
import { openMemoryLedger } from '../ledger/memory/open.ts';

/** What a run that ended in the middle of it left of a message from heidi to bob. */
async function left(rule: string | undefined) {
  const ledger = openMemoryLedger();
  const now = Date.UTC(2026, 0, 5, 9);
  const id = 'm1' as MessageId;
  await ledger.take({
    id,
    conversation: conversationOf(heidi.id, bob.id),
    side: 'skype',
    thread: 'skype thread' as ThreadKey,
    remoteId: 'written' as RemoteId,
    author: heidi.id,
    recipient: bob.id,
    body: { format: 'text', text: 'Hello' },
    writtenAt: now,
    takenAt: now,
    deadlineAt: now + 30_000,
    late: false,
  });
  if (rule !== undefined) await ledger.attempt({ message: id, attempt: 1, side: 'skype', rule, at: now });
  return ledger;
}

describe('a message between two people who talk in SfB through the gateway, which is killed', () => {
  it('is looked for in SfB, not in Teams, where it was on its way to SfB', async () => {
    await using w = await openGatewayWorld(await left(relayRule));
    w.skype.onFind = () => ({ kind: 'unknown', refusal: { id: 'uncertain', side: 'skype' } });
    await w.gateway.settled();
    assert.deepEqual([w.skype.asked.length, w.teams.delivered.length, w.teams.asked.length], [1, 0, 0]);
    const trace = await w.gateway.trace('m1');
    assert.equal(trace?.end?.kind === 'failed' && trace.end.refusal.id, 'uncertain');
    assert.ok(trace?.steps.some(({ step, detail }) => step === 'routed' && detail?.startsWith('to skype')));
  });

  it('is brought to Teams where it had not been sent yet: the sessions are gone with the gateway', async () => {
    await using w = await openGatewayWorld(await left(undefined));
    await w.gateway.settled();
    assert.deepEqual([w.skype.delivered.length, w.teams.delivered.length], [0, 1]);
  });
});
