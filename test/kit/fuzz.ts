import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';

/** Pieces that parsers have stumbled over: controls, separators, encodings, sizes. */
const nasty = [
  '\0',
  '\r\n',
  '\r\n\r\n',
  '\n',
  '"',
  '<',
  '&',
  '%',
  '%00',
  '%ff%fe',
  '\\u0000',
  '\uFEFF',
  '\u2028',
  '{',
  '}}',
  '[',
  ']',
  ',',
  ';',
  '--',
  '<![CDATA[',
  '<!DOCTYPE a [<!ENTITY b "c">]>&b;',
  '-1',
  '1e400',
  '99999999999999999999999',
  '__proto__',
  'a'.repeat(2_000),
];

/** One change of a document; places count as a share of its length. */
type Change =
  | { readonly kind: 'flip'; readonly at: number; readonly by: number }
  | { readonly kind: 'cut'; readonly at: number; readonly length: number }
  | { readonly kind: 'insert'; readonly at: number; readonly text: string }
  | { readonly kind: 'repeat'; readonly at: number; readonly length: number; readonly times: number }
  | { readonly kind: 'end'; readonly at: number };

const at = fc.double({ min: 0, max: 1, noNaN: true });
const length = fc.integer({ min: 1, max: 40 });
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at, by: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ kind: fc.constant('cut' as const), at, length }),
  fc.record({
    kind: fc.constant('insert' as const),
    at,
    text: fc.oneof(fc.constantFrom(...nasty), fc.string()),
  }),
  fc.record({ kind: fc.constant('repeat' as const), at, length, times: fc.integer({ min: 2, max: 50 }) }),
  fc.record({ kind: fc.constant('end' as const), at }),
);

/** One of the samples with a few changes, down to single bits. */
export function mutatedBytes(...samples: readonly string[]): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.constantFrom(...samples), fc.array(change, { minLength: 1, maxLength: 6 }))
    .map(([sample, changes]) => changes.reduce(apply, Buffer.from(sample)));
}

/** The same as text; now and then with a surrogate that has lost its other half. */
export function mutatedText(...samples: readonly string[]): fc.Arbitrary<string> {
  return fc.tuple(mutatedBytes(...samples), fc.option(at, { freq: 3 })).map(([bytes, place]) => {
    const text = bytes.toString('utf8');
    if (place === null) return text;
    const cut = Math.floor(place * text.length);
    return `${text.slice(0, cut)}\ud83d${text.slice(cut)}`;
  });
}

function apply(bytes: Buffer, one: Change): Buffer {
  const place = Math.floor(one.at * bytes.length);
  switch (one.kind) {
    case 'flip': {
      const copy = Buffer.from(bytes);
      const old = copy[place];
      if (old !== undefined) copy[place] = old ^ one.by;
      return copy;
    }
    case 'cut':
      return Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + one.length)]);
    case 'insert':
      return Buffer.concat([bytes.subarray(0, place), Buffer.from(one.text), bytes.subarray(place)]);
    case 'repeat': {
      const piece = bytes.subarray(place, place + one.length);
      return Buffer.concat([
        bytes.subarray(0, place),
        ...Array<Buffer>(one.times).fill(piece),
        bytes.subarray(place),
      ]);
    }
    case 'end':
      return bytes.subarray(0, place);
  }
}

function nested(depth: number): unknown {
  let value: unknown = 'deep';
  for (let n = 0; n < depth; n++) value = n % 2 === 0 ? [value] : { a: value };
  return value;
}

const strange: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, 1e308, 0.1, '', [], {}, '\ud800', 'x'.repeat(5_000), '\0'),
  fc.constantFrom(...nasty),
  fc.integer({ min: 10, max: 200 }).map(nested),
  fc.jsonValue({ maxDepth: 3 }),
);

/** One of the samples, in which some values are others, are gone, or stand under names that mean something elsewhere. */
export function mutatedJson(...samples: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc
    .tuple(
      fc.constantFrom(...samples),
      fc.array(fc.tuple(fc.nat(), strange, fc.nat(3)), { minLength: 1, maxLength: 4 }),
    )
    .map(([sample, changes]) => {
      const root = { value: structuredClone(sample) };
      for (const [pick, value, how] of changes) replace(root, pick, value, how);
      return JSON.parse(JSON.stringify(root.value ?? null)) as unknown;
    });
}

function replace(root: { value: unknown }, pick: number, value: unknown, how: number): void {
  const places: { readonly of: Record<string, unknown>; readonly key: string }[] = [];
  const collect = (of: unknown, depth: number): void => {
    if (typeof of !== 'object' || of === null || depth > 50) return;
    for (const key of Object.keys(of)) {
      places.push({ of: of as Record<string, unknown>, key });
      collect((of as Record<string, unknown>)[key], depth + 1);
    }
  };
  collect(root, 0);
  const place = places[pick % places.length];
  if (place === undefined) return;
  if (how === 0 && Array.isArray(place.of)) place.of.splice(Number(place.key), 1);
  else if (how === 0 && place.of !== root) delete place.of[place.key];
  else if (how === 1) place.of[place.key] = [place.of[place.key], value];
  else place.of[place.key] = value;
}

function costOf(run: () => void): number {
  let best = Infinity;
  for (let round = 0; round < 5; round++) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, user + system);
  }
  return best;
}

/**
 * Work on input of growing size must not grow much faster than the input does: eight times the size, at most forty times
 * the processor's time. Measured against itself, so that a slow machine is no failure.
 */
export function assertNoBlowUp(run: (size: number) => void, size: number): void {
  run(size);
  const small = Math.max(
    costOf(() => run(size)),
    500,
  );
  const large = costOf(() => run(size * 8));
  assert.ok(large <= small * 40, `${size}: ${small} µs, ${size * 8}: ${large} µs of the processor`);
}

/** What is done again and again leaves nothing behind: after many rounds the heap is as large as after some. */
export function assertKeepsNothing(run: () => void, rounds = 150): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heap = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  for (let round = 0; round < rounds; round++) run();
  const before = heap();
  for (let round = 0; round < rounds * 2; round++) run();
  const grown = heap() - before;
  assert.ok(grown < 2_000_000, `${grown} bytes are left of ${rounds * 2} rounds`);
}
