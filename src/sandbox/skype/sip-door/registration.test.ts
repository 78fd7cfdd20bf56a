import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { header, headerLines } from '../../../protocols/sip/message.ts';
import { openSipWorld, reasonOf, until } from './client.test-kit.ts';

const alice = 'alice@contoso.example';
const carol = 'carol@contoso.example';

describe('a registration', { timeout: 20_000 }, () => {
  it('wants the password, and says what SIPE has to read, each in its own line', async () => {
    await using world = await openSipWorld();
    const client = await world.client(alice);
    assert.equal((await client.ask(client.make('REGISTER'))).status, 407);
    const answer = await client.register();
    assert.equal(answer.status, 200);
    assert.equal(header(answer, 'Expires'), '600');
    assert.deepEqual(headerLines(answer, 'Supported'), ['msrtc-event-categories', 'adhoclist']);
    assert.doesNotMatch(header(answer, 'Allow-Events') ?? '', /\s/);
    assert.match(
      header(answer, 'Contact') ?? '',
      /gruu="sip:alice@contoso\.example;opaque=user:epid:[^;]+;gruu"/,
    );
    assert.equal(world.pools.online.core.signedIn, 1);
  });

  it('is refused for a wrong password, an unknown person, and somebody else’s name', async () => {
    await using world = await openSipWorld();
    const wrong = await (await world.client(alice, { password: 'x' })).register();
    assert.deepEqual([wrong.status, reasonOf(wrong)], [403, 'The user name or the password is wrong']);
    const unknown = await (await world.client('nobody@contoso.example')).register();
    assert.deepEqual([unknown.status, reasonOf(unknown)], [404, 'User does not exist']);
    const forged = await world.client(alice);
    const from = '<sip:bob@contoso.example>;tag=1';
    const answer = await forged.askWithPassword('REGISTER', { from, to: '<sip:bob@contoso.example>' });
    assert.deepEqual([answer.status, reasonOf(answer)], [403, 'From is not the person who signed in']);
    assert.equal(world.pools.online.core.signedIn, 0);
  });

  it('closes the account for a while after ten wrong passwords', async () => {
    await using world = await openSipWorld();
    for (let attempt = 0; attempt < 10; attempt++)
      await (await world.client(alice, { password: 'x' })).register();
    const closed = await (await world.client(alice)).register();
    assert.deepEqual([closed.status, header(closed, 'Retry-After')], [403, '60']);
    world.clock.advance(60_000);
    assert.equal((await (await world.client(alice)).register()).status, 200);
  });

  it('sends people of the other pool there', async () => {
    await using world = await openSipWorld();
    const answer = await (await world.client(carol, { pool: 'online' })).register();
    assert.equal(answer.status, 301);
    assert.equal(header(answer, 'Contact'), `<sip:127.0.0.1:${world.ports.onPrem};transport=tcp>`);
  });

  it('ends by Expires: 0, by its time, with its connection, and with the pool’s', async () => {
    await using world = await openSipWorld();
    const { core } = world.pools.online;
    const first = await world.signedIn(alice);
    const second = await world.signedIn(alice);
    const third = await world.signedIn(alice);
    assert.equal(core.signedIn, 3);
    assert.equal((await first.register([{ name: 'Expires', value: '0' }])).status, 200);
    assert.equal(core.signedIn, 2);
    await second.close();
    await until(() => core.signedIn === 1);
    world.clock.advance(599_000);
    await third.register();
    world.clock.advance(599_000);
    assert.equal(core.signedIn, 1, 'it was registered again');
    world.clock.advance(2_000);
    assert.equal(core.signedIn, 0);
    const fourth = await world.signedIn('bob@contoso.example');
    world.pools.online.setFault({ kind: 'down' });
    await until(() => core.signedIn === 0 && fourth.closed);
  });

  it('keeps the endpoint that comes again over a new connection, and ends the one of the old', async () => {
    await using world = await openSipWorld();
    await world.signedIn(alice, { epid: 'same' });
    await world.signedIn(alice, { epid: 'same' });
    assert.equal(world.pools.online.core.signedIn, 1);
  });

  it('tells two clients apart that use the same Call-ID and tags, as SIPE’s do', async () => {
    await using world = await openSipWorld();
    const both = [await world.client(alice), await world.client('bob@contoso.example')];
    for (const client of both) {
      const fields = { from: `<sip:${client.address}>;tag=1;epid=${client.epid}`, callId: 'same', cseq: 1 };
      const headers = [client.contact, { name: 'Expires', value: '600' }];
      assert.equal((await client.askWithPassword('REGISTER', { ...fields, headers })).status, 200);
    }
    assert.equal(world.pools.online.core.signedIn, 2);
  });

  it('is limited for each person, and too brief a wish is told the least', async () => {
    await using world = await openSipWorld({ sip: { schemes: ['digest'], limits: { endpoints: 2 } } });
    await world.signedIn(alice);
    await world.signedIn(alice);
    assert.equal((await (await world.client(alice)).register()).status, 403);
    const brief = await (await world.client('bob@contoso.example')).register([
      { name: 'Expires', value: '5' },
    ]);
    assert.deepEqual([brief.status, header(brief, 'Min-Expires')], [423, '60']);
  });
});

describe('the port of a SIP door', { timeout: 20_000 }, () => {
  it('that another program has is an error that names it', async () => {
    await using world = await openSipWorld();
    const port = world.ports.online;
    await assert.rejects(
      world.pools.onPrem.sip.listen({ host: '127.0.0.1', port }),
      new RegExp(`cannot listen on 127\\.0\\.0\\.1, port ${port}: another program uses this port`),
    );
  });
});
