import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { bodyText, noBody, type SipRequest, type SipResponse } from '../message.ts';
import type { ServerTransaction } from '../transaction/server.ts';
import { writeMessage } from '../write.ts';
import { Flow, type FlowUser } from './flow.ts';
import { listen } from './listen.ts';
import { dial, message, plain, rawSocket, until } from './loopback.test-kit.ts';

describe('a flow', () => {
  const user = (onRequest: (transaction: ServerTransaction) => void, faults: number[] = []): FlowUser => ({
    onRequest,
    onOpen: () => undefined,
    onFault: ({ fault }) => void faults.push(fault.status),
    onUnanswered: () => undefined,
    onCancel: () => undefined,
    onServerFailure: () => undefined,
    onStrayResponse: () => undefined,
  });
  let count = 0;
  const flowOptions = () => ({
    clock: new ManualClock(),
    via: { transport: 'TCP', host: '127.0.0.1', params: [] },
    newBranch: () => `z9hG4bK${++count}`,
    newTag: () => `tag${++count}`,
  });

  it('asks and is answered over a real connection; a faulty request gets its status; the end fails what is open', async () => {
    const faults: number[] = [];
    const texts: string[] = [];
    await using listener = await listen({
      host: '127.0.0.1',
      port: 0,
      clock: new ManualClock(),
      onConnection(connection) {
        const flow = new Flow(
          connection,
          flowOptions(),
          user((transaction) => {
            texts.push(bodyText(transaction.request));
            if (texts.length === 1) transaction.respond(200);
          }, faults),
        );
        void flow.run();
      },
    });
    const connection = dial(listener.port, new ManualClock());
    const flow = new Flow(
      connection,
      flowOptions(),
      user(() => assert.fail('the server asks nothing')),
    );
    const running = flow.run();
    await until(() => connection.isOpen);
    const ask = (request: SipRequest): Promise<SipResponse | string> =>
      new Promise((resolve) => {
        flow.transactions.request(request, { onResponse: resolve, onFailure: resolve });
      });
    const answer = await ask(plain);
    assert.ok(typeof answer === 'object' && answer.status === 200);
    const faulty = await ask({ ...plain, headers: [...plain.headers, { name: 'Date', value: 'never' }] });
    assert.ok(typeof faulty === 'object' && faulty.status === 400);
    assert.deepEqual(faults, [400]);
    const open = ask({ ...plain, body: noBody });
    await until(() => texts.length === 2);
    connection.close();
    assert.equal(await open, 'transport');
    assert.deepEqual(await running, { kind: 'closed', reason: 'local', code: undefined });
    assert.deepEqual(texts, ['hello', '']);
  });

  it('answers what breaks the stream before it closes, where it can be answered', async () => {
    const faults: number[] = [];
    await using listener = await listen({
      host: '127.0.0.1',
      port: 0,
      clock: new ManualClock(),
      onConnection: (connection) =>
        void new Flow(
          connection,
          flowOptions(),
          user(() => assert.fail('nothing to hear'), faults),
        ).run(),
    });
    const socket = await rawSocket(listener.port);
    let got = '';
    socket.on('data', (bytes: Buffer) => {
      got += bytes.toString();
    });
    socket.write(
      writeMessage(message)
        .toString()
        .replace(/Content-Length: \d+/, 'Content-Length: -1'),
    );
    await until(() => socket.closed);
    assert.match(got, /^SIP\/2\.0 400 Bad Request \(Content-Length: not a number\)\r\n/);
    assert.deepEqual(faults, [400]);
  });
});
