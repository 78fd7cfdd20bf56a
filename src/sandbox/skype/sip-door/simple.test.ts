import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatPidf, parsePidf } from '../../../protocols/sip/body/pidf.ts';
import { bodyText, header, type SipResponse, textBody } from '../../../protocols/sip/message.ts';
import { openSipWorld, reasonOf, type SipClient, type SipWorld, until } from './client.test-kit.ts';

const alice = 'alice@contoso.example';
const bob = 'bob@contoso.example';
const carol = 'carol@contoso.example';

/** Registered as a user agent that knows nothing of Microsoft's. */
async function plain(world: SipWorld, address: string, pool: 'online' | 'onPrem' = 'online') {
  const client = await world.client(address, { pool });
  const answer = await client.askWithPassword('REGISTER', {
    from: `<sip:${address}>;tag=1`,
    headers: [
      { name: 'Contact', value: `<sip:${client.epid}@127.0.0.1;transport=tcp>` },
      { name: 'Expires', value: '600' },
    ],
  });
  assert.equal(answer.status, 200);
  return client;
}

function page(client: SipClient, to: string, text: string): Promise<SipResponse> {
  return client.askWithPassword('MESSAGE', {
    from: `<sip:${client.address}>;tag=2`,
    to: `<sip:${to}>`,
    headers: [{ name: 'Content-Type', value: 'text/plain' }],
    body: textBody(text),
  });
}

describe('a pager-mode message', { timeout: 20_000 }, () => {
  it('goes from user agent to user agent, and is answered when it has arrived', async () => {
    await using world = await openSipWorld();
    const [one, other] = [await plain(world, alice), await plain(world, carol, 'onPrem')];
    assert.equal((await page(one, carol, 'hello')).status, 200);
    assert.deepEqual(other.texts, ['hello']);
    assert.equal((await page(other, alice, 'hi')).status, 200);
    assert.equal((await page(one, carol, 'again')).status, 200);
    assert.deepEqual([one.texts, other.texts], [['hi'], ['hello', 'again']]);
  });

  it('goes into a session of somebody at Microsoft’s client, and comes out of it', async () => {
    await using world = await openSipWorld();
    const [agent, client] = [await plain(world, alice), await world.signedIn(bob)];
    client.takesCalls();
    assert.equal((await page(agent, bob, 'one')).status, 200);
    assert.equal((await page(agent, bob, 'two')).status, 200);
    assert.deepEqual([client.count('INVITE'), client.texts], [1, ['one', 'two']]);
    const third = await world.signedIn('heidi@contoso.example');
    const talk = await third.call(alice);
    assert.equal((await talk.say('good morning')).status, 200);
    assert.deepEqual(agent.texts, ['good morning']);
    assert.equal((await page(agent, third.address, 'to you, too')).status, 200);
    assert.deepEqual(third.texts, ['to you, too'], 'in the session that is there');
    assert.equal(third.count('INVITE'), 0);
  });

  it('needs no registration, but the password', async () => {
    await using world = await openSipWorld();
    const callee = await plain(world, bob);
    const stranger = await world.client(alice);
    const asked = await stranger.ask(stranger.make('MESSAGE', { to: `<sip:${bob}>` }));
    assert.equal(asked.status, 407);
    assert.equal((await page(stranger, bob, 'from nowhere')).status, 200);
    assert.deepEqual(callee.texts, ['from nowhere']);
  });

  it('is refused for somebody offline or unknown, and for what nobody can show', async () => {
    await using world = await openSipWorld();
    const agent = await plain(world, alice);
    assert.equal((await page(agent, carol, 'x')).status, 480);
    const unknown = await page(agent, 'nobody@contoso.example', 'x');
    assert.deepEqual([unknown.status, reasonOf(unknown)], [404, 'User does not exist']);
    const picture = await agent.askWithPassword('MESSAGE', {
      to: `<sip:${carol}>`,
      headers: [{ name: 'Content-Type', value: 'image/png' }],
      body: textBody('x'),
    });
    assert.equal(picture.status, 415);
    assert.match(header(picture, 'Accept') ?? '', /text\/plain/);
  });

  it('that asks for a report, or is one, is taken: CPIM with imdn', async () => {
    await using world = await openSipWorld();
    const [agent, other] = [await plain(world, alice), await plain(world, bob)];
    const cpim = (type: string, content: string) =>
      agent.askWithPassword('MESSAGE', {
        from: `<sip:${alice}>;tag=2`,
        to: `<sip:${bob}>`,
        headers: [{ name: 'Content-Type', value: 'message/cpim' }],
        body: textBody(
          [
            `From: <sip:${alice}>`,
            'imdn.Message-ID: 1',
            'imdn.Disposition-Notification: positive-delivery',
            '',
            `Content-Type: ${type}`,
            '',
            content,
          ].join('\r\n'),
        ),
      });
    assert.equal((await cpim('text/plain', 'wrapped')).status, 200);
    assert.equal((await cpim('message/imdn+xml', '<imdn/>')).status, 200);
    assert.deepEqual(other.texts, ['wrapped']);
  });
});

describe('presence as PIDF', { timeout: 20_000 }, () => {
  const document = (basic: 'open' | 'closed', activities: readonly string[] = []) =>
    formatPidf({
      entity: `sip:${alice}`,
      tuples: [{ id: 't', basic, notes: [] }],
      notes: [],
      person: { id: 'p', activities, notes: [] },
    });
  const publish = (client: SipClient, body: string, headers: { name: string; value: string }[] = []) =>
    client.askWithPassword('PUBLISH', {
      from: `<sip:${alice}>;tag=3`,
      headers: [
        { name: 'Event', value: 'presence' },
        { name: 'Expires', value: '600' },
        ...(body === '' ? [] : [{ name: 'Content-Type', value: 'application/pidf+xml' }]),
        ...headers,
      ],
      body: textBody(body),
    });

  it('is published, watched, refreshed, changed, and ends by its time', async () => {
    await using world = await openSipWorld();
    const watcher = await plain(world, carol, 'onPrem');
    const subscribed = await watcher.ask(
      watcher.make('SUBSCRIBE', {
        from: `<sip:${carol}>;tag=4`,
        to: `<sip:${alice}>`,
        headers: [
          watcher.contact,
          { name: 'Event', value: 'presence' },
          { name: 'Accept', value: 'application/pidf+xml' },
          { name: 'Expires', value: '3600' },
        ],
      }),
    );
    assert.deepEqual([subscribed.status, subscribed.body.length], [200, 0]);
    const seen = () =>
      watcher.requests
        .filter(({ method }) => method === 'NOTIFY')
        .map((notify) => {
          const pidf = parsePidf(bodyText(notify));
          return [pidf?.tuples[0]?.basic, ...(pidf?.person?.activities ?? [])].join(' ');
        });
    await until(() => seen().length === 1);
    const agent = await plain(world, alice);
    const first = await publish(agent, document('open'));
    const tag = header(first, 'SIP-ETag') ?? '';
    assert.equal(first.status, 200);
    await until(() => seen().length === 2);
    const second = await publish(agent, document('open', ['busy']), [{ name: 'SIP-If-Match', value: tag }]);
    await until(() => seen().length === 3);
    assert.equal((await publish(agent, '', [{ name: 'SIP-If-Match', value: tag }])).status, 412);
    const next = header(second, 'SIP-ETag') ?? '';
    assert.equal((await publish(agent, '', [{ name: 'SIP-If-Match', value: next }])).status, 200);
    world.clock.advance(601_000);
    await until(() => seen().length === 4);
    assert.deepEqual(seen(), ['closed', 'open', 'open busy', 'closed']);
  });

  it('goes with the client that published it, and must be one', async () => {
    await using world = await openSipWorld();
    const agent = await plain(world, alice);
    await publish(agent, document('open'));
    const presentity = world.pools.online.core.presentity(alice);
    assert.equal(presentity?.presence.availability, 3500);
    assert.equal((await publish(agent, '<presence/>')).status, 400);
    await agent.close();
    await until(() => presentity?.presence.availability === 18500);
  });
});
