import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  alice,
  bob,
  carol,
  GraphWorld,
  grace,
  group,
  itAnswersAsPublished,
  member,
  oneOnOne,
} from './graph-world.ts';

describe('creating a chat', () => {
  it('of two people gives the one they already have', async () => {
    await using graph = new GraphWorld();
    const first = await graph.ask(graph.user(alice), 'POST', '/chats', oneOnOne(alice, bob));
    const second = await graph.ask(graph.user(bob), 'POST', '/chats', oneOnOne(bob, alice));
    assert.equal(first.status, 201);
    assert.equal(second.status, 201);
    assert.equal(first.body.id, second.body.id);
    assert.match(first.body.id, /^19:[0-9a-f-]{36}_[0-9a-f-]{36}@unq\.gbl\.spaces$/);
    assert.equal(first.body.members, undefined);
  });

  it('of a group gives a new one each time', async () => {
    await using graph = new GraphWorld();
    const create = async () =>
      (await graph.ask(graph.user(alice), 'POST', '/chats', group('Plans', alice, bob))).body;
    const [first, second] = [await create(), await create()];
    assert.notEqual(first.id, second.id);
    assert.match(first.id, /^19:[0-9a-f]{32}@thread\.v2$/);
    assert.equal(first.topic, 'Plans');
  });

  it('takes members by object id or UPN, in brackets or as a segment', async () => {
    await using graph = new GraphWorld();
    const bind = (text: string) => ({ ...member(alice), 'user@odata.bind': text });
    const { status, body } = await graph.ask(graph.user(alice), 'POST', '/chats', {
      chatType: 'oneOnOne',
      members: [
        bind(`https://graph.microsoft.com/v1.0/users('${alice.address}')`),
        bind(`https://graph.microsoft.com/v1.0/users/${bob.objectId}`),
      ],
    });
    assert.equal(status, 201);
    assert.equal(body.id, await graph.chat(bob, alice));
  });

  it('finds somebody of another tenant in the tenant that is named, and in no other', async () => {
    await using graph = new GraphWorld();
    const create = (tenantId: string) =>
      graph.ask(graph.user(alice), 'POST', '/chats', {
        chatType: 'oneOnOne',
        members: [member(alice), { ...member(grace), tenantId }],
      });
    assert.equal((await create(grace.tenant.id)).status, 201);
    assert.equal((await create(alice.tenant.id)).status, 400);
  });

  it('is open to an application', async () => {
    await using graph = new GraphWorld();
    const { status } = await graph.ask(graph.application(), 'POST', '/chats', oneOnOne(alice, bob));
    assert.equal(status, 201);
    const fabrikam = graph.application(['Chat.Create'], grace.tenant.id);
    assert.equal((await graph.ask(fabrikam, 'POST', '/chats', oneOnOne(alice, bob))).status, 403);
  });

  it('joins people of two tenants', async () => {
    await using graph = new GraphWorld();
    const chat = await graph.chat(grace, alice);
    for (const who of [grace, alice]) {
      const { body } = await graph.ask(graph.user(who), 'GET', `/chats/${chat}?$expand=members`);
      assert.deepEqual(
        new Set(body.members.map(({ tenantId }: { tenantId: string }) => tenantId)),
        new Set([alice.tenant.id, grace.tenant.id]),
      );
    }
  });

  for (const [what, body, field] of [
    ['without members', { chatType: 'oneOnOne' }, /members/],
    ['of an unknown type', { chatType: 'meeting', members: [] }, /chatType/],
    ['without the caller', oneOnOne(bob, carol), /calling user/],
    ['of one person', { chatType: 'oneOnOne', members: [member(alice)] }, /two people/],
    [
      'of three where two belong',
      { chatType: 'oneOnOne', members: [member(alice), member(bob), member(carol)] },
      /two people/,
    ],
    ['with somebody twice', oneOnOne(alice, alice), /Duplicate/],
    ['of two with a topic', { ...oneOnOne(alice, bob), topic: 'x' }, /topic/],
    [
      'with a role that nobody knows',
      { chatType: 'oneOnOne', members: [member(alice), { ...member(bob), roles: ['boss'] }] },
      /members\.1\.roles/,
    ],
    [
      'without roles',
      { chatType: 'oneOnOne', members: [member(alice), { ...member(bob), roles: [] }] },
      /members\.1\.roles/,
    ],
    [
      'with nobody',
      {
        chatType: 'oneOnOne',
        members: [
          member(alice),
          { ...member(bob), 'user@odata.bind': "https://x/users('nobody@contoso.example')" },
        ],
      },
      /members\.1\.user@odata\.bind/,
    ],
    [
      'with a binding to something else',
      {
        chatType: 'oneOnOne',
        members: [member(alice), { ...member(bob), 'user@odata.bind': 'https://x/groups/1' }],
      },
      /members\.1\.user@odata\.bind/,
    ],
    [
      'with a member of another kind',
      {
        chatType: 'oneOnOne',
        members: [
          member(alice),
          { ...member(bob), '@odata.type': '#microsoft.graph.skypeUserConversationMember' },
        ],
      },
      /members\.1\.@odata\.type/,
    ],
  ] as const) {
    it(`is refused ${what}, naming the field`, async () => {
      await using graph = new GraphWorld();
      const reply = await graph.ask(graph.user(alice), 'POST', '/chats', body);
      assert.equal(reply.status, 400);
      assert.match(reply.body.error.message, field);
    });
  }

  it('needs a permission', async () => {
    await using graph = new GraphWorld();
    const { status, body } = await graph.ask(
      graph.user(alice, ['Chat.Read']),
      'POST',
      '/chats',
      oneOnOne(alice, bob),
    );
    assert.equal(status, 403);
    assert.match(body.error.message, /Chat\.Create/);
  });
});

describe('reading chats', () => {
  it('shows a user their own, with their own state', async () => {
    await using graph = new GraphWorld();
    const chat = await graph.chat();
    await graph.chat(bob, carol);
    const { body } = await graph.ask(
      graph.user(alice),
      'GET',
      '/me/chats?$expand=members,lastMessagePreview',
    );
    assert.deepEqual(
      body.value.map(({ id }: { id: string }) => id),
      [chat],
    );
    assert.deepEqual(body.value[0].viewpoint, { isHidden: false, lastMessageReadDateTime: null });
    assert.equal(body.value[0].members.length, 2);
    assert.equal(body.value[0].lastMessagePreview, null);
    await graph.say(bob, chat, 'hello');
    const again = await graph.ask(graph.user(alice), 'GET', '/chats?$expand=lastMessagePreview');
    assert.equal(again.body.value[0].lastMessagePreview.body.content, 'hello');
  });

  it('shows an application those of a user it names', async () => {
    await using graph = new GraphWorld();
    const chat = await graph.chat();
    const { body } = await graph.ask(graph.application(), 'GET', `/users/${bob.address}/chats`);
    assert.equal(body.value[0].id, chat);
    assert.equal(body.value[0].viewpoint, undefined);
    assert.equal((await graph.ask(graph.application(), 'GET', '/chats')).status, 403);
  });

  it('shows nobody those of others', async () => {
    await using graph = new GraphWorld();
    const chat = await graph.chat();
    assert.equal((await graph.ask(graph.user(carol), 'GET', `/chats/${chat}`)).status, 403);
    assert.equal((await graph.ask(graph.user(carol), 'GET', `/users/${alice.objectId}/chats`)).status, 403);
    assert.equal((await graph.ask(graph.user(alice), 'GET', '/chats/19:none@thread.v2')).status, 404);
  });

  it('takes encoded ids and ids as a key', async () => {
    await using graph = new GraphWorld();
    const chat = await graph.chat();
    for (const path of [`/chats/${encodeURIComponent(chat)}`, `/chats('${chat}')`, `/ME/Chats/${chat}`]) {
      assert.equal(
        (
          await graph.app.inject({
            url: `/v1.0${path}`,
            headers: { authorization: `Bearer ${graph.user(alice)}` },
          })
        ).statusCode,
        200,
      );
    }
  });

  it('pages, filters and orders as documented', async () => {
    await using graph = new GraphWorld();
    const chats = [
      await graph.chat(alice, bob),
      await graph.chat(alice, carol),
      await graph.chat(alice, grace),
    ];
    await graph.ask(graph.user(alice), 'POST', '/chats', group('Plans', alice, bob));
    const token = graph.user(alice);
    const groups = await graph.ask(token, 'GET', "/me/chats?$filter=chatType eq 'group'");
    assert.deepEqual(
      groups.body.value.map(({ topic }: { topic: string }) => topic),
      ['Plans'],
    );
    const first = await graph.ask(token, 'GET', '/me/chats?$top=3');
    const rest = await graph.ask(token, 'GET', first.body['@odata.nextLink']);
    assert.deepEqual(
      [first.body.value.length, rest.body.value.length, rest.body['@odata.nextLink']],
      [3, 1, undefined],
    );
    graph.clock.advance(1000);
    await graph.say(carol, chats[1] ?? '', 'new');
    const ordered = await graph.ask(
      token,
      'GET',
      '/me/chats?$orderby=lastMessagePreview/createdDateTime desc',
    );
    assert.equal(ordered.body.value[0].id, chats[1]);
  });

  for (const query of [
    '$top=51',
    '$search=x',
    '$orderby=lastUpdatedDateTime desc',
    '$expand=tabs',
    '$filter=members/any() eq true',
    "$filter=webUrl eq 'x'",
    '$skiptoken=x',
  ]) {
    it(`refuses ${query}`, async () => {
      await using graph = new GraphWorld();
      assert.equal((await graph.ask(graph.user(alice), 'GET', `/me/chats?${query}`)).status, 400);
    });
  }
});

describe('a group', () => {
  async function plans() {
    const graph = new GraphWorld();
    const token = graph.user(alice);
    const { id } = (await graph.ask(token, 'POST', '/chats', group('Plans', alice, bob))).body;
    return { graph, token, id, [Symbol.asyncDispose]: () => graph[Symbol.asyncDispose]() };
  }

  it('is renamed', async () => {
    await using chat = await plans();
    const { status, body } = await chat.graph.ask(chat.token, 'PATCH', `/chats/${chat.id}`, {
      topic: 'Deeds',
    });
    assert.equal(status, 200);
    assert.equal(body.topic, 'Deeds');
    const two = await chat.graph.chat();
    assert.equal((await chat.graph.ask(chat.token, 'PATCH', `/chats/${two}`, { topic: 'x' })).status, 400);
  });

  it('takes members in and lets them go', async () => {
    await using chat = await plans();
    const { graph, token } = chat;
    const added = await graph.ask(token, 'POST', `/chats/${chat.id}/members`, {
      ...member(carol),
      visibleHistoryStartDateTime: '2026-01-01T00:00:00Z',
    });
    assert.equal(added.status, 201);
    assert.equal(added.body.userId, carol.objectId);
    assert.notEqual(added.body.id, carol.objectId);
    assert.equal((await graph.ask(token, 'POST', `/chats/${chat.id}/members`, member(carol))).status, 400);
    assert.equal(
      (await graph.ask(graph.user(carol), 'GET', `/chats/${chat.id}/members`)).body.value.length,
      3,
    );
    const path = `/chats/${chat.id}/members/${added.body.id}`;
    assert.equal((await graph.ask(token, 'GET', path)).body.displayName, 'Carol Clark');
    assert.equal((await graph.ask(token, 'DELETE', path)).status, 204);
    assert.equal((await graph.ask(token, 'DELETE', path)).status, 404);
    assert.equal((await graph.ask(graph.user(carol), 'GET', `/chats/${chat.id}/members`)).status, 403);
  });

  it('of two is for ever', async () => {
    await using graph = new GraphWorld();
    const chat = await graph.chat();
    assert.equal(
      (await graph.ask(graph.user(alice), 'POST', `/chats/${chat}/members`, member(carol))).status,
      400,
    );
  });

  it('tells its members what happened to it', async () => {
    await using chat = await plans();
    const { graph, token } = chat;
    await graph.ask(token, 'POST', `/chats/${chat.id}/members`, member(carol));
    const { body } = await graph.ask(token, 'GET', `/chats/${chat.id}/messages`);
    assert.equal(body.value[0].body.content, '<systemEventMessage/>');
    assert.equal(body.value[0].eventDetail.members[0].id, carol.objectId);
    assert.equal(body.value[0].eventDetail.initiator.user.id, alice.objectId);
  });
});

describe("a person's own view of a chat", () => {
  it('is read, unread, hidden, and shown again by a new message', async () => {
    await using graph = new GraphWorld();
    const chat = await graph.chat();
    const token = graph.user(alice);
    const first = (await graph.say(bob, chat, '1')).body.createdDateTime;
    graph.clock.advance(1000);
    const second = (await graph.say(bob, chat, '2')).body.createdDateTime;
    const act = (action: string, extra: object = {}) =>
      graph.ask(token, 'POST', `/chats/${chat}/${action}`, {
        user: { id: alice.objectId },
        tenantId: alice.tenant.id,
        ...extra,
      });
    const view = async () => (await graph.ask(token, 'GET', `/chats/${chat}`)).body.viewpoint;

    assert.equal((await act('markChatReadForUser')).status, 204);
    assert.equal((await view()).lastMessageReadDateTime, second);
    assert.equal((await act('markChatUnreadForUser')).status, 204);
    assert.equal((await view()).lastMessageReadDateTime, first);
    assert.equal((await act('markChatUnreadForUser', { lastMessageReadDateTime: second })).status, 204);
    assert.equal((await view()).lastMessageReadDateTime, second);
    assert.equal((await act('hideForUser')).status, 204);
    assert.equal((await view()).isHidden, true);
    await graph.say(bob, chat, '3');
    assert.equal((await view()).isHidden, false);
    await act('hideForUser');
    assert.equal((await act('unhideForUser')).status, 204);
    assert.equal((await view()).isHidden, false);
  });

  it('is changed by that person alone', async () => {
    await using graph = new GraphWorld();
    const chat = await graph.chat();
    const path = `/chats/${chat}/markChatReadForUser`;
    assert.equal(
      (await graph.ask(graph.user(alice), 'POST', path, { user: { id: bob.objectId } })).status,
      403,
    );
    assert.equal(
      (
        await graph.ask(graph.application(['Chat.ReadWrite.All']), 'POST', path, {
          user: { id: bob.objectId },
        })
      ).status,
      403,
    );
    assert.equal((await graph.ask(graph.user(alice), 'POST', path, {})).status, 400);
    const unread = `/chats/${chat}/markChatUnreadForUser`;
    const body = { user: { id: alice.objectId }, lastMessageReadDateTime: 'yesterday' };
    assert.equal((await graph.ask(graph.user(alice), 'POST', unread, body)).status, 400);
  });
});

itAnswersAsPublished();
