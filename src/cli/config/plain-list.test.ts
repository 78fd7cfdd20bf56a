import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { readPlainList } from './plain-list.ts';

describe('a plain list of people in YAML', () => {
  it('is read with and without its key, comments, empty lines and quotes', () => {
    const list = [
      '# everybody',
      '- id: bob@contoso.example',
      '  displayName: "Bob: Brown"',
      '',
      '- id: carol@x.example',
    ];
    const people = [{ id: 'bob@contoso.example', displayName: 'Bob: Brown' }, { id: 'carol@x.example' }];
    assert.deepEqual(readPlainList(list.join('\n')), people);
    assert.deepEqual(readPlainList(list.join('\r\n')), people);
    assert.deepEqual(readPlainList(['people:', ...list.map((line) => `  ${line}`)].join('\n')), people);
  });

  it('is left to a full parser for anything out of the ordinary', () => {
    for (const text of [
      '',
      'people: []',
      '- id: true',
      '- id: ~',
      '- id: 17',
      '- id: &a bob',
      '- id: bob # the builder',
      '- id: "b\\u006fb"',
      "- id: 'it''s'",
      '- id: |\n    bob',
      '- {id: bob}',
      '- id: bob\n- id: bob\n   mode: x',
      '- id: bob\n  id: bob',
      '- id: bob\n  friends: none',
      '- id: bob\n  displayName:\n    Bob',
      '- id: bob\n  displayName: Bob\n    Brown',
      '- id: bob: brown',
      '- id: b:',
      '---\n- id: bob',
    ])
      assert.equal(readPlainList(text), undefined, text);
  });

  it('is read as a full parser reads it, whatever it holds', () => {
    const value = fc.oneof(
      fc.string({ maxLength: 8, unit: 'grapheme' }),
      fc.stringMatching(/^[a-zA-Z0-9 :@.#"'_+~-]{0,8}$/),
      fc.constantFrom('sip:bob@contoso.example', 'Islands', '0x1F', '1e3', 'Null', '.inf', '2026-11-23'),
      fc.uuid(),
    );
    const line = fc.tuple(
      fc.constantFrom('- ', '  ', '', ' ', '    '),
      fc.constantFrom('id', 'displayName', 'mode', 'people', 'x'),
      fc.constantFrom(': ', ':', ':  '),
      value,
      fc.constantFrom('\n', '\n', '\n', '\r\n', ' \n'),
    );
    const shaped = fc.tuple(
      fc.constantFrom('- ', '  '),
      fc.constantFrom('id: ', 'mode: ', 'sip: '),
      value,
      fc.constant('\n'),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(line, shaped), { maxLength: 6 }), (lines) => {
        const text = lines.map((parts) => parts.join('')).join('');
        const read = readPlainList(text);
        if (read === undefined) return;
        const full: unknown = parse(text);
        const list = Array.isArray(full) ? full : (full as { people: unknown }).people;
        assert.deepEqual(read, list, text);
      }),
      { numRuns: 2_000 },
    );
  });
});
