import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { parse } from 'yaml';
import { overridesOf } from './env.ts';
import { fit } from './fit.ts';
import { type ConfigError, Problems } from './problems.ts';
import { configSchema } from './schema.ts';

/** Anything that YAML can hold, with the configuration's own words among the keys. */
const words = [
  'listen',
  'port',
  'tls',
  'teams',
  'tenants',
  'secret',
  'people',
  'defaults',
  'list',
  'sandbox',
];
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.jsonValue({ maxDepth: 1 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...words), fc.string()), tie('value'), { maxKeys: 4 }),
  ),
})).value;

describe('fitting a value to the schema', () => {
  it('ends with problems or with a value that fits, and adds a problem to whatever the schema refuses', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const problems = new Problems();
        const fitted = fit(configSchema, value, '', problems);
        if (problems.length === 0) assert.ok(Check(configSchema, fitted));
        else assert.ok(!Check(configSchema, value));
      }),
    );
  });

  it('shows nothing of a list or section that is out of place: it may hold secrets', () => {
    const problems = new Problems();
    fit(configSchema, { listen: [{ token: 'hunter2' }], data: { token: 'hunter2' } }, '', problems);
    assert.throws(
      () => problems.throwIfAny(),
      (error: ConfigError) => {
        const words = JSON.stringify(error.problems);
        return (
          words.includes('a list is not') && words.includes('a section is not') && !words.includes('hunter2')
        );
      },
    );
  });

  it('changes nothing in a value that fits', () => {
    const whole = fit(configSchema, {}, '', new Problems());
    assert.deepEqual(fit(configSchema, whole, '', new Problems()), whole);
  });
});

describe('docs/configuration.md', () => {
  const page = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');

  it('shows a configuration that fits', () => {
    const [, example = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
    const problems = new Problems();
    fit(configSchema, parse(example), '', problems);
    problems.throwIfAny();
    assert.match(example, /^people:/m);
  });

  it('names every section', () => {
    for (const section of Object.keys(configSchema.properties))
      assert.match(page, new RegExp(`^\\| \`${section}\\b`, 'm'), section);
  });
});

describe('a variable', () => {
  const leaves = [...leavesOf(configSchema, [])];

  it('can name every value of the schema', () => {
    for (const path of leaves) {
      const name = `ISTHMUS_${path.map((key) => key.replaceAll(/([A-Z])/g, '_$1').toUpperCase()).join('_')}`;
      const problems = new Problems();
      const [override] = overridesOf({ [name]: '{}' }, configSchema, problems);
      assert.deepEqual(override?.path.map(String), path, name);
    }
  });

  it('is a word or an object where both may stand, and a secret whatever it begins with', () => {
    const read = (name: string, text: string) =>
      overridesOf({ [name]: text }, configSchema, new Problems()).map(({ value }) => value);
    assert.deepEqual(read('ISTHMUS_POLICY', 'microsoft'), ['microsoft']);
    assert.deepEqual(read('ISTHMUS_POLICY', '{"default":"microsoft"}'), [{ default: 'microsoft' }]);
    assert.deepEqual(read('ISTHMUS_LISTEN_TOKEN', '{no JSON'), ['{no JSON']);
  });

  it('that names none is a problem, and others are not looked at', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('A', 'Z', '_', '0') }), (name) => {
        const problems = new Problems();
        assert.deepEqual(
          overridesOf({ [`ISTHMUS_X${name}`]: 'x', [`X${name}`]: 'x' }, configSchema, problems),
          [],
        );
        assert.equal(problems.length, 1);
      }),
    );
  });
});

interface Shape {
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly items?: TSchema;
}

function* leavesOf(schema: TSchema, path: readonly string[]): Generator<readonly string[]> {
  const { properties, items } = schema as Shape;
  if (path.length > 0) yield path;
  if (items) yield* leavesOf(items, [...path, '0']);
  for (const [key, next] of Object.entries(properties ?? {})) yield* leavesOf(next, [...path, key]);
}
