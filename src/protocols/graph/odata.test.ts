import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type Filter,
  FilterSyntaxError,
  type Literal,
  matches,
  parseFilter,
  propertiesOf,
  quote,
} from './odata.ts';

function accepts(filter: string, resource: Readonly<Record<string, unknown>>): boolean {
  return matches(parseFilter(filter), (name) => resource[name]);
}

const name = fc
  .stringMatching(/^[a-z][A-Za-z]{0,8}$/)
  .filter((word) => !/^(?:and|or|not|in|startswith|true|false|null)$/i.test(word));
const literal: fc.Arbitrary<Literal> = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc
    .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((date) => ({ at: date.getTime() })),
);
const plain = { noNullPrototype: true };
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small' },
    fc.record(
      {
        kind: fc.constant('compare' as const),
        property: name,
        operator: fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le'),
        value: literal,
      },
      plain,
    ),
    fc.record(
      {
        kind: fc.constant('in' as const),
        property: name,
        values: fc.array(literal, { minLength: 1, maxLength: 3 }),
      },
      plain,
    ),
    fc.record({ kind: fc.constant('startsWith' as const), property: name, prefix: fc.string() }, plain),
    fc.record(
      {
        kind: fc.constantFrom('and' as const, 'or' as const),
        left: tie('filter'),
        right: tie('filter'),
      },
      plain,
    ),
    fc.record({ kind: fc.constant('not' as const), operand: tie('filter') }, plain),
  ),
}));

function write(filter: Filter): string {
  switch (filter.kind) {
    case 'compare':
      return `${filter.property} ${filter.operator} ${writeLiteral(filter.value)}`;
    case 'in':
      return `${filter.property} in (${filter.values.map(writeLiteral).join(', ')})`;
    case 'startsWith':
      return `startswith(${filter.property},${quote(filter.prefix)})`;
    case 'not':
      return `not (${write(filter.operand)})`;
    case 'and':
    case 'or':
      return `(${write(filter.left)}) ${filter.kind} (${write(filter.right)})`;
  }
}

function writeLiteral(value: Literal): string {
  if (typeof value === 'string') return quote(value);
  return typeof value === 'object' && value !== null ? new Date(value.at).toISOString() : String(value);
}

describe('$filter', () => {
  it('is read back as it was written', () => {
    fc.assert(fc.property(filter, (given) => assert.deepEqual(parseFilter(write(given)), given)));
  });

  it('is a filter or a syntax error, never anything worse', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseFilter(text);
        } catch (error) {
          assert.ok(error instanceof FilterSyntaxError);
        }
      }),
    );
  });

  it('says what a negation denies', () => {
    fc.assert(
      fc.property(
        filter,
        fc.dictionary(name, fc.oneof(fc.string(), fc.integer(), fc.boolean())),
        (given, resource) => {
          const property = (key: string) => (Object.hasOwn(resource, key) ? resource[key] : undefined);
          assert.notEqual(matches(given, property), matches({ kind: 'not', operand: given }, property));
        },
      ),
    );
  });

  it('compares text without regard to case', () => {
    assert.ok(accepts("mail eq 'Alice@Contoso.example'", { mail: 'alice@contoso.example' }));
    assert.ok(accepts("startswith(mail,'AL')", { mail: 'alice@contoso.example' }));
  });

  it('binds and stronger than or', () => {
    assert.ok(accepts('a eq 1 or a eq 2 and b eq 3', { a: 1, b: 0 }));
    assert.ok(!accepts('(a eq 1 or a eq 2) and b eq 3', { a: 1, b: 0 }));
  });

  it('takes doubled quotes for one', () => {
    assert.ok(accepts("surname eq 'O''Neil'", { surname: "O'Neil" }));
  });

  it('compares dates as instants', () => {
    const resource = { created: '2026-01-05T09:00:00.5Z' };
    assert.ok(accepts('created gt 2026-01-05T09:00:00Z', resource));
    assert.ok(accepts('created lt 2026-01-05T11:00:00+01:00', resource));
  });

  it('knows null', () => {
    assert.ok(accepts('topic eq null', { topic: null }));
    assert.ok(!accepts("topic eq 'x'", { topic: null }));
    assert.ok(accepts("topic ne 'x'", { topic: null }));
  });

  for (const text of [
    '',
    'a',
    'a eq',
    'a is 1',
    "a eq 'x",
    'a eq 1 and',
    '(a eq 1',
    'a in ()',
    'a eq b',
    `${'('.repeat(5000)}a eq 1`,
    'a eq 1 b',
  ]) {
    it(`refuses ${text.slice(0, 20) || 'nothing'}`, () => {
      assert.throws(() => parseFilter(text), FilterSyntaxError);
    });
  }

  it('names every property it looks at', () => {
    assert.deepEqual(propertiesOf(parseFilter("a eq 1 and not (b in (2) or startswith(c,'x'))")), [
      'a',
      'b',
      'c',
    ]);
  });
});
