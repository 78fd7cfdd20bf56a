import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defineCommand, type Terminal, UsageError } from './command.ts';

const seen: unknown[] = [];
const greet = defineCommand({
  name: 'greet',
  summary: 'Greet somebody.',
  usage: '[--loud] NAME',
  options: {
    loud: { type: 'boolean', short: 'l', help: 'shout' },
    word: { type: 'string', value: 'WORD', help: 'the greeting' },
  },
  async run(values, words) {
    seen.push({ ...values }, words);
    return 7;
  },
});

function terminal(lines: string[]): Terminal {
  return {
    env: {},
    folder: '/',
    out: (text) => void lines.push(text),
    err: (text) => void lines.push(text),
    readInput: async () => '',
    stop: new AbortController().signal,
  };
}

describe('a command', () => {
  it('gets its options and words, and answers with its exit code', async () => {
    assert.equal(await greet.run(['-l', '--word', 'hello', 'bob', 'ann', '--json'], terminal([])), 7);
    assert.deepEqual(seen, [{ loud: true, word: 'hello', json: true }, ['bob', 'ann']]);
  });

  it('shows its help and does nothing else', async () => {
    const lines: string[] = [];
    seen.length = 0;
    assert.equal(await greet.run(['--help', 'bob'], terminal(lines)), 0);
    assert.deepEqual(seen, []);
    assert.match(lines.join(), /^isthmus greet \[--loud\] NAME\n\nGreet somebody\./);
    assert.match(lines.join(), /-l, --loud +shout/);
    assert.match(lines.join(), /--word WORD +the greeting/);
    assert.match(lines.join(), /--json +answer as one JSON value/);
  });

  it('refuses options it does not have', async () => {
    await assert.rejects(greet.run(['--lout'], terminal([])), UsageError);
    await assert.rejects(greet.run(['--word'], terminal([])), UsageError);
  });
});
