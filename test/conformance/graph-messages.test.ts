import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alice, bob, carol, GraphWorld, grace, group, itAnswersAsPublished } from './graph-world.ts';

describe('sending a message', () => {
  it('answers 201 with the whole message, written by the user of the token', async () => {
    await using graph = new GraphWorld();
    const chat = await graph.chat();
    const { status, body } = await graph.say(alice, chat, 'Hello <b>');
    assert.equal(status, 201);
    assert.equal(body.chatId, chat);
    assert.deepEqual(body.body, { contentType: 'text', content: 'Hello <b>' });
    assert.equal(body.from.user.id, alice.objectId);
    assert.equal(body.from.user.userIdentityType, 'aadUser');
    assert.equal(body.messageType, 'message');
    assert.equal(Number(body.id), Date.parse(body.createdDateTime));
  });

  it('gives ids that increase inside a chat, though the clock stands still', async () => {
    await using graph = new GraphWorld();
    const chat = await graph.chat();
    const ids: number[] = [];
    for (const text of ['a', 'b', 'c']) ids.push(Number((await graph.say(alice, chat, text)).body.id));
    assert.deepEqual(
      ids,
      [...new Set(ids)].toSorted((a, b) => a - b),
    );
  });

  it('sanitises html and keeps mentions', async () => {
    await using graph = new GraphWorld();
    const chat = await graph.chat();
    const { body } = await graph.ask(graph.user(alice), 'POST', `/chats/${chat}/messages`, {
      body: {
        contentType: 'html',
        content: '<p onclick="x()">Hi <at id="0">Bob</at><script>x()</script></p>',
      },
      mentions: [
        {
          id: 0,
          mentionText: 'Bob',
          mentioned: { user: { id: bob.objectId, displayName: 'Bob Brown', userIdentityType: 'aadUser' } },
        },
      ],
    });
    assert.equal(body.body.content, '<p>Hi <at id="0">Bob</at></p>');
    assert.equal(body.mentions[0].mentioned.user.id, bob.objectId);
  });

  it('answers 413 above 28 KB', async () => {
    await using graph = new GraphWorld();
    const chat = await graph.chat();
    const { status, body } = await graph.say(alice, chat, 'ü'.repeat(15_000));
    assert.equal(status, 413);
    assert.equal(body.error.message, 'Request Entity too large');
  });

  it('is refused to an application, as documented', async () => {
    await using graph = new GraphWorld();
    const chat = await graph.chat();
    const roles = ['Chat.ReadWrite.All', 'Teamwork.Migrate.All'];
    const { status, body } = await graph.ask(graph.application(roles), 'POST', `/chats/${chat}/messages`, {
      body: { content: 'x' },
    });
    assert.equal(status, 403);
    assert.equal(body.error.message, 'Requested API is not supported in application-only context');
  });

  it('is refused to whoever is no member, and where there is no chat', async () => {
    await using graph = new GraphWorld();
    const chat = await graph.chat();
    assert.equal((await graph.say(carol, chat, 'x')).status, 403);
    assert.equal((await graph.say(carol, '19:nothing@thread.v2', 'x')).status, 404);
  });

  it('crosses tenants in a federated chat', async () => {
    await using graph = new GraphWorld();
    const chat = await graph.chat(alice, grace);
    await graph.say(alice, chat, 'to Fabrikam');
    await graph.say(grace, chat, 'to Contoso');
    const { body } = await graph.ask(graph.user(alice), 'GET', `/chats/${chat}/messages`);
    assert.deepEqual(
      body.value.map((message: { from: { user: { tenantId: string } } }) => message.from.user.tenantId),
      [grace.tenant.id, alice.tenant.id],
    );
  });
});

describe('listing messages', () => {
  async function filled(count: number) {
    const graph = new GraphWorld();
    const chat = await graph.chat();
    const token = graph.user(alice);
    const ids: string[] = [];
    for (let index = 0; index < count; index += 1) {
      graph.clock.advance(1000);
      ids.push((await graph.say(alice, chat, String(index))).body.id);
    }
    const list = async (query: string) =>
      graph.ask(token, 'GET', `/me/chats/${encodeURIComponent(chat)}/messages?${query}`);
    return { graph, chat, token, ids, list, [Symbol.asyncDispose]: () => graph[Symbol.asyncDispose]() };
  }
  const idsOf = (body: { value: { id: string }[] }) => body.value.map(({ id }) => id);

  it('gives twenty, newest change first, and a link to the rest', async () => {
    await using chat = await filled(45);
    const seen: string[] = [];
    let reply = await chat.list('');
    const sizes: number[] = [];
    for (;;) {
      sizes.push(reply.body.value.length);
      seen.push(...idsOf(reply.body));
      const next = reply.body['@odata.nextLink'];
      if (next === undefined) break;
      assert.match(next, /^http:\/\/graph\.example\/v1\.0\/me\/chats\/.+\$skiptoken=/);
      reply = await chat.graph.ask(chat.token, 'GET', next);
    }
    assert.deepEqual(sizes, [20, 20, 5]);
    assert.deepEqual(seen, chat.ids.toReversed());
  });

  it('puts a message that was reacted to in front, and shows it once', async () => {
    await using chat = await filled(3);
    const first = chat.ids[0] ?? '';
    await chat.graph.ask(chat.token, 'POST', `/chats/${chat.chat}/messages/${first}/setReaction`, {
      reactionType: '👍',
    });
    assert.deepEqual(idsOf((await chat.list('')).body), [first, chat.ids[2], chat.ids[1]]);
    assert.deepEqual(idsOf((await chat.list('$orderby=createdDateTime desc')).body), chat.ids.toReversed());
  });

  it('filters where the order names the same property, and ignores the filter otherwise', async () => {
    await using chat = await filled(4);
    const second = new Date(Number(chat.ids[1])).toISOString();
    const fourth = new Date(Number(chat.ids[3])).toISOString();
    const modified = `$filter=lastModifiedDateTime gt ${second} and lastModifiedDateTime lt ${fourth}`;
    assert.deepEqual(idsOf((await chat.list(`$orderby=lastModifiedDateTime desc&${modified}`)).body), [
      chat.ids[2],
    ]);
    assert.equal((await chat.list(modified)).body.value.length, 4);
    assert.equal((await chat.list(`$orderby=createdDateTime desc&${modified}`)).body.value.length, 4);
    assert.deepEqual(
      idsOf((await chat.list(`$orderby=createdDateTime desc&$filter=createdDateTime lt ${second}`)).body),
      [chat.ids[0]],
    );
  });

  for (const query of [
    '$top=51',
    '$top=0',
    '$top=many',
    '$orderby=lastModifiedDateTime',
    '$orderby=createdDateTime asc',
    '$orderby=createdDateTime desc&$filter=createdDateTime gt 2026-01-01T00:00:00Z',
    '$orderby=createdDateTime desc&$filter=nonsense',
    '$search=x',
    '$select=id',
    '$count=true',
    '$skip=1',
    '$skiptoken=forged',
    '$top=1&$top=2',
  ]) {
    it(`refuses ${query}`, async () => {
      await using chat = await filled(0);
      assert.equal((await chat.list(query)).status, 400);
    });
  }

  it('is for members: as user, as application of their tenant, under each path', async () => {
    await using chat = await filled(1);
    const { graph } = chat;
    const app = graph.application();
    assert.equal((await graph.ask(graph.user(carol), 'GET', `/chats/${chat.chat}/messages`)).status, 403);
    assert.equal((await graph.ask(app, 'GET', `/chats/${chat.chat}/messages`)).body.value.length, 1);
    assert.equal(
      (await graph.ask(app, 'GET', `/users/${bob.address}/chats/${chat.chat}/messages`)).body.value.length,
      1,
    );
    assert.equal(
      (await graph.ask(app, 'GET', `/users/${carol.address}/chats/${chat.chat}/messages`)).status,
      404,
    );
    const foreign = graph.application(['Chat.Read.All'], grace.tenant.id);
    assert.equal((await graph.ask(foreign, 'GET', `/chats/${chat.chat}/messages`)).status, 404);
    const reader = graph.user(alice, ['Chat.ReadBasic']);
    assert.equal((await graph.ask(reader, 'GET', `/chats/${chat.chat}/messages`)).status, 403);
  });

  it('names events only to who asks for members beyond the known enumeration', async () => {
    await using graph = new GraphWorld();
    const token = graph.user(alice);
    const { body: chat } = await graph.ask(token, 'POST', '/chats', group('Plans', alice, bob, carol));
    await graph.ask(token, 'PATCH', `/chats/${chat.id}`, { topic: 'Better plans' });
    const plain = await graph.ask(token, 'GET', `/chats/${chat.id}/messages`);
    assert.equal(plain.body.value[0].messageType, 'unknownFutureValue');
    assert.equal(plain.body.value[0].from, null);
    const prefer = { prefer: 'include-unknown-enum-members' };
    const opted = await graph.ask(token, 'GET', `/chats/${chat.id}/messages`, undefined, prefer);
    assert.equal(opted.body.value[0].messageType, 'systemEventMessage');
    assert.equal(opted.body.value[0].eventDetail.chatDisplayName, 'Better plans');
  });
});

describe('changing a message', () => {
  async function written() {
    const graph = new GraphWorld();
    const chat = await graph.chat();
    const { id } = (await graph.say(alice, chat, 'first')).body;
    const read = async () =>
      (await graph.ask(graph.user(alice), 'GET', `/chats/${chat}/messages/${id}`)).body;
    return {
      graph,
      chat,
      id,
      read,
      path: `/chats/${chat}/messages/${id}`,
      [Symbol.asyncDispose]: () => graph[Symbol.asyncDispose](),
    };
  }

  it('is an edit by its author', async () => {
    await using message = await written();
    const before = await message.read();
    message.graph.clock.advance(1000);
    const { status } = await message.graph.ask(message.graph.user(alice), 'PATCH', message.path, {
      body: { content: 'second' },
    });
    assert.equal(status, 204);
    const after = await message.read();
    assert.equal(after.body.content, 'second');
    assert.notEqual(after.etag, before.etag);
    assert.equal(after.lastEditedDateTime, after.lastModifiedDateTime);
    assert.equal(after.createdDateTime, before.createdDateTime);
  });

  it('is refused to others, and to applications but for the policy violation', async () => {
    await using message = await written();
    const { graph, path } = message;
    assert.equal((await graph.ask(graph.user(bob), 'PATCH', path, { body: { content: 'x' } })).status, 403);
    const app = graph.application(['Chat.UpdatePolicyViolation.All']);
    assert.equal((await graph.ask(app, 'PATCH', path, { body: { content: 'x' } })).status, 403);
    assert.equal(
      (await graph.ask(app, 'PATCH', path, { policyViolation: { dlpAction: 'blockAccess' } })).status,
      204,
    );
    assert.equal((await message.read()).policyViolation.dlpAction, 'blockAccess');
    assert.equal((await graph.ask(graph.user(alice), 'PATCH', path, { policyViolation: null })).status, 403);
  });

  it('does not reach over to another tenant', async () => {
    await using graph = new GraphWorld();
    const chat = await graph.chat(alice, grace);
    const { id } = (await graph.say(alice, chat, 'x')).body;
    const { status } = await graph.ask(graph.user(alice), 'PATCH', `/chats/${chat}/messages/${id}`, {
      body: { content: 'y' },
    });
    assert.equal(status, 403);
  });

  it('takes the text away, and brings it back', async () => {
    await using message = await written();
    const { graph, path } = message;
    const own = `/users/${alice.objectId}${path}`;
    assert.equal((await graph.ask(graph.user(bob), 'POST', `/me${path}/softDelete`)).status, 403);
    assert.equal((await graph.ask(graph.user(alice), 'POST', `${own}/softDelete`)).status, 204);
    const deleted = await message.read();
    assert.equal(deleted.body.content, '');
    assert.ok(deleted.deletedDateTime);
    assert.equal((await graph.ask(graph.user(alice), 'PATCH', path, { body: { content: 'x' } })).status, 400);
    assert.equal(
      (await graph.ask(graph.user(alice), 'POST', `/me${path}/microsoft.graph.undoSoftDelete`)).status,
      204,
    );
    const back = await message.read();
    assert.equal(back.body.content, 'first');
    assert.equal(back.deletedDateTime, null);
  });

  it('is a reaction of each person, told in the history', async () => {
    await using message = await written();
    const { graph, path } = message;
    const react = (who: typeof alice, action: string, reactionType: string) =>
      graph.ask(graph.user(who), 'POST', `${path}/${action}`, { reactionType });
    assert.equal((await react(bob, 'setReaction', '💘')).status, 204);
    assert.equal((await react(bob, 'setReaction', '💘')).status, 204);
    assert.equal((await react(alice, 'setReaction', 'like')).status, 204);
    assert.equal((await react(alice, 'unsetReaction', 'like')).status, 204);
    assert.equal((await react(alice, 'unsetReaction', 'like')).status, 404);
    assert.equal((await react(alice, 'setReaction', 'hello')).status, 400);
    const { reactions, messageHistory } = await message.read();
    assert.deepEqual(
      reactions.map((reaction: { reactionType: string }) => reaction.reactionType),
      ['💘'],
    );
    assert.deepEqual(
      messageHistory.map((item: { actions: string }) => item.actions),
      ['reactionAdded', 'reactionAdded', 'reactionRemoved'],
    );
  });

  it('is impossible where there is no such message', async () => {
    await using message = await written();
    const { status } = await message.graph.ask(
      message.graph.user(alice),
      'PATCH',
      `/chats/${message.chat}/messages/1`,
      { body: { content: 'x' } },
    );
    assert.equal(status, 404);
  });
});

describe('the export', () => {
  it('gives an application everything of a user, page by page, without a gap', async () => {
    await using graph = new GraphWorld();
    const chats = [
      await graph.chat(alice, bob),
      await graph.chat(alice, carol),
      await graph.chat(alice, grace),
    ];
    const written = new Set<string>();
    for (let index = 0; index < 9; index += 1) {
      for (const chat of chats)
        written.add(`${chat} ${(await graph.say(alice, chat, String(index))).body.id}`);
    }
    await graph.say(bob, await graph.chat(bob, carol), 'not of alice');
    const seen: string[] = [];
    let path: string | undefined = `/users/${alice.objectId}/chats/getAllMessages()?$top=4&model=B`;
    while (path !== undefined) {
      const { status, body } = await graph.ask(graph.application(), 'GET', path);
      assert.equal(status, 200);
      seen.push(...body.value.map(({ chatId, id }: { chatId: string; id: string }) => `${chatId} ${id}`));
      path = body['@odata.nextLink'];
    }
    assert.equal(seen.length, written.size);
    assert.deepEqual(new Set(seen), written);
  });

  it('filters by the time of the last change', async () => {
    await using graph = new GraphWorld();
    const chat = await graph.chat();
    const first = (await graph.say(alice, chat, '1')).body.lastModifiedDateTime;
    graph.clock.advance(60_000);
    const second = (await graph.say(alice, chat, '2')).body.id;
    const { body } = await graph.ask(
      graph.application(),
      'GET',
      `/users/${bob.address}/chats/getAllMessages?$filter=lastModifiedDateTime gt ${first} and lastModifiedDateTime lt 2030-01-01T00:00:00Z`,
    );
    assert.deepEqual(
      body.value.map(({ id }: { id: string }) => id),
      [second],
    );
  });

  it('is nothing for users, for other models, and for people of other tenants', async () => {
    await using graph = new GraphWorld();
    const path = `/users/${alice.objectId}/chats/getAllMessages`;
    assert.equal((await graph.ask(graph.user(alice), 'GET', path)).status, 403);
    assert.equal((await graph.ask(graph.application(), 'GET', `${path}?model=C`)).status, 400);
    assert.equal(
      (await graph.ask(graph.application(), 'GET', `/users/${grace.objectId}/chats/getAllMessages`)).status,
      404,
    );
  });
});

itAnswersAsPublished();
