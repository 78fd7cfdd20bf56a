import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { EntraError } from './entra-error.ts';
import { checkApplicationScope, parseScopes } from './scopes.ts';

const defaults = ['Chat.Read', 'User.Read'];

describe('the scope of a delegated request', () => {
  it('is read with or without the resource’s name, and remembered as written', () => {
    const scopes = parseScopes(
      'openid https://graph.microsoft.com/Chat.Read User.Read offline_access',
      defaults,
    );
    assert.deepEqual([...scopes.identity], ['openid', 'offline_access']);
    assert.deepEqual(scopes.permissions, ['Chat.Read', 'User.Read']);
    assert.deepEqual(scopes.asWritten, ['openid', 'https://graph.microsoft.com/Chat.Read', 'User.Read']);
  });

  it('may ask for everything consented to, but not for that and more', () => {
    const scopes = parseScopes('https://graph.microsoft.com/.default offline_access', defaults);
    assert.deepEqual(scopes.permissions, defaults);
    assert.throws(() => parseScopes('https://graph.microsoft.com/.default Presence.Read', defaults), {
      code: 70011,
    });
  });

  it('must ask for something, of a resource that exists', () => {
    assert.throws(() => parseScopes('  ', defaults), { code: 70011 });
    assert.throws(() => parseScopes('api://other/Read', defaults), { code: 500011 });
  });

  it('grants nothing that was not asked for, and refuses the rest by code', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom('openid', 'Chat.Read', 'a/b'))), (words) => {
        const text = words.join(' ');
        try {
          for (const permission of parseScopes(text, []).permissions) assert.ok(text.includes(permission));
        } catch (error) {
          assert.ok(error instanceof EntraError);
        }
      }),
    );
  });
});

describe('the scope of an application’s request', () => {
  it('is everything consented to, of Graph', () => {
    checkApplicationScope('https://graph.microsoft.com/.default');
    for (const [scope, code] of [
      ['User.Read', 1002012],
      ['https://graph.microsoft.com/User.Read', 1002012],
      ['https://graph.microsoft.com/.default User.Read', 1002012],
      ['', 1002012],
      ['api://other/.default', 500011],
    ] as const) {
      assert.throws(() => checkApplicationScope(scope), { code }, scope);
    }
  });
});
