import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import type { NewChat } from '../../protocols/graph/server/backend.ts';
import type { Change } from '../../protocols/graph/server/notifier/change.ts';
import { contoso, people } from '../world.ts';
import { createTeamsTenants } from './tenants.ts';

function start(limits: object = {}) {
  const changes: Change[] = [];
  const tenants = createTeamsTenants({
    clock: new ManualClock(),
    emit: (change) => void changes.push(change),
    limits,
  });
  const order = (chatType: NewChat['chatType'], ...addresses: readonly string[]): NewChat => ({
    tenantId: contoso.id,
    chatType,
    topic: null,
    members: addresses.map((address) => {
      const participant = tenants.directory.findParticipant(contoso.id, address);
      assert.ok(participant);
      return { participant, roles: ['owner'], visibleHistoryStartDateTime: null };
    }),
  });
  return { tenants, changes, order };
}

const address = fc.constantFrom(...people.map((person) => person.address));

describe('chats of the sandbox', () => {
  it('are one for any two people, whoever asks and how often', () => {
    const { tenants, order } = start();
    fc.assert(
      fc.property(address, address, (a, b) => {
        fc.pre(a !== b);
        const [first, second] = [
          tenants.chats.create(order('oneOnOne', a, b)),
          tenants.chats.create(order('oneOnOne', b, a)),
        ];
        assert.equal(first, second);
        assert.equal(first.members.length, 2);
      }),
    );
  });

  it('are told of when they are made, and not when they are found', () => {
    const { tenants, changes, order } = start();
    tenants.chats.create(order('oneOnOne', 'alice@contoso.example', 'bob@contoso.example'));
    tenants.chats.create(order('oneOnOne', 'bob@contoso.example', 'alice@contoso.example'));
    assert.deepEqual(
      changes.map(({ kind, changeType }) => `${kind} ${changeType}`),
      ['chat created'],
    );
  });

  it('forget the oldest beyond their limit, for its members too', () => {
    const { tenants, order } = start({ maxChats: 2 });
    const made = [1, 2, 3].map(() =>
      tenants.chats.create(order('group', 'alice@contoso.example', 'bob@contoso.example')),
    );
    const alice = tenants.directory.find(contoso.id, 'alice@contoso.example')?.id ?? '';
    assert.deepEqual(tenants.chats.list(alice), made.slice(1));
    assert.equal(tenants.chats.find(made[0]?.chat.id ?? ''), undefined);
  });

  it('forget their oldest message beyond their limit', () => {
    const { tenants, order } = start({ maxMessagesPerChat: 3 });
    const { chat } = tenants.chats.create(order('group', 'alice@contoso.example', 'bob@contoso.example'));
    const from = { application: null, device: null, user: null };
    for (const content of ['1', '2', '3', '4']) {
      tenants.messages.send(chat.id, from, {
        body: { contentType: 'text', content },
        subject: null,
        importance: 'normal',
        mentions: [],
        attachments: [],
      });
    }
    const kept = tenants.messages.range(chat.id, { by: 'created', limit: 10 });
    assert.deepEqual(
      kept.map(({ body }) => body.content),
      ['4', '3', '2'],
    );
  });
});

describe('the directory of the sandbox', () => {
  it('knows people by id and by name, each in their own tenant', () => {
    const { tenants } = start();
    for (const person of people) {
      assert.equal(
        tenants.directory.find(person.tenant.id, person.address.toUpperCase())?.id,
        person.objectId,
      );
      assert.equal(tenants.directory.find(person.tenant.id, person.objectId)?.mail, person.address);
    }
    assert.equal(tenants.directory.find(contoso.id, 'grace@fabrikam.example'), undefined);
    assert.equal(
      tenants.directory.findParticipant(contoso.id, 'grace@fabrikam.example')?.user.displayName,
      'Grace Green',
    );
  });
});
