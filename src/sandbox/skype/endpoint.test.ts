import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { Endpoint } from './endpoint.ts';
import { Presentity } from './presentity.ts';

const day = 24 * 60 * 60_000;
/** What Node's timers can wait for; beyond, they run at once. */
const longestOfNode = 2 ** 31 - 1;

describe('a client that says when it counts as inactive', () => {
  for (const [named, days] of [
    ['years', 4_000],
    ['for ever', Number.POSITIVE_INFINITY],
  ] as const) {
    it(`is believed (${named}), with timers that Node can wait for`, () => {
      const clock = new ManualClock();
      let set = 0;
      const checked = {
        now: () => clock.now(),
        setTimer(ms: number, run: () => void) {
          assert.ok(ms <= longestOfNode, `a timer of ${ms} ms`);
          set += 1;
          return clock.setTimer(ms, run);
        },
      };
      const account = {
        address: 'alice@contoso.example',
        name: 'Alice',
        domain: 'contoso.example',
        company: 'Contoso',
        listed: true,
      };
      const presentity = new Presentity(account, checked);
      const door = {
        selfChanged: () => undefined,
        watchedChanged: () => undefined,
        contactsChanged: () => undefined,
        invited: () => undefined,
      };
      using endpoint = new Endpoint(presentity, door, checked, () => undefined);
      const times = { inactiveAfterMs: days * day, awayAfterMs: 1 };
      endpoint.publish({ modalities: ['Messaging'], formats: ['Plain'], device: 'PC' }, times, undefined);
      const shown = presentity.presence.availability;
      for (let passed = 0; passed < 100; passed += 1) clock.advance(day);
      assert.equal(presentity.presence.availability, shown);
      assert.ok(set < 10, `${set} timers`);
    });
  }
});
