import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { it } from 'node:test';
import { catalogue, type RefusalId, type RefusalRule } from '../src/core/refusals.ts';

const file = new URL('../docs/failures.md', import.meta.url);

function page(): string {
  const rows = (Object.entries(catalogue) as [RefusalId, RefusalRule][]).map(
    ([id, { cause, cure, certain, retry }]) =>
      `| \`${id}\` | ${cause} | ${cure} | ${certain ? 'yes' : 'no'} | ${retry ? 'yes' : 'no'} |`,
  );
  return `# Why a message fails

A message that cannot be delivered by its deadline (30 s unless configured) fails with one of these reasons. Its sender
reads cause and cure in the client the message was written in; \`isthmus trace\` and the console show the id. *Certain*
means that the message surely was not shown; *tried again* that the gateway made further attempts while there was time.
\`{person}\` and \`{side}\` are filled in. This page is generated from \`src/core/refusals.ts\`.

| id | cause | cure | certain | tried again |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

it('docs/failures.md lists every reason', () => {
  if (process.env['UPDATE_DOCS']) writeFileSync(file, page());
  assert.equal(readFileSync(file, 'utf8'), page(), 'stale: run this test with UPDATE_DOCS=1');
});
