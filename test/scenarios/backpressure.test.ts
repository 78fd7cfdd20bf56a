import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { eventually } from '../kit/eventually.ts';
import { Whole } from '../kit/whole.ts';

const most = 10;

describe('the other side takes nothing', async () => {
  const world = await Whole.open({
    ISTHMUS_DELIVERY_MOST_UNDER_WAY: String(most),
    ISTHMUS_DELIVERY_DEADLINE_MS: '60000',
  });
  after(() => world[Symbol.asyncDispose]());
  const { notifier } = world.servers.teams;
  const alice = world.teams('alice');
  const bob = world.skype('bob');
  const text = (n: number): string => `message ${n}.`;
  let chat = '';

  const figure = async (name: string): Promise<number> => {
    const page = await (await fetch(`${world.url}/metrics`)).text();
    return Number(new RegExp(`^isthmus_${name} (\\S+)`, 'm').exec(page)?.[1]);
  };

  it('Graph is answered later and later, then refused, and no more is under way than may be', async () => {
    await bob.signIn();
    chat = await alice.chatWith('bob@contoso.example');
    const tookMs: number[] = [];
    for (let n = 1; n <= most; n++) {
      const began = performance.now();
      await alice.say(chat, text(n));
      await notifier.idle();
      tookMs.push(performance.now() - began);
    }
    assert.equal(notifier.counts.failedAttempts, 0);
    const [, second = 0] = tookMs;
    const [beforeLast = 0, last = 0] = tookMs.slice(-2);
    assert.ok(beforeLast > 1_000 && beforeLast > second, `slower: ${tookMs.map(Math.round).join(', ')} ms`);
    assert.ok(last > beforeLast);

    for (let n = most + 1; n <= most + 8; n++) await alice.say(chat, text(n));
    await eventually('a refusal', () => notifier.counts.failedAttempts >= 2, 10_000);
    assert.equal(await figure('messages_under_way'), most);
    assert.equal(await figure('pressure'), 1);
    assert.equal(notifier.counts.dropped, 0);
  });

  it('once it takes messages again, all come, once and in order', async () => {
    await bob.accept(await bob.invitation(text(1)));
    await bob.message(text(most + 8), 30_000);
    assert.deepEqual(
      bob.received.filter((each) => each.startsWith('message ')),
      Array.from({ length: most + 8 }, (_, index) => text(index + 1)),
    );
    await eventually('nothing is under way', async () => (await figure('messages_under_way')) === 0);
    assert.ok((await figure('pressure')) < 0.01);
  });
});
