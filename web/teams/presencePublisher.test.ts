import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Graph, GraphError } from './graph/client.ts';
import { createPresencePublisher } from './presencePublisher.ts';

function publisher(fail?: () => GraphError | undefined) {
  const sent: string[] = [];
  let now = 0;
  const note = (path: string, body: unknown): void => {
    const { availability = '' } = body as { availability?: string };
    sent.push(`${path.split('/').at(-1)} ${availability}`.trim());
  };
  const graph: Graph = {
    get: async () => undefined,
    post: async (path, body) => {
      note(path, body);
      const error = fail?.();
      if (error) throw error;
      return undefined;
    },
    postLast: note,
  };
  return {
    sent,
    presence: createPresencePublisher(graph, 'u', 'app', () => now),
    pass: (ms: number) => (now += ms),
  };
}

describe('the presence of a signed-in client', () => {
  it('is set at once and again before it fades, not in between', async () => {
    const { sent, presence, pass } = publisher();
    await presence.keep();
    pass(199_000);
    await presence.keep();
    assert.deepEqual(sent, ['setPresence Available']);
    pass(1_000);
    await presence.keep();
    assert.equal(sent.length, 2);
  });

  it('turns to Away without input, and back at the first input', async () => {
    const { sent, presence, pass } = publisher();
    await presence.keep();
    pass(300_000);
    await presence.keep();
    assert.equal(presence.active(), true);
    assert.equal(presence.active(), false);
    await presence.keep();
    assert.deepEqual(sent, ['setPresence Available', 'setPresence Away', 'setPresence Available']);
  });

  it('is tried again after a failure', async () => {
    let broken = true;
    const { sent, presence } = publisher(() => (broken ? new GraphError(503, '', '', 0) : undefined));
    await assert.rejects(presence.keep());
    broken = false;
    await presence.keep();
    assert.equal(sent.length, 2);
  });

  it('is set again at once when the session may be gone', async () => {
    const { sent, presence } = publisher();
    await presence.keep();
    presence.forget();
    await presence.keep();
    assert.equal(sent.length, 2);
  });

  it('is cleared at sign-out, also if its session is gone already', async () => {
    const { sent, presence } = publisher(() => new GraphError(404, 'NotFound', '', 0));
    await presence.clear();
    assert.deepEqual(sent, ['clearPresence']);
  });
});
