import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Availability, Presence } from '../presence/presence.ts';
import { availabilities } from '../presence/presence.ts';
import { type OwnClient, type OwnClients, unknownClients } from './clients.ts';
import { planToast, type ToastFacts } from './plan.ts';

const showing = (availability: Availability): Presence => ({ availability, activity: 'None' });
const at = (availability: Availability, usedAt?: number): OwnClient => ({
  there: availability === 'Offline' ? 'no' : 'yes',
  presence: showing(availability),
  usedAt,
});
/** There, behind the same presence that the gateway shows. */
const masked = (usedAt?: number): OwnClient => ({ there: 'yes', presence: undefined, usedAt });
const { skype: unseen } = unknownClients;

function plan(
  clients: OwnClients,
  { policy = 'single', routing = 'bridged', lands = ['teams', 'skype'], ...more }: Partial<ToastFacts> = {},
): string {
  const planned = planToast({ policy, routing, lands, clients, inDoNotDisturb: false, ...more });
  switch (planned.kind) {
    case 'take':
      return planned.because;
    case 'both':
      return 'both';
    case 'first':
      return `${planned.side} ${planned.only ? 'only' : 'first'}`;
  }
}

describe('where a conversation from SfB pops up, with one toast', () => {
  it('is Teams alone where it lands there, or the person has no client in SfB', () => {
    assert.equal(plan({ teams: at('Available'), skype: masked() }, { lands: ['teams'] }), 'lands-in-teams');
    assert.equal(plan({ teams: at('Available'), skype: at('Offline') }), 'no-client-in-skype');
  });

  it('is the client that the person is active in, when the other one stands idle', () => {
    assert.equal(plan({ teams: at('Away'), skype: masked() }), 'skype first');
    assert.equal(plan({ teams: at('Away', 9), skype: at('Available', 1) }), 'skype first');
    assert.equal(plan({ teams: at('Available', 1), skype: at('AvailableIdle', 9) }), 'teams first');
  });

  it('is not one in which the person is idle, about to be back or away; a busy one is as good as any', () => {
    const idle = ['AvailableIdle', 'BusyIdle', 'BeRightBack', 'Away'];
    for (const availability of [
      'Available',
      'Busy',
      'AvailableIdle',
      'BusyIdle',
      'BeRightBack',
      'Away',
    ] as const)
      assert.equal(
        plan({ teams: at(availability, 9), skype: at('Available', 1) }),
        idle.includes(availability) ? 'skype first' : 'teams first',
        availability,
      );
  });

  it('is the one that is known of, when nothing is known of the other', () => {
    assert.equal(plan({ teams: unseen, skype: masked() }), 'skype first');
    assert.equal(plan({ teams: masked(), skype: unseen }), 'teams first');
    assert.equal(plan({ teams: unseen, skype: unseen }), 'teams first');
    assert.equal(plan({ teams: unseen, skype: unseen }, { lands: ['skype'] }), 'skype first');
  });

  it('is the one used last, when both are in use or both idle', () => {
    assert.equal(plan({ teams: at('Available', 1), skype: masked(2) }), 'skype first');
    assert.equal(plan({ teams: at('Available', 2), skype: masked(1) }), 'teams first');
    assert.equal(plan({ teams: at('Away', 1), skype: at('BeRightBack', 2) }), 'skype first');
    assert.equal(plan({ teams: at('Away', 2), skype: at('BeRightBack', 1) }), 'teams first');
  });

  it('is Teams where nothing speaks for SfB, and where a client in SfB is not known of', () => {
    assert.equal(plan({ teams: at('Available'), skype: masked() }), 'teams first');
    assert.equal(plan({ teams: at('Away'), skype: unseen }), 'teams first');
  });

  it('is SfB where routing lets it land there, and nothing speaks for Teams', () => {
    assert.equal(plan({ teams: at('Available'), skype: masked() }, { lands: ['skype'] }), 'skype first');
    assert.equal(plan({ teams: at('Available', 2), skype: masked(1) }, { lands: ['skype'] }), 'teams first');
  });

  it('is never a client in Do not disturb, unless that is allowed', () => {
    const inTeams = { teams: at('DoNotDisturb', 9), skype: masked() };
    assert.equal(plan(inTeams), 'skype first');
    assert.equal(plan(inTeams, { inDoNotDisturb: true }), 'teams first');
    const inSkype = { teams: at('Away'), skype: at('DoNotDisturb', 9) };
    assert.equal(plan(inSkype), 'teams only');
    assert.equal(plan({ teams: at('DoNotDisturb'), skype: at('DoNotDisturb') }), 'do-not-disturb');
  });
});

describe('where a conversation from SfB pops up, with two toasts', () => {
  it('is both clients at once', () => {
    assert.equal(plan({ teams: at('Available'), skype: masked() }, { policy: 'dual' }), 'both');
  });

  it('is Teams alone where no client in SfB is known of: nobody would be there to ring at', () => {
    assert.equal(plan({ teams: at('Available'), skype: unseen }, { policy: 'dual' }), 'no-client-in-skype');
  });
});

describe('where a conversation from SfB pops up by Microsoft’s rules', () => {
  const microsoft = { routing: 'microsoft' } as const;
  it('is both clients of somebody homed online, whatever is configured', () => {
    assert.equal(plan({ teams: at('Available'), skype: masked() }, microsoft), 'both');
  });
  it('is Teams alone where no client in SfB is known of', () => {
    assert.equal(plan({ teams: at('Available'), skype: unseen }, microsoft), 'no-client-in-skype');
  });
  it('is SfB and nowhere else for somebody homed on-prem', () => {
    const clients = { teams: at('Available', 9), skype: masked() };
    assert.equal(plan(clients, { ...microsoft, lands: ['skype'] }), 'skype only');
  });
});

const clients: fc.Arbitrary<OwnClient> = fc.record({
  there: fc.constantFrom('yes', 'no', 'unknown'),
  presence: fc.option(
    fc.constantFrom(...availabilities).map((availability) => showing(availability)),
    { nil: undefined },
  ),
  usedAt: fc.option(fc.nat(), { nil: undefined }),
});
const facts: fc.Arbitrary<ToastFacts> = fc.record({
  policy: fc.constantFrom('single', 'dual'),
  routing: fc.constantFrom('bridged', 'microsoft'),
  lands: fc.constantFrom(['teams'], ['skype'], ['teams', 'skype']),
  clients: fc.record({ teams: clients, skype: clients }),
  inDoNotDisturb: fc.boolean(),
});

describe('whatever is known of a person', () => {
  it('SfB rings for itself only where a client is there or may be', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const planned = planToast(given);
        const isSkypeAlone = planned.kind === 'first' && planned.side === 'skype';
        if (planned.kind === 'both' || isSkypeAlone) assert.notEqual(given.clients.skype.there, 'no');
        if (planned.kind === 'both') assert.equal(given.clients.skype.there, 'yes');
      }),
    );
  });

  it('nothing is kept from Teams but by Microsoft’s rules', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const planned = planToast(given);
        if (planned.kind === 'first' && planned.side === 'skype' && planned.only)
          assert.equal(given.routing, 'microsoft');
      }),
    );
  });
});
