import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { eventually } from '../../../../test/kit/eventually.ts';
import type { SipUri } from '../../../core/people.ts';
import { bodyText, header, textBody } from '../../../protocols/sip/message.ts';
import { categoriesType, formatCategories } from '../../../protocols/sip/ms/categories.ts';
import { formatMsFault, msFaultType, wrongDelta } from '../../../protocols/sip/ms/fault.ts';
import { parsePublish } from '../../../protocols/sip/ms/publish.ts';
import { formatRoamingSelf, roamingSelfType } from '../../../protocols/sip/ms/roaming-self.ts';
import type { DoorEndpoint } from '../door.ts';
import { accountOf, busy, doorAt, frank, Heard, soon, uuidOf } from './scripted-door.test-kit.ts';
import { ScriptedServer } from './scripted-server.test-kit.ts';

/** The scripted server answers with tags that count up. */
function tagOfFirstSubscription(server: ScriptedServer): string {
  const tag = server.tags.get('SUBSCRIBE')?.[0];
  return tag ?? assert.fail('no SUBSCRIBE has been answered');
}

describe('an endpoint at a pool', () => {
  let server: ScriptedServer;
  let heard: Heard;
  let door: ReturnType<typeof doorAt>;
  let endpoint: DoorEndpoint;
  beforeEach(async () => {
    server = await ScriptedServer.open();
    heard = new Heard();
    door = doorAt({ servers: [server] });
    endpoint = door.open(accountOf(frank), heard);
  });
  afterEach(async () => {
    await door[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it('registers in the name of its person, with a name of its own that is the same at every start', async () => {
    assert.equal(await endpoint.ready(soon()), undefined);
    const register = await server.seen('REGISTER');
    assert.match(header(register, 'From') ?? '', /^<sip:frank@contoso\.example>;tag=\w+;epid=\w{12}$/);
    assert.ok(header(register, 'Contact')?.includes(`+sip.instance="<urn:uuid:${uuidOf(frank)}>"`));
    assert.equal(header(register, 'Expires'), '60');
    await endpoint[Symbol.asyncDispose]();
    assert.equal(header(await server.seen('REGISTER', 2), 'Expires'), '0');
  });

  it('of the same name waits until the one before is signed out', async () => {
    await endpoint.ready(soon());
    const leaving = endpoint[Symbol.asyncDispose]();
    const next = door.open(accountOf(frank), heard);
    await Promise.all([leaving, next.ready(soon())]);
    assert.deepEqual(
      server.of('REGISTER').map((request) => header(request, 'Expires')),
      ['60', '0', '60'],
    );
  });

  it('shares one connection with everybody else’s', async () => {
    const other = door.open(accountOf('sip:oscar@fabrikam.example'), new Heard());
    await Promise.all([endpoint.ready(soon()), other.ready(soon())]);
    assert.equal(server.clients.length, 1);
  });

  it('is refused for good where the pool does not trust it, and says so', async () => {
    server.on.set('REGISTER', (transaction) => {
      transaction.respond(403, { headers: [{ name: 'ms-diagnostics', value: '4003;reason="no"' }] });
    });
    const stranger = door.open(accountOf('sip:eve@contoso.example'), heard);
    const failure = await stranger.ready(soon());
    assert.deepEqual(failure, {
      kind: 'refused',
      id: 'link-refused',
      detail: 'SIP 403, ms-diagnostics 4003',
    });
    assert.equal(stranger.stopped, true);
    assert.deepEqual(heard.failures.at(-1)?.id, 'link-refused');
  });

  it('publishes its state with the version that the pool names in a conflict', async () => {
    let conflicts = 1;
    server.on.set('SERVICE', (transaction) => {
      if (conflicts-- > 0) {
        const operations = [{ index: 2, version: 0, currentVersion: 7 }];
        transaction.respond(409, {
          headers: [{ name: 'Content-Type', value: msFaultType }],
          body: textBody(formatMsFault({ code: wrongDelta, operations })),
        });
      } else transaction.respond(200);
    });
    assert.equal(await endpoint.show(busy), undefined);
    assert.equal(await endpoint.show({ availability: 'Available', activity: 'None' }), undefined);
    const versions = server
      .of('SERVICE')
      .map((request) => parsePublish(bodyText(request))?.publications.map(({ version }) => version));
    assert.deepEqual(versions, [
      [0, 0, 0, 0],
      [0, 7, 0, 0],
      [1, 8, 1, 1],
    ]);
  });

  it('does not publish for ever where the pool always finds a conflict', async () => {
    server.on.set('SERVICE', (transaction) => {
      const operations = [{ index: 1, version: 0, currentVersion: 1 }];
      const body = textBody(formatMsFault({ code: wrongDelta, operations }));
      transaction.respond(409, { headers: [{ name: 'Content-Type', value: msFaultType }], body });
    });
    assert.equal((await endpoint.show(busy))?.id, 'unexpected-answer');
    assert.equal(server.of('SERVICE').length, 4);
  });

  it('finds out whether its person has another client, by what that one publishes', async () => {
    await endpoint.show(busy);
    const published = parsePublish(bodyText(await server.seen('SERVICE')))?.publications ?? [];
    const tell = (instances: readonly number[]) =>
      server.on.set('SUBSCRIBE', (transaction) => {
        const categories = instances.map((instance) => ({
          name: 'state',
          instance,
          container: 2,
          version: 1,
          expireType: 'endpoint' as const,
          content: { kind: 'empty' as const },
        }));
        const body = textBody(formatRoamingSelf({ categories: { uri: frank, categories } }));
        transaction.respond(200, { headers: [{ name: 'Content-Type', value: roamingSelfType }], body });
      });
    const ours = published.map(({ instance }) => instance);
    tell(ours);
    assert.equal(await endpoint.hasOthers(soon()), 'unknown');
    tell([...ours, 0x3123_4567]);
    assert.equal(await endpoint.hasOthers(soon()), 'yes');
    server.on.set('SUBSCRIBE', (transaction) => void transaction.respond(489));
    assert.equal(await endpoint.hasOthers(soon()), 'unknown');
    server.on.delete('SUBSCRIBE');
  });

  it('watches people in batches, and hears of those alone', async () => {
    const people = Array.from({ length: 150 }, (_, index): SipUri => `sip:p${index}@contoso.example`);
    assert.equal(await endpoint.watch(new Set(people)), undefined);
    const subscribes = server.of('SUBSCRIBE');
    assert.equal(subscribes.length, 2);
    const state = (uri: string) =>
      formatCategories({
        uri,
        categories: [
          {
            name: 'state',
            content: { kind: 'state', state: { type: 'aggregateState', manual: false, availability: 6500 } },
          },
        ],
      });
    const first = subscribes[0] ?? assert.fail();
    const notify = (uri: string, method: string) => ({
      kind: 'request' as const,
      method,
      uri: frank,
      headers: [
        { name: 'From', value: `${header(first, 'To')};tag=${serverTag}` },
        { name: 'To', value: header(first, 'From') ?? '' },
        { name: 'Call-ID', value: header(first, 'Call-ID') ?? '' },
        { name: 'CSeq', value: `2 ${method}` },
        { name: 'Event', value: 'presence' },
        { name: 'Subscription-State', value: 'active;expires=600' },
        { name: 'Content-Type', value: categoriesType },
      ],
      body: textBody(state(uri)),
    });
    const serverTag = tagOfFirstSubscription(server);
    server.client.flow.transactions.sendUnanswered(notify('sip:p3@contoso.example', 'BENOTIFY'));
    server.client.flow.transactions.sendUnanswered(notify('sip:stranger@contoso.example', 'BENOTIFY'));
    server.client.flow.transactions.sendUnanswered(notify('sip:p4@contoso.example', 'BENOTIFY'));
    await eventually('two reports', () => heard.presences.length === 2);
    assert.deepEqual(heard.presences, [
      ['sip:p3@contoso.example', 'Busy'],
      ['sip:p4@contoso.example', 'Busy'],
    ]);
    await endpoint.watch(new Set(people.slice(0, 100)));
    await eventually('the second batch is left', () =>
      server.of('SUBSCRIBE').some((request) => header(request, 'Expires') === '0'),
    );
  });
});
