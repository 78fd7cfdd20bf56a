import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { webUrl } from '../../../../test/kit/text.ts';
import { allowsRedirect } from './redirects.ts';

const registered = ['https://page.example/back', 'http://localhost/signed-in', 'http://127.0.0.1/*'];

describe('where a sign-in may be sent back to', () => {
  for (const uri of [
    'https://page.example/back',
    'http://localhost/signed-in',
    'http://localhost:5173/signed-in',
    'http://127.0.0.1:7080/any/path?and=query',
  ]) {
    it(`${uri} is registered`, () => assert.ok(allowsRedirect(registered, uri)));
  }

  for (const uri of [
    '',
    'page.example/back',
    'http://page.example/back',
    'https://page.example:444/back',
    'https://page.example/back/',
    'https://page.example/back?x=1',
    'https://page.example/back#x',
    'https://page.example.evil.example/back',
    'https://page.example@evil.example/back',
    'https://user@page.example/back',
    'https://evil.example/https://page.example/back',
    'https://localhost/signed-in',
    'http://localhost.evil.example/signed-in',
    'javascript:alert(1)',
    'data:text/html,x',
  ]) {
    it(`${uri || 'nothing'} is not`, () => assert.ok(!allowsRedirect(registered, uri)));
  }

  it('is never another host, whatever is asked for', () => {
    fc.assert(
      fc.property(fc.oneof(webUrl(), fc.string()), (uri) => {
        if (!allowsRedirect(registered, uri)) return;
        assert.ok(['page.example', 'localhost', '127.0.0.1'].includes(new URL(uri).hostname));
      }),
    );
  });
});
