import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { eventually } from '../../../../test/kit/eventually.ts';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { accountOf, bob, busy, doorAt, frank, Heard, soon } from './scripted-door.test-kit.ts';
import { ScriptedServer } from './scripted-server.test-kit.ts';

describe('a pool with several front ends', () => {
  const opened: AsyncDisposable[] = [];
  after(async () => {
    for (const each of opened.reverse()) await each[Symbol.asyncDispose]();
  });
  const keep = <T extends AsyncDisposable>(each: T): T => {
    opened.push(each);
    return each;
  };

  it('has its endpoints on another one when theirs dies, with everything they show', async () => {
    const first = await ScriptedServer.open();
    const second = keep(await ScriptedServer.open());
    const door = keep(doorAt({ servers: [first, second] }));
    const heard = new Heard();
    const endpoint = door.open(accountOf(frank), heard);
    assert.equal(await endpoint.show(busy), undefined);
    await endpoint.watch(new Set([bob]));
    assert.equal(second.clients.length, 0);
    await first[Symbol.asyncDispose]();
    await second.seen('REGISTER');
    await second.seen('SERVICE');
    await second.seen('SUBSCRIBE');
    assert.equal(await endpoint.ready(soon()), undefined);
    assert.equal(door.health.kind, 'reached');
  });

  it('goes to the next one where one answers that it is not available', async () => {
    const first = keep(await ScriptedServer.open());
    const second = keep(await ScriptedServer.open());
    first.on.set('REGISTER', (transaction) => void transaction.respond(503));
    const door = keep(doorAt({ servers: [first, second] }));
    const endpoint = door.open(accountOf(frank), new Heard());
    assert.equal((await endpoint.ready(soon()))?.id, 'unreachable');
    await eventually('registered at the second', async () => (await endpoint.ready(soon())) === undefined);
    assert.equal(first.of('REGISTER').length, 1);
  });

  it('is found by the SRV records of its domain: priorities first, and asked for anew when they are old', async () => {
    const first = keep(await ScriptedServer.open());
    const second = keep(await ScriptedServer.open());
    const clock = new ManualClock();
    const asked: string[] = [];
    let records = [
      { name: 'localhost.', port: second.port, priority: 20, weight: 0 },
      { name: 'localhost.', port: first.port, priority: 10, weight: 0 },
    ];
    const resolve = async (name: string) => {
      asked.push(name);
      return records;
    };
    const door = doorAt({
      servers: [],
      clock,
      options: { location: { kind: 'domain', domain: 'contoso.example' }, resolve },
    });
    const endpoint = door.open(accountOf(frank), new Heard());
    assert.equal(await endpoint.ready(soon()), undefined);
    assert.deepEqual([first.clients.length, second.clients.length], [1, 0]);
    assert.deepEqual(asked, ['_sipinternal._tcp.contoso.example']);
    records = records.filter(({ port }) => port === second.port);
    await first[Symbol.asyncDispose]();
    await eventually('registered at the second', async () => {
      clock.advance(30_000);
      return second.of('REGISTER').length > 0;
    });
    await door[Symbol.asyncDispose]();
  });

  it('is unreachable, with a reason and a time, while none answers', async () => {
    const gone = await ScriptedServer.open();
    await gone[Symbol.asyncDispose]();
    const door = keep(doorAt({ servers: [gone] }));
    const endpoint = door.open(accountOf(frank), new Heard());
    const failure = await endpoint.ready(soon());
    assert.equal(failure?.id, 'unreachable');
    assert.match(failure.detail, /no front end can be reached/);
    assert.equal(door.health.kind === 'failing' && door.health.failure.id, 'unreachable');
  });

  it('lets only so many register in a second', async () => {
    const server = keep(await ScriptedServer.open());
    const clock = new ManualClock();
    const door = doorAt({ servers: [server], clock, options: { registrationsPerSecond: 10 } });
    const endpoints = Array.from({ length: 20 }, (_, index) =>
      door.open(accountOf(`sip:p${index}@contoso.example`), new Heard()),
    );
    await eventually('the first are there', () => server.of('REGISTER').length === 2);
    clock.advance(1_000);
    await eventually('ten more', () => server.of('REGISTER').length === 12);
    clock.advance(1_000);
    await Promise.all(endpoints.map((endpoint) => endpoint.ready(soon())));
    for (const endpoint of endpoints) endpoint.abandon();
    await door[Symbol.asyncDispose]();
  });
});
