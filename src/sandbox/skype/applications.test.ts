import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { hrefOf } from '../../protocols/ucwa/hal.ts';
import { parseChallenges } from '../../protocols/ucwa/www-authenticate.ts';
import { createPools, type EmbeddedPool, type PoolsOptions } from './pools.ts';
import { TestClient } from './test-client.ts';

const alice = 'alice@contoso.example';
const carol = 'carol@contoso.example';
const minute = 60_000;
const root = '/Autodiscover/AutodiscoverService.svc/root';

function start(options: PoolsOptions = {}) {
  const clock = new ManualClock();
  const pools = createPools({ clock, limits: { holds: { low: 0, medium: 0 } }, ...options });
  return { clock, pools, [Symbol.asyncDispose]: () => pools[Symbol.asyncDispose]() };
}

function ticket(pool: EmbeddedPool, form: Record<string, string>) {
  return pool.ucwa.inject({
    method: 'POST',
    url: '/webticket/oauthtoken',
    headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
    payload: new URLSearchParams(form).toString(),
  });
}

describe('discovery', { timeout: 20_000 }, () => {
  it('starts at the root with absolute links, and asks for a ticket before it names a user', async () => {
    await using world = start();
    const app = world.pools.online.ucwa;
    for (const url of ['/', `${root}?originalDomain=contoso.example`, `${root.toLowerCase()}/`]) {
      const { _links } = (await app.inject({ url, headers: { host: 'pool.example' } })).json();
      assert.match(_links.self.href, /^http:\/\/pool\.example\/Autodiscover\//, url);
      assert.match(_links.user.href, /\/oauth\/user/);
      assert.ok(_links.xframe.href);
    }
    const asked = await app.inject({ url: `${root}/oauth/user`, headers: { host: 'pool.example' } });
    assert.equal(asked.statusCode, 401);
    assert.match(String(asked.headers['content-type']), /text\/html/);
    const header = [asked.headers['www-authenticate']].flat().join(', ');
    assert.match(header, /MsRtcOAuth href="http:\/\/pool\.example\/WebTicket\/oauthtoken",grant_type="/);
    assert.deepEqual(
      parseChallenges(header).map(({ scheme }) => scheme),
      ['Bearer', 'MsRtcOAuth'],
    );
  });

  it('leads a user of the other pool there, in the protocol in which it was asked', async () => {
    await using world = start();
    const { online, onPrem } = world.pools;
    onPrem.setAddresses({ http: 'http://localhost:7083', https: 'https://localhost:7483' });
    const { access_token } = (
      await ticket(online, { grant_type: 'password', username: carol, password: 'demo' })
    ).json();
    const headers = { authorization: `Bearer ${access_token}` };
    const user = await online.ucwa.inject({ url: `${root}/oauth/user`, headers });
    assert.deepEqual(user.json(), { _links: { redirect: { href: `http://localhost:7083${root}` } } });
    assert.equal((await onPrem.ucwa.inject({ url: `${root}/oauth/user`, headers })).statusCode, 401);
    const refused = await online.ucwa.inject({
      method: 'POST',
      url: '/ucwa/oauth/v1/applications',
      headers: { ...headers, 'content-type': 'application/json' },
      payload: { culture: 'en', userAgent: 'x', endpointId: 'x' },
    });
    assert.equal(refused.statusCode, 403);
  });
});

describe('the web ticket', { timeout: 20_000 }, () => {
  it('is granted for eight hours against the password, to nobody else', async () => {
    await using world = start();
    const { online } = world.pools;
    const granted = await ticket(online, {
      grant_type: 'password',
      username: `sip:${alice}`,
      password: 'demo',
    });
    assert.equal(granted.statusCode, 200);
    assert.equal(granted.headers['cache-control'], 'no-store');
    const { access_token, ...rest } = granted.json();
    assert.match(access_token, /^cwt=/);
    assert.deepEqual(rest, { expires_in: 28_800, ms_rtc_identityscope: 'local', token_type: 'Bearer' });
    const use = (token: string) =>
      online.ucwa.inject({ url: `${root}/oauth/user`, headers: { authorization: `Bearer ${token}` } });
    assert.equal((await use(access_token)).statusCode, 200);
    assert.equal((await use(`${access_token.slice(0, -2)}AA`)).statusCode, 401);
    world.clock.advance(8 * 60 * minute);
    assert.equal((await use(access_token)).statusCode, 401);
  });

  it('says what is wrong in the documented words', async () => {
    await using world = start();
    const { online } = world.pools;
    const errorOf = async (form: Record<string, string>) => {
      const answer = await ticket(online, form);
      assert.equal(answer.statusCode, 400);
      return answer.json().error;
    };
    assert.equal(
      await errorOf({ grant_type: 'password', username: alice, password: 'guess' }),
      'invalid_grant',
    );
    assert.equal(
      await errorOf({ grant_type: 'password', username: 'x@y.z', password: 'demo' }),
      'invalid_grant',
    );
    assert.equal(await errorOf({ grant_type: 'password', username: alice }), 'invalid_request');
    assert.equal(await errorOf({ grant_type: 'urn:microsoft.rtc:windows' }), 'unsupported_grant_type');
    assert.equal(await errorOf({}), 'invalid_request');
  });

  it('is not to be guessed: ten wrong passwords close the account for the rest of the minute', async () => {
    await using world = start();
    const { online } = world.pools;
    const wrong = { grant_type: 'password', username: alice, password: 'guess' };
    for (let i = 0; i < 10; i++) assert.equal((await ticket(online, wrong)).statusCode, 400);
    const right = { ...wrong, password: 'demo' };
    const closed = await ticket(online, right);
    assert.equal(closed.statusCode, 429);
    assert.equal(closed.headers['retry-after'], '60');
    world.clock.advance(minute);
    assert.equal((await ticket(online, right)).statusCode, 200);
  });
});

describe('an application', { timeout: 20_000 }, () => {
  it('names every input that is missing or too long', async () => {
    await using world = start();
    const client = await TestClient.signIn(world.pools.online.ucwa, alice);
    const answer = await client.request('POST', '/ucwa/oauth/v1/applications', { culture: 'x'.repeat(101) });
    assert.equal(answer.status, 400);
    assert.deepEqual(Object.keys(Object(answer.body['parameters'])), ['culture', 'userAgent', 'endpointId']);
    for (const body of ['{', '[]', '"x"', 'null']) {
      const broken = await client.request('POST', '/ucwa/oauth/v1/applications', body, {
        'content-type': 'application/json',
      });
      assert.deepEqual([broken.status, broken.body['subcode']], [400, 'DeserializationFailure'], body);
    }
    const xml = await client.request('POST', '/ucwa/oauth/v1/applications', '<x/>', {
      'content-type': 'application/xml',
    });
    assert.deepEqual([xml.status, xml.body['subcode']], [415, 'UnsupportedMediaType']);
  });

  it('takes the walkthrough literally: capitals, and a comma behind the last property', async () => {
    await using world = start();
    const client = await TestClient.signIn(world.pools.online.ucwa, alice);
    const answer = await client.request(
      'POST',
      '/ucwa/oauth/v1/applications',
      '{"UserAgent":"UCWA Samples","EndpointId":"a917c6f4","Culture":"en-US",}',
      { 'content-type': 'application/json' },
    );
    assert.equal(answer.status, 201, answer.text);
    assert.equal(answer.body['userAgent'], 'UCWA Samples');
  });

  it('is found again by its instance, replaced by its endpoint, and bounded in number', async () => {
    await using world = start({ limits: { applicationsPerPerson: 3 } });
    const client = await TestClient.signIn(world.pools.online.ucwa, alice);
    const create = (endpointId: string, instanceId?: string) =>
      client.request('POST', '/ucwa/oauth/v1/applications', {
        culture: 'en',
        userAgent: 'x',
        endpointId,
        ...(instanceId === undefined ? {} : { instanceId }),
      });
    const first = await create('e1', 'i1');
    const again = await create('e1', 'i1');
    assert.deepEqual([first.status, again.status], [201, 200]);
    assert.equal(hrefOf(again.body, 'self'), hrefOf(first.body, 'self'));
    const old = await create('e2');
    const anew = await create('e2');
    assert.equal(anew.status, 201);
    assert.equal((await client.request('GET', hrefOf(old.body, 'self') ?? '')).status, 404);
    const tooMany = await create('e3');
    assert.deepEqual([tooMany.status, tooMany.body['subcode']], [410, 'TooManyApplications']);
  });

  it('is nobody else’s', async () => {
    await using world = start();
    const mine = await TestClient.signIn(world.pools.online.ucwa, alice);
    const other = await TestClient.signIn(world.pools.online.ucwa, 'bob@contoso.example');
    assert.equal((await other.request('GET', mine.self)).status, 403);
    assert.equal((await other.request('GET', mine.at('/events?ack=1'))).status, 403);
  });

  it('ends after fifteen minutes without a P-GET, having told to resume after ten', async () => {
    await using world = start();
    const client = await TestClient.signIn(world.pools.online.ucwa, alice);
    await client.makeAvailable();
    await client.fetch();
    world.clock.advance(11 * minute);
    const next = await client.request('GET', client.at('/events?ack=2'));
    assert.ok(hrefOf(next.body, 'resume'), next.text);
    world.clock.advance(15 * minute + 1000);
    const gone = await client.request('GET', client.at('/events?ack=3'));
    assert.deepEqual([gone.status, gone.body['subcode']], [404, 'ApplicationNotFound']);
  });

  it('ends when nobody reports activity for an hour, and says so differently', async () => {
    const limits = { suspendAfterMs: 600 * minute, expireAfterMs: 1200 * minute, idleExpiryMs: 60 * minute };
    await using world = start({ limits });
    const client = await TestClient.signIn(world.pools.online.ucwa, alice);
    await client.makeAvailable();
    world.clock.advance(61 * minute);
    const gone = await client.request('GET', client.self);
    assert.deepEqual([gone.status, gone.body['subcode']], [410, 'InactiveApplicationExpired']);
  });

  it('lets go of its waiting P-GET when it is deleted', async () => {
    await using world = start();
    const client = await TestClient.signIn(world.pools.online.ucwa, alice);
    const waiting = client.request('GET', client.at('/events?ack=1'));
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal((await client.request('DELETE', client.self)).status, 204);
    const answer = await waiting;
    assert.deepEqual([answer.status, answer.body['subcode']], [404, 'ApplicationNotFound']);
  });

  it('answers the older of two P-GETs with PGetReplaced', async () => {
    await using world = start();
    const client = await TestClient.signIn(world.pools.online.ucwa, alice);
    const older = client.request('GET', client.at('/events?ack=1'));
    await new Promise((resolve) => setImmediate(resolve));
    const newer = client.request('GET', client.at('/events?ack=1&priority=1'));
    const answer = await older;
    assert.deepEqual([answer.status, answer.body['subcode']], [409, 'PGetReplaced']);
    await client.makeAvailable();
    assert.equal((await newer).status, 200);
    const wrong = await client.request('GET', client.at('/events?ack=x&timeout=3'));
    assert.deepEqual(Object.keys(Object(wrong.body['parameters'])).sort(), ['ack', 'timeout']);
  });

  it('guards communication against blind and stale PUTs', async () => {
    await using world = start();
    const client = await TestClient.signIn(world.pools.online.ucwa, alice);
    await client.makeAvailable();
    const path = client.at('/communication');
    const { body, headers } = await client.request('GET', path);
    const wanted = { ...body, supportedMessageFormats: ['Plain', 'Html'] };
    assert.equal((await client.request('PUT', path, wanted)).status, 428);
    assert.equal((await client.request('PUT', path, wanted, { 'if-match': '"1"' })).status, 412);
    const match = { 'if-match': String(headers['etag']) };
    assert.equal(
      (await client.request('PUT', path, { supportedMessageFormats: ['Html'] }, match)).status,
      400,
    );
    const changed = await client.request('PUT', path, wanted, match);
    assert.deepEqual(changed.body['supportedMessageFormats'], ['Plain', 'Html']);
    assert.notEqual(changed.body['etag'], body['etag']);
    const known = { 'if-none-match': String(changed.headers['etag']) };
    assert.equal((await client.request('GET', path, undefined, known)).status, 304);
    const future = await client.request('GET', path, undefined, { 'x-ms-requiresminresourceversion': '3' });
    assert.deepEqual([future.status, future.body['subcode']], [404, 'APIVersionNotSupported']);
  });
});
