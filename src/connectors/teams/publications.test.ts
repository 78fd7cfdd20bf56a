import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { somebody } from '../../../test/kit/people.ts';
import type { Availability, Presence } from '../../core/presence/presence.ts';
import type { PublishOutcome } from '../../gateway/connector.ts';
import type { GraphClient } from '../../protocols/graph/client/graph-client.ts';
import type { GraphFailure, TokenSource } from '../../protocols/graph/client/result.ts';
import { Publications } from './publications.ts';
import type { Tenant } from './tenants.ts';

const of = (availability: Availability): Presence => ({ availability, activity: 'None' });
const people = Array.from({ length: 100 }, (_, n) => somebody(`person${n}`));
const source: TokenSource = { token: async () => ({ ok: true, token: 't' }), rejected: () => {} };

/** A Graph that answers as a test says. */
function open() {
  const clock = new ManualClock();
  let failure: GraphFailure | undefined;
  let asked = 0;
  const graph: GraphClient = {
    baseUrl: 'https://graph.example/v1.0',
    async call(_as, { answer }) {
      asked += 1;
      await Promise.resolve();
      if (failure) return { ok: false, failure };
      const value = answer(undefined);
      assert.ok(value !== undefined);
      return { ok: true, value };
    },
  };
  const tenant = { domain: 'contoso.example', clientId: 'c', graph, accounts: { application: source } };
  const publications = new Publications({
    tenants: {
      all: [],
      of: () => tenant as unknown as Tenant,
      byId: () => undefined,
      graphStatus: () => ({ name: 'graph', state: 'connected', since: 0 }),
    },
    clock,
    random: () => 0.5,
    leaseMs: 60_000,
    signOut: 'immediate',
  });
  const idOf = (outcome: PublishOutcome): string =>
    outcome.kind === 'failed' ? outcome.refusal.id : outcome.kind;
  return {
    clock,
    publications,
    answer(failing: GraphFailure | undefined) {
      failure = failing;
    },
    async publish(availability: Availability, whom = people): Promise<ReadonlySet<string>> {
      const outcomes = whom.map((person) => publications.publish(person, of(availability)));
      return new Set((await Promise.all(outcomes)).map(idOf));
    },
    /** Requests since this was called last. */
    asked() {
      const since = asked;
      asked = 0;
      return since;
    },
  };
}

describe('showing people in Teams', () => {
  it('leaves Graph alone for as long as it asks, whoever is to be shown, and goes on then', async () => {
    const w = open();
    await using _publications = w.publications;
    w.answer({ kind: 'answered', status: 429, code: 'TooManyRequests', message: '', retryAfterMs: 60_000 });
    assert.deepEqual(await w.publish('Available'), new Set(['throttled']));
    w.asked();
    w.clock.advance(59_000);
    assert.deepEqual(await w.publish('Available'), new Set(['throttled']));
    assert.equal(w.asked(), 0);
    w.answer(undefined);
    w.clock.advance(1_000);
    assert.deepEqual(await w.publish('Available'), new Set(['published']));
    assert.equal(w.asked(), people.length);
  });

  it('holds up nobody where Graph has had enough of one person', async () => {
    const w = open();
    await using _publications = w.publications;
    const [first, ...others] = people;
    assert.ok(first);
    w.answer({ kind: 'answered', status: 429, code: 'TooManyRequests', message: '', retryAfterMs: 60_000 });
    await w.publish('Available', [first]);
    w.answer(undefined);
    assert.deepEqual(await w.publish('Available', others), new Set(['published']));
    assert.deepEqual(await w.publish('Available', [first]), new Set(['throttled']));
  });
});
