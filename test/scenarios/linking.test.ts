import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../kit/eventually.ts';
import { Whole } from '../kit/whole.ts';

describe('linking a Teams account in a browser', () => {
  let world: Whole;
  before(async () => {
    world = await Whole.open();
  });
  after(() => world[Symbol.asyncDispose]());

  /** What a browser does; plain HTTP stands in for HTTPS, so that no authority has to be trusted. */
  async function get(address: string, options: RequestInit = {}): Promise<Response> {
    return fetch(address.replace(world.addresses.graph.https, world.addresses.graph.http), {
      ...options,
      redirect: 'manual',
    });
  }

  function locationOf(answer: Response): string {
    const location = answer.headers.get('location');
    assert.ok(location, `${answer.status} leads nowhere`);
    return location;
  }

  /** Signs in at the page that `/link/teams` leads to; gives the address that the sign-in sends the browser back to. */
  async function signIn(as: string, username: string): Promise<{ back: string; cookie: string }> {
    const started = await get(`${world.url}/link/teams?as=${as}`);
    assert.equal(started.status, 302);
    const [cookie = ''] = (started.headers.get('set-cookie') ?? '').split(';');
    const authorize = locationOf(started);
    const page = await (await get(authorize)).text();
    const field = (pattern: RegExp): string => pattern.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const action = new URL(field(/<form method="post" action="([^"]*)"/), authorize);
    const form = { flow: field(/name="flow" value="([^"]*)"/), username, password: 'demo' };
    const answer = await get(action.href, { method: 'POST', body: new URLSearchParams(form) });
    return { back: locationOf(answer).replace(/^https:\/\/[^/]+/, world.url), cookie };
  }

  it('makes frank write in his own name, where the gateway wrote for him before', async () => {
    const alice = world.teams('alice');
    const frank = world.skype('frank');
    await alice.signIn();
    await frank.signIn();
    await eventually(
      'alice is shown',
      async () => (await frank.presenceOf('alice@contoso.example')) === 'Online',
    );
    await frank.invite('alice@contoso.example', 'Before the link', 10_000);
    const before = await alice.seesAnywhere('Before the link');
    assert.match(before.content, /Frank Fisher/);
    assert.notEqual(before.from, await world.teams('frank').id());

    const { back, cookie } = await signIn('frank@contoso.example', 'frank@contoso.example');
    const linked = await get(back, { headers: { cookie } });
    assert.equal(linked.status, 200);
    assert.match(await linked.text(), /Frank Fisher is linked/);

    await frank.invite('alice@contoso.example', 'After the link', 10_000).catch(() => undefined);
    const seen = await alice.seesAnywhere('After the link');
    assert.equal(seen.from, await world.teams('frank').id());
  });

  it('links who signed in, not who was asked for', async () => {
    const { back, cookie } = await signIn('alice@contoso.example', 'heidi@contoso.example');
    assert.match(await (await get(back, { headers: { cookie } })).text(), /Heidi Hall is linked/);
  });

  it('takes no answer that another browser began, and none twice', async () => {
    const { back, cookie } = await signIn('bob@contoso.example', 'bob@contoso.example');
    assert.equal((await get(back)).status, 400);
    assert.equal((await get(back, { headers: { cookie } })).status, 400);
  });

  it('says what is missing or unknown', async () => {
    assert.equal((await get(`${world.url}/link/teams`)).status, 400);
    assert.equal((await get(`${world.url}/link/teams?as=nobody@contoso.example`)).status, 404);
    assert.equal((await get(`${world.url}/link/teams/callback?state=x`)).status, 400);
  });
});
