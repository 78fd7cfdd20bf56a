import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pageAt } from './routes.ts';

describe('the address of a page', () => {
  it('names the page, with or without a trailing slash', () => {
    assert.equal(pageAt('/'), 'split');
    assert.equal(pageAt('/split'), 'split');
    assert.equal(pageAt('/teams'), 'teams');
    assert.equal(pageAt('/skype/'), 'skype');
    assert.equal(pageAt('/console'), 'console');
  });

  it('is none where there is no page, not even for names that every object has', () => {
    assert.equal(pageAt('/nowhere'), undefined);
    assert.equal(pageAt('/constructor'), undefined);
  });
});
