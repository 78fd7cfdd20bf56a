import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { Ajv } from 'ajv';
import { schemaFile } from './schema-file.ts';

const committed = readFileSync(new URL('../../../isthmus.config.schema.json', import.meta.url), 'utf8');

describe('isthmus.config.schema.json', () => {
  it('is what the schema says (renew it with `bin/isthmus config --schema > isthmus.config.schema.json`)', () => {
    assert.ok(isDeepStrictEqual(JSON.parse(committed), JSON.parse(schemaFile())));
  });

  it('lets an editor leave out what has a default, and point out what is wrong', () => {
    const validate = new Ajv({ strict: false }).compile(JSON.parse(committed) as object);
    assert.ok(validate({ $schema: './isthmus.config.schema.json', listen: { port: 80 } }));
    assert.ok(!validate({ listen: { prot: 80 } }));
    assert.ok(!validate({ skype: { pools: [{ name: 'hq' }] } }));
  });
});
