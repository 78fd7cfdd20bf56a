import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { instantIn, windowsZoneNames } from './time-zones.ts';

describe('a wall-clock time in a zone', () => {
  const known: readonly (readonly [string, string, string])[] = [
    ['2026-07-01T12:00:00', 'UTC', '2026-07-01T12:00:00Z'],
    ['2026-07-01T12:00:00.1234567', 'UTC', '2026-07-01T12:00:00.123Z'],
    ['2026-07-01T12:00:00', 'Pacific Standard Time', '2026-07-01T19:00:00Z'],
    ['2026-01-01T12:00:00', 'pacific standard time', '2026-01-01T20:00:00Z'],
    ['2026-07-01T12:00', 'Europe/Berlin', '2026-07-01T10:00:00Z'],
    ['2026-07-01T12:00:00', 'India Standard Time', '2026-07-01T06:30:00Z'],
    ['2026-03-29T03:00:00', 'Europe/Berlin', '2026-03-29T01:00:00Z'],
    ['2026-10-25T02:30:00', 'Europe/Berlin', '2026-10-25T00:30:00Z'],
    ['2026-10-25T03:30:00', 'Europe/Berlin', '2026-10-25T02:30:00Z'],
  ];
  for (const [dateTime, timeZone, expected] of known) {
    it(`${dateTime} in ${timeZone} is ${expected}`, () => {
      assert.equal(instantIn(dateTime, timeZone), Date.parse(expected));
    });
  }

  it('is known in every zone of Windows', () => {
    for (const name of windowsZoneNames)
      assert.equal(typeof instantIn('2026-07-01T12:00:00', name), 'number', name);
  });

  it('is what a clock there shows at that instant', () => {
    const zones = fc.constantFrom('Pacific/Auckland', 'America/St_Johns', 'Asia/Kolkata', 'Europe/Berlin');
    const hours = fc.integer({ min: 0, max: 24 * 365 * 30 });
    fc.assert(
      fc.property(hours, zones, (hour, zone) => {
        const at = hour * 3_600_000;
        const shown = new Date(at).toLocaleString('sv-SE', { timeZone: zone }).replace(' ', 'T');
        const found = instantIn(shown, zone);
        assert.ok(typeof found === 'number' && (found === at || found === at - 3_600_000));
      }),
    );
  });

  it('says which half cannot be read', () => {
    assert.equal(instantIn('2026-07-01T12:00:00Z', 'UTC'), 'dateTime');
    assert.equal(instantIn('noon', 'UTC'), 'dateTime');
    assert.equal(instantIn('2026-07-01T12:00:00', 'Middle/Earth'), 'timeZone');
  });
});
