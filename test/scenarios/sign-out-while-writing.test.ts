import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SkypeEvent } from '../kit/skype-actor.ts';
import { openTwoNetworks, type TwoNetworks } from '../kit/two-networks.ts';

const alice = 'alice@contoso.example';
const heidi = 'heidi@contoso.example';

/** The thread that a client groups an invitation by. */
function threadOf({ _embedded }: SkypeEvent): string {
  const thread = _embedded?.['messagingInvitation']?.['threadId'];
  assert.equal(typeof thread, 'string');
  return String(thread);
}

/** Alice is signed in to Teams and seen in SfB, where heidi is; the two have not written to each other. */
async function aliceAndHeidi(w: TwoNetworks) {
  const writer = w.teams('alice');
  const reader = w.skype('heidi');
  await reader.signIn();
  await writer.signIn();
  const shows = (state: string, withinMs?: number) =>
    w.until(`alice is ${state} in SfB`, async () => (await reader.presenceOf(alice)) === state, withinMs);
  await shows('Online');
  const rings = (text: string) =>
    reader.events.filter(
      ({ type, _embedded }) =>
        type === 'started' && JSON.stringify(_embedded?.['messagingInvitation'] ?? '').includes(text),
    );
  const ends = () => w.events.flatMap((event) => (event.kind === 'message-ended' ? [event.end] : []));
  return { writer, reader, shows, rings, ends, chat: await writer.chatWith(heidi) };
}

describe('somebody who writes in Teams and signs out while it still rings in SfB', () => {
  it('is Offline within a second, and back as soon as she is; the message comes all the same, once', async () => {
    await using w = await openTwoNetworks();
    const { writer, reader, shows, rings, ends, chat } = await aliceAndHeidi(w);
    await writer.say(chat, 'Gone-in-a-second');
    await w.until('it rings', async () => rings('Gone').length === 1);
    await writer.signOut();
    await shows('Offline', 1_000);
    await w.until('it rings again', async () => rings('Gone').length === 2);
    assert.equal(await reader.presenceOf(alice), 'Offline');
    await writer.signIn();
    await shows('Online');
    const [first, again] = rings('Gone');
    assert.ok(first && again);
    assert.equal(threadOf(again), threadOf(first), 'both are of one conversation');
    await reader.accept(again);
    await w.until('the message has an end', async () => ends().length > 0);
    assert.deepEqual(
      ends().map(({ kind }) => kind),
      ['delivered'],
    );
    assert.equal(reader.received.length, 1);
  });

  it('is brought once where the other one takes it up in that moment', async () => {
    await using w = await openTwoNetworks();
    const { writer, reader, shows, rings, ends, chat } = await aliceAndHeidi(w);
    await writer.say(chat, 'Just-now');
    await w.until('it rings', async () => rings('Just-now').length === 1);
    const takeUp = async (): Promise<void> => {
      const ringing = rings('Just-now').at(-1);
      if (ringing) await reader.accept(ringing).catch(() => undefined);
    };
    await Promise.all([takeUp(), writer.signOut()]);
    await shows('Offline', 1_000);
    await w.until('the message has an end', async () => {
      await takeUp();
      return ends().length > 0;
    });
    assert.deepEqual(
      ends().map(({ kind }) => kind),
      ['delivered'],
    );
    assert.equal(reader.received.filter((text) => text === 'Just-now').length, 1);
  });

  it('is told that nobody answered, where nobody takes it up the second time either', async () => {
    await using w = await openTwoNetworks();
    const { writer, reader, rings, ends, chat } = await aliceAndHeidi(w);
    await writer.say(chat, 'Anybody-there');
    await w.until('it rings', async () => rings('Anybody-there').length === 1);
    await writer.signOut();
    await w.until('it rings again', async () => rings('Anybody-there').length === 2);
    await w.pass(30_000);
    await w.until('the message has an end', async () => ends().length > 0);
    const [end] = ends();
    assert.equal(end?.kind === 'failed' && end.refusal.id, 'no-answer');
    assert.equal(rings('Anybody-there').length, 2);
    assert.deepEqual(reader.received, []);
  });
});
