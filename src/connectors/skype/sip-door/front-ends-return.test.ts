import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { eventually } from '../../../../test/kit/eventually.ts';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import type { SipUri } from '../../../core/people.ts';
import { parseNameAddr, tagOf } from '../../../protocols/sip/headers/name-addr.ts';
import { type Header, header } from '../../../protocols/sip/message.ts';
import type { DoorEndpoint } from '../door.ts';
import {
  accountOf,
  bob,
  busy,
  doorAt,
  frank,
  Heard,
  sdp,
  sdpBody,
  soon,
  uuidOf,
} from './scripted-door.test-kit.ts';
import { type Handle, ScriptedServer } from './scripted-server.test-kit.ts';
import { doorTiming, type SipDoorOptions } from './sip-door.ts';

const opaque = uuidOf(frank).replaceAll('-', '');
const expiresOf = (server: ScriptedServer, method: string): readonly (string | undefined)[] =>
  server.of(method).map((request) => header(request, 'Expires'));

/** What frank's endpoint is asked at its Contact. */
const toFrank = (callId: string, method: 'INVITE' | 'BYE', headers: readonly Header[] = [], tag = '') => ({
  method,
  uri: `sip:frank@gateway.example;ms-opaque=${opaque}`,
  from: `<${bob}>;tag=bob`,
  to: `<${frank}>${tag && `;tag=${tag}`}`,
  callId,
  cseq: method === 'INVITE' ? 1 : 2,
  headers: [{ name: 'Contact', value: '<sip:bob@127.0.0.1>' }, ...headers],
  ...(method === 'INVITE' ? { body: sdpBody } : {}),
});

/** Neither a sign of life nor a transaction runs out while the clock is hurried on. */
const unhurried = { heartbeatMs: 86_400_000, timing: { ...doorTiming, t1: 30_000 } };
const stepMs = 2_000;

/** Lets time pass until something has happened. */
const passing = (clock: ManualClock) => (what: string, happened: () => boolean) =>
  eventually(
    what,
    () => {
      if (happened()) return true;
      clock.advance(stepMs);
      return false;
    },
    20_000,
  );

/** Says that a front end takes nobody. */
const unavailable: Handle = (transaction) => void transaction.respond(503);

describe('a front end of a pool that comes back', () => {
  const opened: AsyncDisposable[] = [];
  after(async () => {
    for (const each of opened.reverse()) await each[Symbol.asyncDispose]();
  });
  const keep = <T extends AsyncDisposable>(each: T): T => {
    opened.push(each);
    return each;
  };

  /** A door to two front ends, the first of which is to be preferred; everybody is at the second, because the first died. */
  async function failedOver(people: readonly SipUri[], options: Partial<SipDoorOptions> = {}) {
    const clock = new ManualClock();
    const dead = await ScriptedServer.open();
    const second = keep(await ScriptedServer.open());
    const door = doorAt({ servers: [dead, second], clock, options: { ...unhurried, ...options } });
    opened.push(
      {
        async [Symbol.asyncDispose]() {
          for (const { endpoint } of endpoints) endpoint.abandon();
        },
      },
      door,
    );
    const endpoints = people.map((sip) => {
      const heard = new Heard();
      return { sip, heard, endpoint: door.open(accountOf(sip), heard) };
    });
    const pass = passing(clock);
    await pass('all are at the first', () => dead.of('REGISTER').length >= people.length);
    for (const { endpoint } of endpoints) assert.equal(await endpoint.ready(soon()), undefined);
    await dead[Symbol.asyncDispose]();
    await pass('all are at the second', () => second.of('REGISTER').length >= people.length);
    for (const { endpoint } of endpoints) assert.equal(await endpoint.ready(soon()), undefined);
    const [one] = endpoints;
    assert.ok(one);
    return {
      clock,
      door,
      second,
      endpoints,
      one,
      pass,
      reopen: async () => keep(await ScriptedServer.open(undefined, dead.port)),
    };
  }

  it('is asked whether it serves, and then has its people again, with everything they show', async () => {
    const { second, one, pass, reopen, clock } = await failedOver([frank]);
    assert.equal(await one.endpoint.show(busy), undefined);
    await one.endpoint.watch(new Set([bob]));
    const first = await reopen();
    await pass('registered at the first', () => first.of('REGISTER').length === 1);
    await first.seen('SERVICE');
    await first.seen('SUBSCRIBE');
    const methods = first.requests.map(({ method }) => method);
    assert.equal(methods[0], 'OPTIONS');
    assert.deepEqual(methods.slice(1, 2), ['REGISTER']);
    await eventually('the second is left', () => expiresOf(second, 'SUBSCRIBE').includes('0'));
    assert.ok(!expiresOf(second, 'REGISTER').includes('0'), 'a goodbye could be taken for one to the first');
    assert.equal(await one.endpoint.ready(soon()), undefined);
    // What comes by the former way is taken as long as the pool may hold the endpoint to be there.
    const rings = (callId: string) => second.client.ask(toFrank(callId, 'INVITE', [sdp]));
    rings('a').catch(() => undefined);
    await eventually('it rings', () => one.heard.invitations.length === 1);
    clock.advance(60_000);
    assert.equal((await rings('b')).status, 404);
    assert.equal(one.heard.invitations.length, 1);
  });

  it('has them again only when it has served for a while', async () => {
    const { one, pass, reopen, clock } = await failedOver([frank], { expiresSeconds: 20 });
    const first = await reopen();
    await pass('it was asked', () => first.of('OPTIONS').length > 0);
    const asked = clock.now();
    await pass('registered at the first', () => first.of('REGISTER').length > 0);
    assert.ok(clock.now() - asked >= 20_000 - stepMs, `${clock.now() - asked} ms`);
    assert.equal(one.heard.failures.length, 0);
  });

  it('leaves where they are those who talk, and has them when they have done', async () => {
    const { second, one, pass, reopen } = await failedOver([frank]);
    await one.endpoint.receive();
    const { dialog, tag } = await talking(second, one);
    const first = await reopen();
    const before = second.of('REGISTER').length;
    await pass('registered again and again at the second', () => second.of('REGISTER').length > before + 4);
    assert.ok(first.of('OPTIONS').length > 0);
    assert.equal(first.of('REGISTER').length, 0);
    assert.equal((await one.endpoint.send(dialog, '1', 'Still here')).kind, 'sent');
    assert.equal((await second.client.ask(toFrank('talk', 'BYE', [], tag))).status, 200);
    await pass('registered at the first', () => first.of('REGISTER').length > 0);
  });

  it('is not stormed: one after the other, a tenth as fast as people register otherwise', async () => {
    const people = Array.from({ length: 12 }, (_, index): SipUri => `sip:p${index}@contoso.example`);
    const { pass, reopen, clock } = await failedOver(people, { registrationsPerSecond: 2 });
    const first = await reopen();
    await pass('the first of them', () => first.of('REGISTER').length > 0);
    const began = clock.now();
    await pass('all of them', () => first.of('REGISTER').length >= people.length);
    // One every 5 s; the first may have been a step ago.
    assert.ok(clock.now() - began >= (people.length - 1) * 5_000 - 2 * stepMs, `${clock.now() - began} ms`);
  });

  it('that says it does not serve yet has nobody', async () => {
    const { second, pass, reopen } = await failedOver([frank]);
    const first = await reopen();
    first.on.set('OPTIONS', unavailable);
    await pass('it was asked three times', () => first.of('OPTIONS').length >= 3);
    assert.equal(first.of('REGISTER').length, 0);
    first.on.delete('OPTIONS');
    await pass('registered at the first', () => first.of('REGISTER').length > 0);
    assert.ok(second.of('REGISTER').length > 3);
  });

  it('that answers but registers nobody loses nobody: they stay where they are', async () => {
    const { door, second, one, pass, reopen } = await failedOver([frank]);
    assert.equal(await one.endpoint.show(busy), undefined);
    const first = await reopen();
    first.on.set('REGISTER', unavailable);
    await pass('it was tried twice', () => first.of('REGISTER').length >= 2);
    const tried = second.of('REGISTER').length;
    await pass('still at the second', () => second.of('REGISTER').length > tried);
    assert.equal(await one.endpoint.ready(soon()), undefined);
    assert.equal(door.health.kind, 'reached');
    assert.equal(second.of('SERVICE').length, 1, 'nothing was lost, so nothing is published anew');
    assert.equal(first.of('SERVICE').length, 0);
  });
});

describe('a pool that sends a person to a registrar of their own', () => {
  const opened: AsyncDisposable[] = [];
  after(async () => {
    for (const each of opened.reverse()) await each[Symbol.asyncDispose]();
  });
  const keep = <T extends AsyncDisposable>(each: T): T => {
    opened.push(each);
    return each;
  };
  /** As Microsoft's pools say it: the person's registrar, and its backup. */
  const sendsTo =
    (primary: ScriptedServer, backup: ScriptedServer): Handle =>
    (transaction) =>
      void transaction.respond(301, {
        headers: [
          { name: 'Contact', value: `<sip:127.0.0.1:${backup.port};transport=TCP>;q=0.3` },
          { name: 'Contact', value: `<sip:127.0.0.1:${primary.port};transport=TCP>;q=0.7` },
        ],
      });

  it('finds them there, at the backup while that is down, and there again later', async () => {
    const clock = new ManualClock();
    const pool = keep(await ScriptedServer.open());
    const dead = await ScriptedServer.open();
    const backup = keep(await ScriptedServer.open());
    pool.on.set('REGISTER', sendsTo(dead, backup));
    const door = keep(doorAt({ servers: [pool], clock, options: unhurried }));
    const endpoint = door.open(accountOf(frank), new Heard());
    opened.push({ [Symbol.asyncDispose]: async () => endpoint.abandon() });
    assert.equal(await endpoint.ready(soon()), undefined);
    assert.equal(dead.of('REGISTER').length, 1);
    const pass = passing(clock);
    await dead[Symbol.asyncDispose]();
    await pass('registered at the backup', () => backup.of('REGISTER').length > 0);
    assert.equal(pool.of('REGISTER').length, 1, 'who has a registrar asks nobody else for the way');
    const primary = keep(await ScriptedServer.open(undefined, dead.port));
    await pass('registered at home', () => primary.of('REGISTER').length > 0);
    assert.equal(await endpoint.ready(soon()), undefined);
  });

  it('which moves them in the middle of a talk does not end it', async () => {
    const clock = new ManualClock();
    const pool = keep(await ScriptedServer.open());
    const home = keep(await ScriptedServer.open());
    const door = keep(doorAt({ servers: [pool], clock, options: unhurried }));
    const heard = new Heard();
    const endpoint = door.open(accountOf(frank), heard);
    opened.push({ [Symbol.asyncDispose]: async () => endpoint.abandon() });
    await endpoint.receive();
    const { dialog } = await talking(pool, { heard, endpoint });
    pool.on.set('REGISTER', sendsTo(home, home));
    await passing(clock)('registered at home', () => home.of('REGISTER').length > 0);
    assert.equal(await endpoint.ready(soon()), undefined);
    assert.equal((await endpoint.send(dialog, '1', 'Still here')).kind, 'sent');
    assert.equal(pool.of('MESSAGE').length, 1);
    assert.deepEqual(heard.ends, []);
    await pool[Symbol.asyncDispose]();
    await eventually('the talk is over with its connection', () => heard.ends.length === 1);
    assert.equal(await endpoint.ready(soon()), undefined);
  });

  it('in circles is unreachable, and tried again', async () => {
    const one = keep(await ScriptedServer.open());
    const other = keep(await ScriptedServer.open());
    one.on.set('REGISTER', sendsTo(other, other));
    other.on.set('REGISTER', sendsTo(one, one));
    const door = keep(doorAt({ servers: [one] }));
    const endpoint = door.open(accountOf(frank), new Heard());
    opened.push({ [Symbol.asyncDispose]: async () => endpoint.abandon() });
    const failure = await endpoint.ready(soon());
    assert.deepEqual([failure?.kind, failure?.id], ['transient', 'unreachable']);
    one.on.delete('REGISTER');
    await eventually('registered', async () => (await endpoint.ready(soon())) === undefined);
  });
});

/** bob's session with frank, taken up. */
async function talking(
  server: ScriptedServer,
  { heard, endpoint }: { readonly heard: Heard; readonly endpoint: DoorEndpoint },
) {
  const answer = server.client.ask(toFrank('talk', 'INVITE', [sdp]));
  const { dialog } = await eventually('it rings', () => heard.invitations[0]);
  assert.equal(await endpoint.accept(dialog), undefined);
  const taken = await answer;
  assert.equal(taken.status, 200);
  return { dialog, tag: tagOf(parseNameAddr(header(taken, 'To') ?? '')) ?? '' };
}
