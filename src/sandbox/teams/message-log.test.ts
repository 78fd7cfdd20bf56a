import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ChatMessage } from '../../protocols/graph/resources.ts';
import { MessageLog } from './message-log.ts';

const blank = { chatId: 'c' } as unknown as ChatMessage;

/** The same without an index. */
class Model {
  readonly messages: ChatMessage[] = [];

  range(by: 'created' | 'modified', after: number, before: number, limit: number): readonly string[] {
    const at = (message: ChatMessage) => Number(by === 'created' ? message.id : message.etag);
    return this.messages
      .filter((message) => at(message) > after && at(message) < before)
      .toSorted((a, b) => at(b) - at(a))
      .slice(0, limit)
      .map(({ id, etag }) => `${id} ${etag}`);
  }
}

type Step = { readonly kind: 'append' | 'change'; readonly advance: number; readonly which: number };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('append', 'append', 'change'),
    advance: fc.integer({ min: 0, max: 3 }),
    which: fc.nat(),
  }),
  { maxLength: 300 },
);

function play(all: readonly Step[], limit: number) {
  const log = new MessageLog(limit);
  const model = new Model();
  let now = 1000;
  for (const step of all) {
    now += step.advance;
    const changed = model.messages[step.which % Math.max(1, model.messages.length)];
    if (step.kind === 'append' || changed === undefined) {
      const id = String(log.tick(now));
      const message = { ...blank, id, etag: id };
      log.append(message);
      model.messages.push(message);
      if (model.messages.length > limit) model.messages.shift();
    } else {
      const message = { ...changed, etag: String(log.tick(now)) };
      log.replace(message);
      model.messages[model.messages.indexOf(changed)] = message;
    }
  }
  return { log, model, now };
}

describe("a chat's messages", () => {
  it('are found in every range as a plain list would find them', () => {
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 1, max: 100 }),
        fc.constantFrom('created', 'modified'),
        fc.integer({ min: 990, max: 1500 }),
        fc.integer({ min: 990, max: 1500 }),
        fc.integer({ min: 1, max: 20 }),
        (all, cap, by, after, before, limit) => {
          const { log, model } = play(all, cap);
          const found = log.range({ by, after, before, limit }).map(({ id, etag }) => `${id} ${etag}`);
          assert.deepEqual(found, model.range(by, after, before, limit));
          assert.equal(log.size, model.messages.length);
        },
      ),
    );
  });

  it('have strictly increasing ids even when the clock stands still', () => {
    const log = new MessageLog(10);
    const ticks = Array.from({ length: 100 }, () => log.tick(1000));
    assert.equal(new Set(ticks).size, 100);
    assert.deepEqual(
      ticks,
      ticks.toSorted((a, b) => a - b),
    );
  });

  it('never exceed the limit: the oldest go', () => {
    const { log } = play(
      Array.from({ length: 50 }, () => ({ kind: 'append', advance: 1, which: 0 })),
      10,
    );
    assert.equal(log.size, 10);
    assert.equal(log.range({ by: 'created', limit: 50 }).length, 10);
    assert.equal(log.get('1001'), undefined);
  });
});
