import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Fetch } from '../../shared/http.ts';
import { TroubleError } from '../../shared/trouble.ts';
import { discover } from './discovery.ts';

const online = 'http://online.example:7082';
const onPrem = 'http://onprem.example:7083';
const trusted = new Set([online, onPrem]);
const carol = { address: 'carol@contoso.example', password: 'demo' };

interface PoolBehaviour {
  /** What the user resource says to somebody with a ticket. */
  readonly user: Readonly<Record<string, { readonly href: string }>>;
}

/** Pools that answer as documented; everything asked is noted. */
function network(pools: Readonly<Record<string, PoolBehaviour>>): {
  readonly fetch: Fetch;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const fetch: Fetch = async (input, init) => {
    const url = new URL(input);
    const pool = pools[url.origin];
    asked.push(`${init?.method ?? 'GET'} ${url.origin}${url.pathname}`);
    if (!pool) throw new TypeError('fetch failed');
    const signedIn = new Headers(init?.headers).get('authorization') === `Bearer cwt=${url.origin}`;
    if (url.pathname === '/WebTicket/oauthtoken') {
      const body = new URLSearchParams(init?.body as string);
      return body.get('password') === 'demo'
        ? Response.json({ access_token: `cwt=${url.origin}`, token_type: 'Bearer' })
        : Response.json({ error: 'invalid_grant' }, { status: 400 });
    }
    if (url.pathname === '/') return Response.json({ _links: { user: { href: `${url.origin}/user` } } });
    if (signedIn) return Response.json({ _links: pool.user });
    const challenge = `Bearer trusted_issuers="", MsRtcOAuth href="${url.origin}/WebTicket/oauthtoken",grant_type="password"`;
    return new Response('<html></html>', { status: 401, headers: { 'www-authenticate': challenge } });
  };
  return { fetch, asked };
}

const home = (origin: string): PoolBehaviour => ({
  user: { applications: { href: `${origin}/ucwa/applications` } },
});
const sendsTo = (origin: string): PoolBehaviour => ({ user: { redirect: { href: `${origin}/` } } });

describe('finding a person’s pool', () => {
  it('gets a web ticket from the pool that challenges, and the applications with it', async () => {
    const { fetch, asked } = network({ [online]: home(online) });
    assert.deepEqual(await discover(fetch, `${online}/`, trusted, carol), {
      applications: `${online}/ucwa/applications`,
      token: `cwt=${online}`,
    });
    assert.deepEqual(asked, [
      `GET ${online}/`,
      `GET ${online}/user`,
      `POST ${online}/WebTicket/oauthtoken`,
      `GET ${online}/user`,
    ]);
  });

  it('follows a redirect to where the person is homed, with a ticket of that pool', async () => {
    const { fetch } = network({ [online]: sendsTo(onPrem), [onPrem]: home(onPrem) });
    const found = await discover(fetch, `${online}/`, trusted, carol);
    assert.deepEqual(found, { applications: `${onPrem}/ucwa/applications`, token: `cwt=${onPrem}` });
  });

  it('sends nothing to a place that is no pool of the organisation', async () => {
    const evil = 'http://evil.example';
    const { fetch, asked } = network({ [online]: sendsTo(evil), [evil]: home(evil) });
    await assert.rejects(discover(fetch, `${online}/`, trusted, carol), TroubleError);
    assert.ok(asked.every((one) => !one.includes(evil)));
  });

  it('ends when pools send each other the person for ever', async () => {
    const { fetch } = network({ [online]: sendsTo(onPrem), [onPrem]: sendsTo(online) });
    await assert.rejects(discover(fetch, `${online}/`, trusted, carol), /round in circles/);
  });

  it('says in words what is wrong: the password, the pool', async () => {
    const { fetch } = network({ [online]: home(online) });
    await assert.rejects(
      discover(fetch, `${online}/`, trusted, { ...carol, password: 'x' }),
      /refused the sign-in/,
    );
    await assert.rejects(discover(fetch, `${onPrem}/`, trusted, carol), /cannot be reached/);
  });
});
