import { parseArgs } from 'node:util';
import { soak } from './soak.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    conversations: { type: 'string', default: '200' },
    only: { type: 'string', multiple: true },
    'per-second': { type: 'string', default: '30' },
  },
});

const result = await soak({
  seed: Number(values.seed),
  seconds: Number(values.seconds),
  couples: Number(values.conversations),
  perSecond: Number(values['per-second']),
  deadlineMs: 15_000,
  drainMs: 90_000,
  quietMs: 3_000,
  ...(values.only ? { only: values.only } : {}),
  say: values.json ? () => undefined : (line) => console.error(line),
});
console.log(JSON.stringify(result, undefined, 1));
