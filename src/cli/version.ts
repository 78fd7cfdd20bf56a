import { readFileSync } from 'node:fs';
import { Type } from 'typebox';
import { Parse } from 'typebox/value';

const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');

/** Of package.json. */
export const { version } = Parse(Type.Object({ version: Type.String() }), JSON.parse(manifest));
