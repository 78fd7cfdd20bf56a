import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { it } from 'node:test';
import { longestSkypeNote, longestStatusMessage } from '../src/core/presence/remarks.ts';
import { type ScaleRow, scale } from '../src/core/presence/scale-table.ts';

const file = new URL('../docs/presence.md', import.meta.url);

function row([state, { session, preferred, ucwa, number, token, ...lost }]: [string, ScaleRow]): string {
  const teams =
    preferred === 'none' || preferred === session ? session : `${session}, preferred ${preferred}`;
  const sip = token ? `${number} ${token.sip}` : `${number}`;
  const cells = [state, teams, lost.lostInTeams, ucwa, lost.lostInUcwa, sip, lost.lostInNumber];
  return `| ${cells.map((cell) => cell || '–').join(' | ')} |`;
}

function table(): string {
  return `<!-- scales -->
| state | in Teams | lost | in SfB (UCWA) | lost | in SfB (SIP) | lost |
|---|---|---|---|---|---|---|
${Object.entries(scale).map(row).join('\n')}
<!-- /scales -->`;
}

it('docs/presence.md has the table of both scales', () => {
  const scales = /<!-- scales -->[\s\S]*<!-- \/scales -->/;
  const before = readFileSync(file, 'utf8');
  if (process.env['UPDATE_DOCS']) writeFileSync(file, before.replace(scales, table()));
  const now = readFileSync(file, 'utf8');
  assert.equal(scales.exec(now)?.[0], table(), 'stale: run this test with UPDATE_DOCS=1');
});

it('docs/presence.md has the lengths of both texts', () => {
  const page = readFileSync(file, 'utf8');
  assert.ok(page.includes(`up to ${longestSkypeNote} characters`));
  assert.ok(page.includes(`up to ${longestStatusMessage} characters`));
});
