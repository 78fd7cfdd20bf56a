import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { somebody } from '../../test/kit/people.ts';
import type { RemoteId, ThreadKey } from '../core/ids.ts';
import type { IncomingMessage } from './connector.ts';
import { createLateness } from './lateness.ts';

const thread = 'chat' as ThreadKey;
const written = (writtenAt: number): IncomingMessage => ({
  side: 'teams',
  thread,
  remoteId: String(writtenAt) as RemoteId,
  author: somebody('alice').id,
  recipient: somebody('bob').id,
  body: { format: 'text', text: 'hello' },
  writtenAt,
});

describe('what comes late', () => {
  it('comes up behind something newer of its thread', () => {
    const lateness = createLateness(() => true);
    assert.equal(lateness.comesLate(written(1_000), 1_100), false);
    assert.equal(lateness.comesLate(written(3_000), 3_100), false);
    assert.equal(lateness.comesLate(written(2_000), 3_200), true);
    assert.equal(lateness.comesLate(written(4_000), 4_100), false);
  });

  it('may come up behind what an earlier run has taken', () => {
    const lateness = createLateness(() => true);
    lateness.recall([{ side: 'teams', thread, writtenAt: 3_000 }]);
    assert.equal(lateness.comesLate(written(2_000), 3_200), true);
    assert.equal(lateness.comesLate(written(3_500), 3_600), false);
  });

  it('is nothing where a network keeps no history', () => {
    const lateness = createLateness((side) => side !== 'teams');
    lateness.recall([{ side: 'teams', thread, writtenAt: 3_000 }]);
    assert.equal(lateness.comesLate(written(2_000), 3_200), false);
  });
});
