import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { somebody } from '../../../test/kit/people.ts';
import { type Availability, offline, type Presence } from '../../core/presence/presence.ts';
import { noRemarks, type Remarks } from '../../core/presence/remarks.ts';
import type { Endpoint } from './endpoint.ts';
import type { Failure } from './errors.ts';
import { createShowing, type SignOut } from './showing.ts';

const alice = somebody('alice');
const of = (availability: Availability): Presence => ({ availability, activity: 'None' });
const note = (text: string): Remarks => ({ ...noRemarks, note: { kind: 'text', text } });
const unreachable: Failure = { kind: 'refused', id: 'unreachable', detail: 'away' };

/** At most one endpoint, and a record of all that is done with it. */
function world(
  signOut: SignOut = 'immediate',
  pool: { readonly hides?: boolean; readonly releases?: boolean } = {},
) {
  const done: string[] = [];
  let there: Endpoint | undefined;
  let notReady: Failure | undefined;
  let written = 0;
  let notTold: Failure | undefined;
  let untold = false;
  let notTaken: Failure | undefined;
  const open = (): Endpoint => {
    done.push('open');
    const door = {
      ready: async () => notReady,
      note: async (text: string) => {
        done.push(`note ${text || '-'}`);
        return notTaken;
      },
      leaveNote: () => done.push('leave note'),
      ...(pool.releases === true && {
        release: async () => {
          done.push('release');
          return notTaken;
        },
      }),
      ...(pool.hides === true && { hide: async () => void done.push('hide') }),
    };
    return { door, shows: 'lurking', sessions: written } as unknown as Endpoint;
  };
  const showing = createShowing(
    {
      known: () => there,
      mayReceiveUnseen: () => false,
      async ofPerson() {
        there ??= open();
        return { kind: 'found', endpoint: there };
      },
      async showEndpoint(endpoint, presence) {
        done.push(`show ${presence.availability}`);
        await turn();
        endpoint.shows = 'available';
        return notTaken;
      },
      isShown: () => there !== undefined || untold,
      async remove() {
        if (there || untold) done.push('remove');
        there = undefined;
        untold = notTold !== undefined;
        return notTold;
      },
      abandon() {
        if (there) done.push('abandon');
        there = undefined;
      },
    },
    signOut,
    new ManualClock(),
  );
  return {
    showing,
    done,
    /** An endpoint is made for writing. */
    write: (): void => {
      there = open();
    },
    fail: (failure: Failure | undefined): void => {
      notReady = failure;
    },
    /** From now on a pool takes no sign-out. */
    deafen: (failure: Failure | undefined): void => {
      notTold = failure;
    },
    /** From now on a pool takes neither a presence nor a note. */
    refuse: (failure: Failure | undefined): void => {
      notTaken = failure;
    },
    /** From now on something is written through every endpoint that is made. */
    busy: (): void => {
      written = 1;
    },
  };
}

describe('showing people at a pool', () => {
  it('opens an endpoint, and takes it away with Offline', async () => {
    const { showing, done } = world();
    await showing.show(alice, of('Busy'));
    await showing.show(alice, offline);
    assert.deepEqual(done, ['open', 'show Busy', 'remove']);
  });

  it('opens none to take it away', async () => {
    const { showing, done } = world();
    await showing.show(alice, offline);
    assert.deepEqual(done, []);
  });

  it('skips what was overtaken while it waited', async () => {
    const { showing, done } = world();
    const all = [of('Available'), of('Busy'), of('Away')].map((presence) => showing.show(alice, presence));
    await Promise.all(all);
    assert.deepEqual(done.at(-1), 'show Away');
    assert.ok(done.length <= 3, done.join(', '));
  });

  it('says that somebody is still shown whom the pool could not be told of, and takes them away at the next try', async () => {
    const { showing, done, deafen } = world();
    const failure: Failure = { kind: 'transient', id: 'unreachable', detail: 'ECONNREFUSED' };
    await showing.show(alice, of('Available'));
    deafen(failure);
    assert.deepEqual(await showing.show(alice, offline), failure);
    deafen({ kind: 'refused', id: 'not-allowed', detail: 'HTTP 403' });
    const again = await showing.show(alice, offline);
    assert.equal(again?.id, 'unreachable', 'whatever the pool says, it is to be tried again');
    deafen(undefined);
    assert.equal(await showing.show(alice, offline), undefined);
    assert.equal(await showing.show(alice, offline), undefined);
    assert.deepEqual(done, ['open', 'show Available', 'remove', 'remove', 'remove']);
  });

  it('takes a note away before the endpoint that it was written with', async () => {
    const { showing, done } = world();
    await showing.remark(alice, note('Nobody is shown'));
    await showing.show(alice, of('Available'));
    await showing.remark(alice, note('Lunch'));
    await showing.show(alice, offline);
    assert.deepEqual(done, ['open', 'show Available', 'note Lunch', 'note -', 'remove']);
  });

  it('takes back what the person’s own clients would go on showing, and only then goes', async () => {
    const { showing, done, refuse } = world('immediate', { releases: true });
    await showing.show(alice, of('Busy'));
    refuse(unreachable);
    assert.equal(await showing.show(alice, offline), unreachable);
    refuse({ ...unreachable, id: 'not-allowed' });
    assert.equal(await showing.show(alice, offline), undefined);
    assert.deepEqual(done, ['open', 'show Busy', 'release', 'release', 'remove']);
  });

  it('has nothing to take back from the clients of somebody who is TeamsOnly', async () => {
    const { showing, done } = world('immediate', { releases: true });
    const upgraded = somebody('upgraded', { mode: 'TeamsOnly' });
    await showing.show(upgraded, of('Busy'));
    await showing.show(upgraded, offline);
    assert.deepEqual(done, ['open', 'show Busy', 'remove']);
  });

  it('takes no note away that the person has put in the place of the gateway’s', async () => {
    const { showing, done } = world();
    await showing.show(alice, of('Available'));
    showing.leaveRemarks(alice);
    await showing.remark(alice, note('Lunch'));
    showing.leaveRemarks(alice);
    await showing.show(alice, offline);
    assert.deepEqual(done, ['open', 'show Available', 'note Lunch', 'leave note', 'remove']);
  });

  it('leaves no note behind where the pool could not be reached to take it away', async () => {
    const { showing, done, refuse } = world();
    await showing.show(alice, of('Available'));
    await showing.remark(alice, note('Lunch'));
    refuse(unreachable);
    assert.equal(await showing.show(alice, offline), unreachable);
    refuse(undefined);
    assert.equal(await showing.show(alice, offline), undefined);
    assert.deepEqual(done.slice(2), ['note Lunch', 'note -', 'note -', 'remove']);
  });

  it('takes somebody away although the pool does not let their note be changed', async () => {
    const { showing, done, refuse } = world();
    await showing.show(alice, of('Available'));
    await showing.remark(alice, note('Lunch'));
    refuse({ kind: 'refused', id: 'not-allowed', detail: 'Forbidden/none' });
    assert.equal(await showing.show(alice, offline), undefined);
    assert.equal(done.at(-1), 'remove');
  });

  it('calls it unreachable, which is tried again, where the pool has lost the endpoint', async () => {
    const { showing, refuse } = world();
    refuse({ kind: 'ended', id: 'session-ended', detail: 'NotFound/ApplicationNotFound' });
    assert.equal((await showing.show(alice, of('Available')))?.id, 'unreachable');
    assert.equal((await showing.remark(alice, note('Lunch')))?.id, 'unreachable');
  });

  it('hides one that writes where the pool lets it, so that what it writes is not cut off', async () => {
    const { showing, done, busy } = world('immediate', { hides: true });
    busy();
    await showing.show(alice, of('Available'));
    await showing.remark(alice, note('Lunch'));
    await showing.show(alice, offline);
    await showing.show(alice, of('Busy'));
    assert.deepEqual(done, ['open', 'show Available', 'note Lunch', 'note -', 'hide', 'show Busy']);
  });

  it('takes one away that writes nothing', async () => {
    const { showing, done } = world('immediate', { hides: true });
    await showing.show(alice, of('Available'));
    await showing.show(alice, offline);
    assert.deepEqual(done, ['open', 'show Available', 'remove']);
  });

  it('leaves without a word, note and all, where signing out is lazy', async () => {
    const { showing, done } = world('lazy');
    await showing.show(alice, of('Available'));
    await showing.remark(alice, note('Lunch'));
    await showing.show(alice, offline);
    assert.deepEqual(done, ['open', 'show Available', 'note Lunch', 'abandon']);
  });
});

describe('an endpoint that an earlier run left', () => {
  const left = [{ person: alice, presence: of('Busy'), remarks: noRemarks }];

  it('is taken the place of, and ended, once', async () => {
    const { showing, done } = world();
    showing.inherit(left);
    await showing.show(alice, offline);
    await showing.show(alice, offline);
    assert.deepEqual(done, ['open', 'remove']);
  });

  it('is gone already where this run writes for the person: what it writes is not cut off', async () => {
    const { showing, done, write } = world();
    showing.inherit(left);
    write();
    await showing.show(alice, offline);
    assert.deepEqual(done, ['open']);
    await showing.show(alice, offline);
    assert.deepEqual(done, ['open', 'remove'], 'as when an account is left');
  });

  it('is not taken away from a message that this run begins to write while it is being replaced', async () => {
    const { showing, done, busy } = world();
    showing.inherit(left);
    busy();
    await showing.show(alice, offline);
    assert.deepEqual(done, ['open']);
  });

  it('is tried again where the pool could not be reached', async () => {
    const { showing, done, fail } = world();
    showing.inherit(left);
    fail(unreachable);
    assert.deepEqual(await showing.show(alice, offline), unreachable);
    fail(undefined);
    assert.equal(await showing.show(alice, offline), undefined);
    assert.deepEqual(done, ['open', 'remove', 'open', 'remove']);
  });

  it('is an ordinary one as soon as the person is shown', async () => {
    const { showing, done } = world();
    showing.inherit(left);
    await showing.show(alice, of('Available'));
    await showing.show(alice, offline);
    await showing.show(alice, offline);
    assert.deepEqual(done, ['open', 'show Available', 'remove']);
  });
});
