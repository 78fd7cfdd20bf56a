import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { referencePath, withReference } from '../../../../test/kit/reference.ts';
import type { Header, SipRequest } from '../../../protocols/sip/message.ts';
import { textBody } from '../../../protocols/sip/message.ts';
import { formatBatchSubscribe } from '../../../protocols/sip/ms/batch-subscribe.ts';
import { formatContactOperation } from '../../../protocols/sip/ms/contact-operation.ts';
import { formatRoamingList } from '../../../protocols/sip/ms/roaming-self.ts';
import { openSipWorld, until } from './client.test-kit.ts';

const alice = 'alice@contoso.example';

const bodies = [
  '',
  'hello',
  'v=0\r\no=- 0 0 IN IP4 1.1.1.1\r\ns=-\r\nt=0 0\r\nm=message 1 sip null\r\n',
  formatBatchSubscribe({
    action: 'subscribe',
    uri: `sip:${alice}`,
    resources: [`sip:${alice}`],
    categories: [],
  }),
  formatContactOperation({ kind: 'addGroup', delta: 1, name: 'x' }),
  formatRoamingList(['categories', 'containers', 'subscribers']),
  '<publish><publications uri="sip:alice@contoso.example"><publication categoryName="state" instance="1" container="2" version="0" expireType="endpoint"><state type="machineState"><availability>99999999</availability></state></publication></publications></publish>',
  '<Conferencing/>',
  '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="x"><tuple id="t"><status><basic>open</basic></status></tuple></presence>',
];
const types = [
  'text/plain',
  'text/html;charset=nonsense',
  'application/sdp',
  'application/msrtc-adrl-categorylist+xml',
  'application/SOAP+xml',
  'application/vnd-microsoft-roaming-self+xml',
  'application/msrtc-category-publish+xml',
  'application/pidf+xml',
  'application/ms-conf-invite+xml',
  'multipart/alternative;boundary=b',
  'multipart/related',
  'message/cpim',
];
const methods = [
  'REGISTER',
  'INVITE',
  'MESSAGE',
  'SUBSCRIBE',
  'SERVICE',
  'PUBLISH',
  'OPTIONS',
  'BYE',
  'INFO',
];
const values = fc.oneof(
  fc.constantFrom(
    'presence',
    'vnd-microsoft-roaming-contacts',
    'vnd-microsoft-roaming-self',
    '0',
    '600',
    '*',
  ),
  fc.constantFrom(
    'text/plain;ms-body=AAAA',
    'text/plain;ms-body=%%%',
    '<sip:a@b>',
    'tel:+1',
    '99999999999999',
  ),
  fc.string({ unit: 'grapheme-ascii', maxLength: 40 }),
);
const extra: fc.Arbitrary<Header> = fc.record(
  {
    name: fc.constantFrom(
      ...['Event', 'Expires', 'Accept', 'SIP-If-Match', 'ms-text-format', 'Subject', 'Priority', 'Require'],
      ...['Supported', 'Ms-Conversation-ID', 'Authorization', 'Proxy-Authorization', 'Record-Route'],
    ),
    value: values,
  },
  { noNullPrototype: true },
);

describe('whatever is sent to the SIP door', { timeout: 25_000 }, () => {
  it('is answered, and nobody else notices', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on('warning', note);
    await using world = await openSipWorld({ sip: { schemes: [] } });
    const other = await world.signedIn('bob@contoso.example');
    other.takesCalls();
    let sender = await world.signedIn(alice);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...methods),
        fc.constantFrom(...bodies),
        fc.constantFrom(...types),
        fc.array(extra, { maxLength: 4 }),
        fc.constantFrom(alice, 'bob@contoso.example', 'nobody@nowhere', 'contoso.example'),
        fc.boolean(),
        async (method, body, type, headers, to, hasTag) => {
          if (sender.closed) sender = await world.signedIn(alice);
          const request: SipRequest = sender.make(method, {
            to: `<sip:${to}>${hasTag ? ';tag=none' : ''}`,
            headers: [sender.contact, { name: 'Content-Type', value: type }, ...headers],
            body: textBody(body),
          });
          let status: number | undefined;
          void sender.ask(request).then(
            (answer) => {
              status = answer.status;
            },
            () => undefined,
          );
          await until(() => status !== undefined || sender.closed);
          assert.ok(status !== 500, `${method} was too much`);
        },
      ),
      { numRuns: 400 },
    );
    assert.equal((await other.ask(other.make('OPTIONS'))).status, 200);
    process.off('warning', note);
    assert.deepEqual(warnings, []);
  });

  withReference('RFC 4475’s messages, sent to the SIP door of an embedded pool', () => {
    it('may be any of RFC 4475’s messages', async () => {
      await using world = await openSipWorld({ sip: { schemes: [] } });
      const other = await world.signedIn('bob@contoso.example');
      const folder = referencePath('data/rfc4475/');
      for (const name of readdirSync(folder).filter((each) => each.endsWith('.dat'))) {
        const socket = createConnection({ host: '127.0.0.1', port: world.ports.online });
        socket.on('error', () => undefined);
        let isClosed = false;
        socket.on('close', () => {
          isClosed = true;
        });
        socket.resume().end(readFileSync(`${folder}${name}`));
        await until(() => isClosed);
      }
      assert.equal((await other.ask(other.make('OPTIONS'))).status, 200);
    });
  });
});
