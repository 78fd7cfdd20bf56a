import { parseArgs } from 'node:util';
import { benchIm, showIm } from './im.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '8' },
    pairs: { type: 'string', default: '50' },
    people: { type: 'string', default: '1000' },
  },
});

const benches = ['im'] as const;
const [name] = positionals;

if (name !== 'im') {
  console.error(
    `usage: npm run bench -- ${benches.join('|')} [--json] [--rounds N] [--seconds N] [--pairs N] [--people N]`,
  );
  process.exitCode = 2;
} else {
  const im = await benchIm({
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    pairs: Number(values.pairs),
    people: Number(values.people),
    say: values.json ? () => undefined : (line) => console.error(line),
  });
  console.log(values.json ? JSON.stringify({ im }) : showIm(im));
}
