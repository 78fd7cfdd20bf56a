import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { somebody } from '../../../test/kit/people.ts';
import type { Person } from '../../core/people.ts';
import type { Door, DoorEndpoint, InviteEnd } from './door.ts';
import { Endpoints } from './endpoints.ts';
import type { Failure } from './errors.ts';

interface WorldOptions {
  /** How an endpoint tells its pool that it goes. */
  readonly signOut?: DoorEndpoint['signOut'];
  readonly dispose?: () => Promise<void>;
}

/** Two pools that let anybody in, where nobody answers an invitation before the test does; they note who comes and goes. */
function world({ signOut, dispose }: WorldOptions = {}) {
  const noted: string[] = [];
  const clock = new ManualClock();
  const answers: ((end: InviteEnd) => void)[] = [];
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
        leaveNote: () => undefined,
        invite: () => new Promise((answer) => void answers.push(answer)),
        send: () => assert.fail(),
        cancel: async () => void noted.push('an invitation is taken back'),
        accept: nothing,
        decline: nothing,
        end: nothing,
        hasOthers: async () => 'unknown',
        watch: nothing,
        ...(signOut ? { signOut } : {}),
        abandon: () => void noted.push(`${sip} is gone from ${pool}`),
        [Symbol.asyncDispose]: dispose ?? (async () => void noted.push(`${sip} leaves ${pool}`)),
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
              account: { of: 'person', sip: skype.sip, username: id, password: 'demo' },
            },
      gateway: () => ({ kind: 'none', why: 'not-linked' }),
    },
    clock,
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
  return { endpoints, noted, clock, answers };
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

  it('is found by its account until it is gone, and then the one that took its place', async () => {
    const { endpoints } = world();
    const bob = somebody('bob');
    const sip = 'sip:bob@contoso.example';
    assert.equal(endpoints.bySip(sip), undefined);
    const first = await endpoints.ofPerson(bob);
    assert.ok(first.kind === 'found');
    assert.equal(endpoints.bySip(sip), first.endpoint);
    await endpoints.remove(bob.id);
    assert.equal(endpoints.bySip(sip), undefined);
    const second = await endpoints.ofPerson(bob);
    assert.ok(second.kind === 'found');
    assert.equal(endpoints.bySip(sip), second.endpoint);
    endpoints.abandon(bob.id);
    assert.equal(endpoints.bySip(sip), undefined);
  });

  const comes = 'sip:bob@contoso.example comes to online';
  const goes = 'sip:bob@contoso.example leaves online';
  const takenBack = 'an invitation is taken back';

  async function writing() {
    const there = world();
    const bob = somebody('bob');
    const found = await there.endpoints.ofPerson(bob);
    assert.ok(found.kind === 'found');
    const session = found.endpoint.session('sip:heidi@contoso.example', undefined);
    const brought = session.bring('text', 'Hello', new AbortController().signal);
    await turn();
    return { ...there, bob, brought };
  }

  it('goes once it is known what became of what it was writing, and the next one comes after it', async () => {
    const { endpoints, noted, answers, bob, brought } = await writing();
    const removed = endpoints.remove(bob.id);
    const next = endpoints.ofPerson(bob);
    await turn();
    assert.deepEqual(noted, [comes, takenBack]);
    answers[0]?.({ kind: 'failed', failure: { kind: 'refused', id: 'no-answer', detail: 'Canceled' } });
    const { end } = await brought;
    assert.equal(end.kind === 'failed' && end.failure.id, 'session-ended');
    await Promise.all([removed, next]);
    assert.deepEqual(noted, [comes, takenBack, goes, comes]);
  });

  it('goes without knowing it half a second later', async () => {
    const { endpoints, noted, clock, bob } = await writing();
    const removed = endpoints.remove(bob.id);
    clock.advance(499);
    await turn();
    assert.deepEqual(noted, [comes, takenBack]);
    clock.advance(1);
    await removed;
    assert.deepEqual(noted, [comes, takenBack, goes]);
  });

  const unreachable: Failure = { kind: 'transient', id: 'unreachable', detail: 'ECONNREFUSED' };

  it('that could not tell its pool that it goes tells it at the next try', async () => {
    const outcomes = [unreachable, unreachable, undefined];
    let tries = 0;
    const { endpoints, bob } = await coming({ signOut: async () => outcomes[tries++] });
    assert.equal(await endpoints.remove(bob.id), unreachable);
    assert.equal(endpoints.ifThere(bob.id), undefined);
    assert.equal(endpoints.isShown(bob.id), true);
    assert.equal(await endpoints.remove(bob.id), unreachable);
    assert.equal(await endpoints.remove(bob.id), undefined);
    assert.equal(endpoints.isShown(bob.id), false);
    await endpoints.remove(bob.id);
    assert.equal(tries, 3);
  });

  it('that could not tell its pool that it goes is replaced by the next one', async () => {
    let tries = 0;
    const { endpoints, noted, bob } = await coming({
      signOut: async () => (tries++ === 0 ? unreachable : undefined),
    });
    await endpoints.remove(bob.id);
    await endpoints.ofPerson(bob);
    await endpoints[Symbol.asyncDispose]();
    assert.equal(tries, 1);
    assert.deepEqual(noted, [comes, comes, goes]);
  });

  it('is not waited for at the end of the gateway when none goes for five seconds', async () => {
    const gone = Promise.withResolvers<void>();
    const { endpoints, noted, clock } = await coming({ dispose: () => gone.promise });
    const ended = endpoints[Symbol.asyncDispose]();
    clock.advance(5_000);
    assert.deepEqual(noted, [comes, 'sip:bob@contoso.example is gone from online']);
    gone.resolve();
    await ended;
    assert.equal(clock.pending, 0);
  });

  it('is not waited for longer when it was going already', async () => {
    const told = Promise.withResolvers<Failure | undefined>();
    const { endpoints, noted, clock, bob } = await coming({ signOut: () => told.promise });
    const removed = endpoints.remove(bob.id);
    const ended = endpoints[Symbol.asyncDispose]();
    await turn();
    clock.advance(5_000);
    assert.deepEqual(noted, [comes, 'sip:bob@contoso.example is gone from online']);
    told.resolve(unreachable);
    assert.equal(await removed, unreachable);
    await ended;
    assert.deepEqual(noted, [comes, 'sip:bob@contoso.example is gone from online', goes]);
    assert.equal(clock.pending, 0);
  });

  async function coming(options: WorldOptions) {
    const there = world(options);
    const bob = somebody('bob');
    const found = await there.endpoints.ofPerson(bob);
    assert.ok(found.kind === 'found');
    await there.endpoints.showEndpoint(found.endpoint, { availability: 'Available', activity: 'None' });
    return { ...there, bob };
  }
});
