import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { eventually } from '../../test/kit/eventually.ts';
import { ManualClock } from '../../test/kit/manual-clock.ts';
import { somebody } from '../../test/kit/people.ts';
import type { GatewayEvent } from '../gateway/events.ts';
import { ConfigError } from './config/problems.ts';
import { watchPeopleFile } from './people-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'isthmus-people-file-'));
after(() => rmSync(folder, { recursive: true }));

/** A file of names, of which `wrong` is none. */
function world(name: string) {
  const file = join(folder, name);
  const clock = new ManualClock();
  const configured: string[] = [];
  const events: GatewayEvent[] = [];
  writeFileSync(file, 'alice');
  const watching = watchPeopleFile({
    file,
    clock,
    report: (event) => void events.push(event),
    configure: (people) => void configured.push(people.map(({ displayName }) => displayName).join()),
    read: async () => {
      const names = (await readFile(file, 'utf8')).split(' ');
      if (names.includes('wrong'))
        throw new ConfigError([{ path: 'people.csv, row 1', message: 'is wrong' }]);
      return names.map((each) => somebody(each));
    },
  });
  return {
    clock,
    configured,
    events,
    write: (text: string) => writeFileSync(file, text),
    remove: () => rmSync(file),
    async looks(times: number) {
      for (let n = 0; n < times; n++) {
        await eventually('the next look is due', () => clock.pending > 0);
        clock.advance(1_000);
      }
      await eventually('the look is over', () => clock.pending > 0);
    },
    [Symbol.asyncDispose]: () => watching[Symbol.asyncDispose](),
  };
}

describe('the people file', () => {
  it('is read again when it has changed, and only then', async () => {
    await using w = world('changes.csv');
    await w.looks(4);
    assert.deepEqual(w.configured, ['Alice']);
    w.write('alice bob');
    await w.looks(4);
    assert.deepEqual(w.configured, ['Alice', 'Alice,Bob']);
  });

  it('is left alone while it is being written', async () => {
    await using w = world('written.csv');
    await w.looks(2);
    for (const part of ['b', 'bo', 'bob', 'bob c', 'bob carol']) {
      w.write(part);
      await w.looks(1);
    }
    await w.looks(1);
    assert.deepEqual(w.configured, ['Alice', 'Bob,Carol']);
  });

  it('changes nobody when anything about it is wrong, which is reported once; right again it is taken', async () => {
    await using w = world('wrong.csv');
    await w.looks(2);
    w.write('wrong bob');
    await w.looks(4);
    assert.deepEqual(w.configured, ['Alice']);
    assert.deepEqual(w.events, [{ kind: 'people-refused', problems: ['people.csv, row 1: is wrong'] }]);
    w.write('bob');
    await w.looks(2);
    assert.deepEqual(w.configured, ['Alice', 'Bob']);
  });

  it('leaves no timer behind', async () => {
    const w = world('ends.csv');
    await w.looks(1);
    await w[Symbol.asyncDispose]();
    assert.equal(w.clock.pending, 0);
  });
});
