import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { RemoteId } from '../core/ids.ts';
import { alice, heidi, world } from './toasts.test-kit.ts';

type World = ReturnType<typeof world>;
type Happening = (w: World, ended: Awaited<ReturnType<World['ring']>>) => Promise<void> | void;

const happenings: Readonly<Record<string, Happening>> = {
  'a second passes': (w) => w.pass(1_000),
  'a client has had its time': (w) => w.pass(20_000),
  'it lies in Teams': (w) => w.delivered(),
  'she reads it': (w) => void w.read.add('shown' as RemoteId),
  'she answers in Teams': (w) => void w.keep(w.written('teams', alice, heidi, 'yes')),
  'she answers in SfB': (_w, ended) => ended('answered-elsewhere'),
  'she declines': (_w, ended) => ended('declined'),
  'he gives up': (_w, ended) => ended('caller-gave-up'),
  'it rang out': (_w, ended) => ended('missed'),
  'the endpoint is lost': (_w, ended) => ended('lost'),
  'he writes on': (w) => void w.keep(w.written('skype', heidi, alice, 'more')),
};

describe('whatever happens while a conversation rings', () => {
  it('it is taken once at most, never taken up before, and nothing waits any more in the end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('single' as const, 'dual' as const),
        fc.constantFrom('Available' as const, 'Away' as const),
        fc.constantFrom('no-answer' as const, 'offline' as const, 'declined' as const, undefined),
        fc.array(fc.constantFrom(...Object.keys(happenings)), { maxLength: 8 }),
        async (policy, inTeams, refusal, names) => {
          const w = world({ policy });
          if (refusal)
            w.skype.onDeliver = () => ({ kind: 'refused', refusal: { id: refusal, side: 'skype' } });
          w.atBoth(alice, inTeams);
          const ended = await w.ring(alice);
          for (const name of names) await happenings[name]?.(w, ended);
          for (let turn = 0; turn < 4; turn += 1) await w.pass(30_000);
          if (w.taken.some(({ remoteId }) => remoteId === 'hello')) await w.delivered();
          await w.pass(60_000);

          const of = (what: string) => w.done.filter((one) => one === what).length;
          assert.ok(of('taken') <= 1);
          if (of('accepted') > 0) assert.ok(w.done.indexOf('taken') < w.done.indexOf('accepted'));
          assert.ok(w.rung().filter((text) => text === 'Heidi Alice hello').length <= 1, 'rung once at most');
          assert.equal(w.clock.pending, 0, 'no timer is left');
        },
      ),
      { numRuns: 60 },
    );
  });
});
