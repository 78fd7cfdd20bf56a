import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import type { Account } from './account.ts';
import type { Endpoint, EndpointDoor } from './endpoint.ts';
import type { Invitation, Leg, LegSink, SendOutcome, SessionEnd } from './leg.ts';
import { Pool, type PoolNetwork } from './pool.ts';

const caller = 'alice@contoso.example';
const callee = 'bob@contoso.example';
const times = { answerMs: 30_000, messageMs: 30_000, typingMs: 10_000, silenceMs: 600_000 };

function accountOf(address: string): Account {
  return { address, name: address, domain: 'contoso.example', company: 'Contoso', listed: true };
}

/** One end of a session, noting what it is told. */
class Party implements LegSink {
  leg: Leg | undefined;
  readonly told: string[] = [];
  readonly shown: string[] = [];
  readonly ends: SessionEnd[] = [];
  readonly waiting: { text: string; settled: (isTaken: boolean) => void }[] = [];

  connected(): void {
    this.#tell('connected');
  }

  message({ text }: { readonly text: string }, settled: (isTaken: boolean) => void): Disposable {
    this.#tell('message');
    const message = { text, settled };
    this.waiting.push(message);
    return {
      [Symbol.dispose]: () => {
        const index = this.waiting.indexOf(message);
        if (index >= 0) this.waiting.splice(index, 1);
      },
    };
  }

  peerTyping(on: boolean): void {
    this.#tell(on ? 'typing' : 'stopped');
  }

  over(end: SessionEnd): void {
    this.#tell('over');
    this.ends.push(end);
  }

  /** Proves receipt of everything that waits. */
  fetch(): void {
    for (const { text, settled } of this.waiting.splice(0)) {
      this.shown.push(text);
      settled(true);
    }
  }

  #tell(what: string): void {
    assert.equal(this.ends.length, 0, `${what} after the end`);
    this.told.push(what);
  }
}

class World {
  readonly clock = new ManualClock();
  readonly pool: Pool;
  readonly caller = new Party();
  readonly callees: Party[] = [];
  readonly endpoints: Endpoint[] = [];
  readonly outcomes: SendOutcome[][] = [];
  readonly sent: string[] = [];

  constructor(calleeEndpoints: number) {
    const network: PoolNetwork = {
      locate: (address) => (this.pool.has(address) ? this.pool : undefined),
      federated: () => true,
      directory: () => [],
    };
    const accounts = [accountOf(caller), accountOf(callee)];
    this.pool = new Pool({ name: 'one', clock: this.clock, accounts, network, times });
    const mine = this.#signIn(caller, () => assert.fail('nobody calls the caller'));
    for (let i = 0; i < calleeEndpoints; i++) {
      const party = new Party();
      this.callees.push(party);
      this.#signIn(callee, (_invitation, leg) => {
        party.leg = leg;
        return party;
      });
    }
    const invitation = {
      from: caller,
      to: callee,
      subject: '',
      importance: 'Normal',
      threadId: 't',
      message: undefined,
    } as const;
    this.caller.leg = this.pool.call(mine, invitation, this.caller);
  }

  send(from: Party): void {
    const settled: SendOutcome[] = [];
    this.outcomes.push(settled);
    const text = `m${this.sent.length}`;
    if (from === this.caller) this.sent.push(text);
    from.leg?.send({ contentType: 'text/plain', text }, (outcome) => settled.push(outcome));
  }

  #signIn(address: string, invited: (invitation: Invitation, leg: Leg) => LegSink | undefined): Endpoint {
    const door: EndpointDoor = {
      selfChanged: () => {},
      watchedChanged: () => {},
      contactsChanged: () => {},
      invited,
    };
    const endpoint = this.pool.signIn(address, door);
    endpoint.publish(
      { modalities: ['Messaging'], formats: ['Plain'], device: 'PC' },
      { inactiveAfterMs: 1e9, awayAfterMs: 1e9 },
      undefined,
    );
    this.endpoints.push(endpoint);
    return endpoint;
  }
}

type Step =
  | { readonly do: 'start' | 'drop' | 'revive' }
  | {
      readonly do: 'accept' | 'decline' | 'hangUp' | 'send' | 'type' | 'fetch' | 'signOut';
      readonly who: number;
    }
  | { readonly do: 'wait'; readonly ms: number };

const who = fc.nat(2);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('accept', 'send', 'send', 'fetch', 'type'), who }),
  fc.record({ do: fc.constantFrom('decline', 'hangUp', 'signOut'), who }),
  fc.record({ do: fc.constantFrom('drop', 'revive') }),
  fc.record({ do: fc.constant('wait'), ms: fc.constantFrom(1, 9_999, 29_999, 30_000, 600_000) }),
);

function perform(world: World, one: Step): void {
  const party = 'who' in one ? [world.caller, ...world.callees][one.who] : undefined;
  switch (one.do) {
    case 'start':
      world.caller.leg?.start();
      break;
    case 'accept':
      party?.leg?.accept();
      break;
    case 'decline':
      party?.leg?.decline('endpoint');
      break;
    case 'hangUp':
      party?.leg?.hangUp();
      break;
    case 'send':
      if (party) world.send(party);
      break;
    case 'type':
      party?.leg?.typing();
      break;
    case 'fetch':
      party?.fetch();
      break;
    case 'signOut':
      world.endpoints[one.who]?.[Symbol.dispose]();
      break;
    case 'drop':
    case 'revive':
      world.pool.reachable = one.do === 'revive';
      break;
    case 'wait':
      world.clock.advance(one.ms);
      break;
  }
}

describe('a session', () => {
  it('keeps its promises, whatever its ends do and in whatever order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const world = new World(2);
        const baseline = world.clock.pending;
        for (const one of [{ do: 'start' } as const, ...steps]) perform(world, one);
        world.caller.leg?.hangUp();
        assert.ok(world.clock.pending <= baseline, 'no timer is left');
        for (const settled of world.outcomes)
          assert.equal(settled.length, 1, 'every message has ended, once');
        for (const { leg, ends, told } of [world.caller, ...world.callees]) {
          assert.equal(ends.length, leg ? 1 : 0, 'whoever was called was told the end');
          assert.ok(told.filter((what) => what === 'connected').length <= 1);
        }
        world.clock.advance(times.silenceMs);
        const answered = world.callees.filter(({ told }) => told.includes('connected'));
        assert.ok(answered.length <= 1, 'one endpoint has it');
        assert.equal(world.caller.told.includes('connected'), answered.length === 1);
        const shown = answered.flatMap((party) => party.shown);
        assert.deepEqual(
          shown,
          world.sent.filter((text) => shown.includes(text)),
          'in the order sent',
        );
      }),
      { numRuns: 300 },
    );
  });

  it('tells a message as delivered if and only if it was shown', () => {
    const world = new World(1);
    const [bob] = world.callees;
    assert.ok(bob);
    world.caller.leg?.start();
    assert.equal(bob.leg?.accept(), true);
    world.send(world.caller);
    world.send(world.caller);
    world.send(world.caller);
    bob.waiting.splice(0, 1)[0]?.settled(true);
    world.clock.advance(30_000);
    assert.deepEqual(world.outcomes, [['delivered'], ['timeout'], ['timeout']]);
    bob.fetch();
    assert.deepEqual(bob.shown, []);
  });
});
