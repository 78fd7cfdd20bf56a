import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { somebody } from '../../../test/kit/people.ts';
import type { Person } from '../../core/people.ts';
import type { Door, DoorEndpoint } from './door.ts';
import { Endpoints } from './endpoints.ts';

/** Two pools that let anybody in, and note who comes and goes. */
function world() {
  const noted: string[] = [];
  const nothing = async () => undefined;
  const door = (pool: string): Door => ({
    ringMs: 30_000,
    receivesUnseen: false,
    health: { kind: 'untried' },
    open({ sip }): DoorEndpoint {
      noted.push(`${sip} comes to ${pool}`);
      return {
        stopped: false,
        ready: nothing,
        show: nothing,
        receive: nothing,
        note: nothing,
        invite: () => assert.fail(),
        send: () => assert.fail(),
        cancel: nothing,
        accept: nothing,
        decline: nothing,
        end: nothing,
        hasOthers: async () => 'unknown',
        watch: nothing,
        abandon: () => undefined,
        [Symbol.asyncDispose]: async () => void noted.push(`${sip} leaves ${pool}`),
      };
    },
    [Symbol.asyncDispose]: nothing,
  });
  const endpoints = new Endpoints({
    doors: new Map([
      ['online', door('online')],
      ['onPrem', door('onPrem')],
    ]),
    accounts: {
      own: async ({ skype, id }) =>
        skype.home === 'none'
          ? { kind: 'none', why: 'not-enabled' }
          : {
              kind: 'account',
              pool: skype.pool,
              account: { sip: skype.sip, username: id, password: 'demo' },
            },
      gateway: () => ({ kind: 'none', why: 'not-linked' }),
    },
    clock: new ManualClock(),
    mintId: () => 'id',
    sessionIdleMs: 600_000,
    endpointIdleMs: 600_000,
    listen: () => ({
      invited: nothing,
      received: nothing,
      ended: () => undefined,
      presence: () => undefined,
      remarks: () => undefined,
      lastActive: () => undefined,
      failed: () => undefined,
    }),
    late: () => assert.fail(),
  });
  return { endpoints, noted };
}

describe('the endpoint of a person', () => {
  it('is one, for as long as their account stays, and another at once when it moves', async () => {
    const { endpoints, noted } = world();
    const bob = somebody('bob');
    const moved: Person = {
      ...bob,
      skype: { home: 'onPrem', sip: 'sip:bob@contoso.example', pool: 'onPrem' },
    };
    const renamed: Person = {
      ...bob,
      skype: { home: 'onPrem', sip: 'sip:rob@contoso.example', pool: 'onPrem' },
    };
    for (const person of [bob, bob, moved, moved, renamed]) await endpoints.ofPerson(person);
    assert.deepEqual(noted, [
      'sip:bob@contoso.example comes to online',
      'sip:bob@contoso.example leaves online',
      'sip:bob@contoso.example comes to onPrem',
      'sip:bob@contoso.example leaves onPrem',
      'sip:rob@contoso.example comes to onPrem',
    ]);
  });
});
