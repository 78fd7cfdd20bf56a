import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import type { Application } from './application.ts';
import type { ClientEvent } from './events.ts';
import { RequestFailed } from './failures.ts';
import { createPresenceSubscriptions } from './presence-subscriptions.ts';

const minute = 60_000;
const never = new AbortController().signal;
const uriOf = (n: number): string => `sip:p${n}@contoso.example`;
const people = (count: number, from = 0): ReadonlySet<string> =>
  new Set(Array.from({ length: count }, (_, index) => uriOf(from + index)));

/** A pool that keeps presence subscriptions for half an hour, and answers as a test says. */
function pool(options: { readonly lists?: boolean; readonly checkEveryMs?: number } = {}) {
  const clock = new ManualClock();
  const subscriptions = new Map<string, { uris: readonly string[]; until: number }>();
  const requests: string[] = [];
  const presence = new Map<string, string>();
  const notes = new Map<string, { readonly message: string; readonly type: string }>();
  const failures: unknown[] = [];
  const observed: string[] = [];
  const noted: string[] = [];
  let count = 0;
  let refuses = false;
  const next = new Map<string, () => void>();

  const alive = (href: string) => {
    const found = subscriptions.get(href);
    return found && found.until > clock.now() ? found : undefined;
  };
  const resource = (href: string) => ({
    _links: { self: { href }, addToPresenceSubscription: { href: `${href}/add` } },
  });
  const answer = (
    method: string,
    href: string,
    json: { uris?: readonly string[]; contactUris?: readonly string[] },
  ) => {
    if (method === 'POST' && href === '/subscriptions') {
      const self = `/subscriptions/${++count}`;
      subscriptions.set(self, { uris: json.uris ?? [], until: clock.now() + 30 * minute });
      return resource(self);
    }
    if (method === 'GET' && href === '/subscriptions') {
      const all = [...subscriptions.keys()].filter(alive).map(resource);
      return options.lists === false ? {} : { _embedded: { presenceSubscription: all } };
    }
    if (href.endsWith('/presence')) return { availability: presence.get(href) ?? 'Offline' };
    if (href.endsWith('/note')) return notes.get(href) ?? { message: '', type: 'Personal' };
    if (href.startsWith('/people/'))
      return {
        uri: `sip:${href.slice('/people/'.length)}`,
        _links: { self: { href }, contactNote: { href: `${href}/note` } },
      };
    const found = alive(href.replace(/\/add$/, ''));
    if (!found) throw new RequestFailed(404, undefined);
    if (method === 'DELETE') subscriptions.delete(href);
    else if (href.endsWith('/add')) found.uris = [...found.uris, ...(json.contactUris ?? [])];
    else found.until = clock.now() + 30 * minute;
    return {};
  };
  const application = {
    links: { presenceSubscriptions: '/subscriptions' },
    requester: {
      async call(method: string, href: string, { json }: { json?: object }) {
        requests.push(`${method} ${href}`);
        await turn();
        if (refuses) throw new RequestFailed(503, undefined);
        const body = answer(method, href, json ?? {});
        const happens = next.get(`${method} ${href}`);
        next.delete(`${method} ${href}`);
        happens?.();
        return { status: 200, body, location: undefined };
      },
    },
  } as unknown as Application;
  const watching = createPresenceSubscriptions({
    application,
    clock,
    random: () => 0.5,
    observed: (uri, { availability }) => void observed.push(`${uri} ${availability}`),
    noted: (uri, { message, type }) => void noted.push(`${uri} ${type} ${message}`),
    failed: (error) => void failures.push(error),
    ...(options.checkEveryMs === undefined ? {} : { checkEveryMs: options.checkEveryMs }),
  });
  const settle = async (): Promise<void> => {
    for (let n = 0; n < 400; n += 1) await turn();
  };
  return {
    clock,
    watching,
    requests,
    presence,
    notes,
    failures,
    observed,
    noted,
    /** The people of each subscription that there is. */
    sizes: () => [...subscriptions.keys()].flatMap((href) => alive(href)?.uris.length ?? []),
    lose: () => subscriptions.clear(),
    afterNext: (request: string, happens: () => void) => void next.set(request, happens),
    /** Whether every request is answered by a failure. */
    refuse(does: boolean) {
      refuses = does;
    },
    settle,
    async pass(ms: number) {
      for (let passed = 0; passed < ms; passed += minute / 2) {
        clock.advance(minute / 2);
        await settle();
      }
    },
  };
}

describe('presence subscriptions', () => {
  it('share 2,000 people out by the hundred, and are renewed before their half hour ends', async () => {
    const p = pool();
    using watching = p.watching;
    await watching.watch(people(2_000), never);
    assert.deepEqual(
      p.sizes(),
      Array.from({ length: 20 }, () => 100),
    );
    await p.pass(90 * minute);
    assert.equal(p.sizes().length, 20);
    assert.equal(p.requests.filter((request) => request === 'POST /subscriptions').length, 20);
    assert.deepEqual(p.failures, []);
  });

  it('end for who is no longer watched, and make room for who comes', async () => {
    const p = pool();
    using watching = p.watching;
    await watching.watch(people(150), never);
    await watching.watch(people(160), never);
    assert.deepEqual(p.sizes(), [100, 60]);
    await watching.watch(people(60, 100), never);
    assert.deepEqual(p.sizes(), [60]);
    await watching.watch(new Set(), never);
    assert.deepEqual(p.sizes(), []);
  });

  it('are made again where the pool has lost them without a word', async () => {
    const p = pool({ checkEveryMs: minute / 2 });
    using watching = p.watching;
    await watching.watch(people(150), never);
    await p.pass(minute);
    p.lose();
    assert.deepEqual(p.sizes(), []);
    await p.pass(minute / 2);
    assert.deepEqual(p.sizes(), [100, 50]);
  });

  it('are made again although the pool could not make them when the loss was found out', async () => {
    const p = pool({ checkEveryMs: minute / 2 });
    using watching = p.watching;
    await watching.watch(people(150), never);
    await p.pass(minute);
    p.lose();
    p.afterNext('GET /subscriptions', () => p.refuse(true));
    await p.pass(minute);
    assert.deepEqual(p.sizes(), []);
    p.refuse(false);
    await p.pass(2 * minute);
    assert.deepEqual(p.sizes(), [100, 50]);
  });

  it('are made again where one has ended that somebody was to be added to', async () => {
    const p = pool({ lists: false });
    using watching = p.watching;
    await watching.watch(people(150), never);
    p.lose();
    await watching.watch(people(160), never);
    assert.deepEqual(
      p.sizes().reduce((all, size) => all + size, 0),
      60,
      'of the full one nothing was asked',
    );
    assert.deepEqual(p.failures, []);
  });

  it('are not made again and again at a pool that does not list them', async () => {
    const p = pool({ checkEveryMs: minute / 2, lists: false });
    using watching = p.watching;
    await watching.watch(people(150), never);
    await p.pass(10 * minute);
    assert.equal(p.requests.filter((request) => request === 'POST /subscriptions').length, 2);
  });
});

describe('the people of presence subscriptions', () => {
  const contact = '/people/p1@contoso.example';
  const added: ClientEvent = { kind: 'contact', type: 'added', href: contact, uri: undefined };
  const changed = (what: 'contactPresence' | 'contactNote'): ClientEvent => ({
    kind: what,
    type: 'updated',
    href: `${contact}/${what === 'contactNote' ? 'note' : 'presence'}`,
    contact,
  });

  it('are read with their note once, since nothing tells of one that was there before, and then as they change', async () => {
    const p = pool();
    using watching = p.watching;
    p.presence.set(`${contact}/presence`, 'Busy');
    p.notes.set(`${contact}/note`, { message: 'Back on Monday', type: 'OutOfOffice' });
    watching.handle([added, changed('contactPresence')]);
    await p.settle();
    assert.deepEqual(p.observed, ['sip:p1@contoso.example Busy']);
    assert.deepEqual(p.noted, ['sip:p1@contoso.example OutOfOffice Back on Monday']);

    p.notes.set(`${contact}/note`, { message: 'Here', type: 'Personal' });
    watching.handle([changed('contactNote'), changed('contactNote')]);
    await p.settle();
    watching.handle([changed('contactPresence')]);
    await p.settle();
    assert.deepEqual(p.noted.slice(1), ['sip:p1@contoso.example Personal Here']);
    assert.equal(p.observed.length, 2);
  });

  it('are read however long the pool cannot be reached: nothing else would tell', async () => {
    const p = pool();
    using watching = p.watching;
    p.presence.set(`${contact}/presence`, 'Busy');
    p.refuse(true);
    watching.handle([added, changed('contactPresence')]);
    await p.pass(10 * minute);
    assert.deepEqual(p.observed, []);
    const asked = p.requests.length;
    assert.ok(asked < 40, `${asked} requests`);
    p.presence.set(`${contact}/presence`, 'Away');
    p.refuse(false);
    await p.pass(minute);
    assert.deepEqual(p.observed, ['sip:p1@contoso.example Away']);
    await p.pass(5 * minute);
    assert.equal(p.observed.length, 1);
  });

  it('hold up nobody while one cannot be read, and are not read when they are not watched any more', async () => {
    const p = pool();
    using watching = p.watching;
    p.refuse(true);
    watching.handle([added, changed('contactPresence')]);
    await p.settle();
    p.refuse(false);
    const others = Array.from({ length: 20 }, (_, n) => `/people/other${n}@contoso.example`);
    watching.handle(
      others.map((each) => ({
        kind: 'contactPresence',
        type: 'updated',
        href: `${each}/presence`,
        contact: each,
      })),
    );
    await p.settle();
    assert.equal(p.observed.length, others.length);
    watching.handle([{ ...added, type: 'deleted' }]);
    await p.pass(2 * minute);
    assert.equal(p.observed.length, others.length);
  });
});
