import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readAnswer } from './answer.ts';

const asked = { state: 's1', verifier: 'v1' };

describe('the answer of the sign-in page', () => {
  it('is none when the page was opened without one', () => {
    assert.deepEqual(readAnswer('', asked), { kind: 'none' });
    assert.deepEqual(readAnswer('?tab=chat', undefined), { kind: 'none' });
  });

  it('is a code when it answers what this tab asked', () => {
    assert.deepEqual(readAnswer('?code=c1&state=s1', asked), { kind: 'code', code: 'c1', verifier: 'v1' });
  });

  it('is refused when the state is another one or nothing was asked', () => {
    assert.equal(readAnswer('?code=c1&state=s2', asked).kind, 'refused');
    assert.equal(readAnswer('?code=c1&state=s1', undefined).kind, 'refused');
    assert.equal(readAnswer('?code=c1', asked).kind, 'refused');
  });

  it('tells why sign-in was refused, without the lines for support', () => {
    const answer = readAnswer(
      '?error=access_denied&error_description=No%20consent.%0D%0ATrace&state=s1',
      asked,
    );
    assert.equal(answer.kind === 'refused' && answer.trouble.cure, 'No consent.');
  });
});
