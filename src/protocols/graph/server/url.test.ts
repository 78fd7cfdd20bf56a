import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { webPath } from '../../../../test/kit/text.ts';
import { canonicalUrl, expandTemplate } from './url.ts';

describe('spellings of a path', () => {
  const spellings: readonly (readonly [string, string])[] = [
    ['/v1.0/me/chats/1/messages/2/microsoft.graph.softDelete', '/v1.0/me/chats/1/messages/2/softDelete'],
    ['/v1.0/users/1/chats/getAllMessages()?$top=2', '/v1.0/users/1/chats/getAllMessages?$top=2'],
    ['/v1.0/users/1/chats/Microsoft.Graph.getAllMessages()', '/v1.0/users/1/chats/getAllMessages'],
    ["/v1.0/chats('19:x@thread.v2')/messages('7')", '/v1.0/chats/19:x@thread.v2/messages/7'],
    ['/v1.0/users(%27a%40b%27)/presence', '/v1.0/users/a%40b/presence'],
    [
      "/v1.0/users?$filter=mail eq 'microsoft.graph.x()'",
      "/v1.0/users?$filter=mail eq 'microsoft.graph.x()'",
    ],
  ];
  for (const [given, expected] of spellings) {
    it(`${given} is ${expected}`, () => assert.equal(canonicalUrl(given), expected));
  }

  it('are one once they are canonical', () => {
    fc.assert(
      fc.property(webPath(), (path) => {
        const canonical = canonicalUrl(`/v1.0${path}`);
        assert.equal(canonicalUrl(canonical), canonical);
      }),
    );
  });
});

describe('a template of the permission table', () => {
  it('stands for every owner', () => {
    assert.deepEqual(expandTemplate('{owner}/chats/{chat}'), [
      '/chats/:chat',
      '/me/chats/:chat',
      '/users/:user/chats/:chat',
    ]);
  });
  it('stands for itself without one', () => {
    assert.deepEqual(expandTemplate('/users/{user}'), ['/users/:user']);
  });
});
