import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { offline, type Presence } from '../presence/presence.ts';
import { type ClientEvent, noteClient, type OwnClients, unknownClients, usedLast } from './clients.ts';

const available: Presence = { availability: 'Available', activity: 'None' };
const seen = (own: Presence | undefined): ClientEvent => ({ kind: 'seen', side: 'skype', own });
const used = (side: 'teams' | 'skype', at: number): ClientEvent => ({ kind: 'used', side, at });
const after = (...events: readonly ClientEvent[]): OwnClients => events.reduce(noteClient, unknownClients);

describe('the clients that a person has', () => {
  it('are not known of before something is seen', () => {
    assert.equal(after().skype.there, 'unknown');
  });

  it('are there while they show something, and gone when they show nothing', () => {
    assert.equal(after(seen(available)).skype.there, 'yes');
    assert.equal(after(seen(available), seen(offline)).skype.there, 'no');
  });

  it('stay known of behind what the gateway shows in their place', () => {
    const { skype } = after(seen(available), seen(undefined));
    assert.deepEqual([skype.there, skype.presence], ['yes', undefined]);
  });

  it('may have come unseen behind what the gateway shows', () => {
    assert.equal(after(seen(offline), seen(undefined)).skype.there, 'unknown');
  });

  it('are gone when a toast finds nobody there, and there when it rings', () => {
    assert.equal(after(seen(undefined), { kind: 'present', side: 'skype' }).skype.there, 'yes');
    assert.equal(
      after(seen(available), seen(undefined), { kind: 'absent', side: 'skype' }).skype.there,
      'no',
    );
  });

  it('are told apart by which was used last', () => {
    assert.equal(usedLast(after()), undefined);
    assert.equal(usedLast(after(used('teams', 1))), 'teams');
    assert.equal(usedLast(after(used('teams', 1), used('skype', 2), used('skype', 0))), 'skype');
    assert.equal(after(used('skype', 2), used('skype', 1)).skype.usedAt, 2);
  });

  it('were used when they were, whatever is seen of them or found there since', () => {
    const since: readonly ClientEvent[] = [
      seen(available),
      seen(undefined),
      { kind: 'present', side: 'skype' },
      { kind: 'absent', side: 'skype' },
      used('teams', 9),
    ];
    for (const event of since) assert.equal(after(used('skype', 5), event).skype.usedAt, 5);
  });

  it('show what they showed when they are used or a toast finds them there', () => {
    for (const event of [used('skype', 5), { kind: 'present', side: 'skype' } as const])
      assert.deepEqual(after(seen(available), event).skype.presence, available);
  });
});
