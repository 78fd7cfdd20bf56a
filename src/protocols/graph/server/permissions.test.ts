import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GraphError } from '../errors.ts';
import type { TokenClaims } from './auth.ts';
import { permissions, requirePermission } from './permissions.ts';

const delegated = (...scopes: string[]): TokenClaims => ({
  kind: 'delegated',
  tenantId: 't',
  appId: 'a',
  userId: 'u',
  scopes,
});
const application = (...roles: string[]): TokenClaims => ({
  kind: 'application',
  tenantId: 't',
  appId: 'a',
  roles,
});
const send = permissions['POST {owner}/chats/{chat}/messages'];

function refusal(run: () => void): GraphError {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof GraphError);
    return error;
  }
  return assert.fail('nothing was refused');
}

describe('the permission table', () => {
  it('lets any one of the listed permissions do', () => {
    requirePermission(send, delegated('ChatMessage.Send'));
    requirePermission(send, delegated('User.Read', 'Chat.ReadWrite'));
  });

  it('refuses a token without one, naming what is needed and what is there', () => {
    const error = refusal(() => requirePermission(send, delegated('User.Read')));
    assert.equal(error.status, 403);
    assert.match(
      error.message,
      /API requires one of 'ChatMessage.Send, Chat.ReadWrite'.*on the request 'User.Read'/,
    );
  });

  it('lets no application send a message, whatever its roles', () => {
    const error = refusal(() =>
      requirePermission(send, application('Chat.ReadWrite.All', 'Teamwork.Migrate.All')),
    );
    assert.equal(error.status, 403);
    assert.equal(error.message, 'Requested API is not supported in application-only context');
  });

  it('keeps the export to applications', () => {
    const permission = permissions['GET /users/{user}/chats/getAllMessages'];
    requirePermission(permission, application('Chat.Read.All'));
    assert.equal(refusal(() => requirePermission(permission, delegated('Chat.ReadWrite'))).status, 403);
  });

  it('does not take a scope for a role', () => {
    assert.equal(
      refusal(() => requirePermission(permissions['GET /users'], application('User.Read'))).status,
      403,
    );
  });
});
