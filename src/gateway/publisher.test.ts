import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ManualClock } from '../../test/kit/manual-clock.ts';
import { somebody } from '../../test/kit/people.ts';
import type { Person } from '../core/people.ts';
import { type Availability, offline, type Presence, samePresence } from '../core/presence/presence.ts';
import { createPublisher } from './publisher.ts';

const of = (availability: Availability): Presence => ({ availability, activity: 'None' });
const before = somebody('alice');
const after: Person = {
  ...before,
  skype: { home: 'onPrem', sip: 'sip:alice@contoso.example', pool: 'onPrem' },
};

function world() {
  const clock = new ManualClock();
  const published: string[] = [];
  const answers: ('done' | 'again' | 'never')[] = [];
  const publisher = createPublisher<Presence>({
    same: samePresence,
    publish: async ({ skype }, _side, { availability }) => {
      published.push(`${skype.home} ${availability}`);
      await turn();
      return answers.shift() ?? 'done';
    },
    backoff: () => 1_000,
    clock,
  });
  return { clock, published, answers, publisher };
}

/** Lets everything run that waits for no clock. */
async function settle(): Promise<void> {
  for (let n = 0; n < 10; n++) await turn();
}

describe('the publisher', () => {
  it('leaves the old account before the person is shown through the new one', async () => {
    const { published, publisher } = world();
    publisher.want(before, 'skype', of('Available'));
    await publisher.settled();
    publisher.leave(before, 'skype', offline);
    publisher.want(after, 'skype', of('Available'));
    publisher.want(after, 'skype', of('Busy'));
    await publisher.settled();
    assert.deepEqual(published, ['online Available', 'online Offline', 'onPrem Busy']);
  });

  it('leaves also what it is publishing at that moment', async () => {
    const { published, publisher } = world();
    publisher.want(before, 'skype', of('Available'));
    publisher.leave(before, 'skype', offline);
    publisher.want(after, 'skype', of('Available'));
    await publisher.settled();
    assert.deepEqual(published, ['online Available', 'online Offline', 'onPrem Available']);
  });

  it('goes on after three failures to leave: an old pool that is gone keeps nobody from being shown', async () => {
    const { clock, published, answers, publisher } = world();
    answers.push('again', 'again', 'again');
    publisher.leave(before, 'skype', offline);
    publisher.want(after, 'skype', of('Available'));
    while (published.at(-1) !== 'onPrem Available') {
      await turn();
      clock.advance(1_000);
    }
    await publisher.settled();
    assert.deepEqual(published, ['online Offline', 'online Offline', 'online Offline', 'onPrem Available']);
  });

  it('tries again when its wait is over, and not before', async () => {
    const { clock, published, answers, publisher } = world();
    answers.push('again');
    publisher.want(before, 'skype', of('Available'));
    await settle();
    clock.advance(999);
    await settle();
    assert.deepEqual(published, ['online Available']);
    clock.advance(1);
    await publisher.settled();
    assert.deepEqual(published, ['online Available', 'online Available']);
  });

  it('does not wait with what is wanted instead of what has failed', async () => {
    const { clock, published, answers, publisher } = world();
    answers.push('again');
    publisher.want(before, 'skype', of('Available'));
    publisher.want(before, 'skype', of('Busy'));
    await settle();
    clock.advance(0);
    await publisher.settled();
    assert.deepEqual(published, ['online Available', 'online Busy']);
  });

  it('gives up what is refused, until something else is wanted', async () => {
    const { published, answers, publisher } = world();
    answers.push('never');
    publisher.want(before, 'skype', of('Available'));
    await publisher.settled();
    publisher.want(before, 'skype', of('Busy'));
    await publisher.settled();
    assert.deepEqual(published, ['online Available', 'online Busy']);
  });

  it('publishes nothing that is wanted after it was told to end, and waits for nothing', async () => {
    const { published, answers, publisher } = world();
    answers.push('again');
    publisher.want(before, 'skype', of('Available'));
    await settle();
    await publisher[Symbol.asyncDispose]();
    publisher.want(before, 'skype', of('Busy'));
    await publisher.settled();
    assert.deepEqual(published, ['online Available']);
  });
});
