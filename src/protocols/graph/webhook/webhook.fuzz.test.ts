import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import fastify, { type FastifyInstance } from 'fastify';
import { mutatedBytes, mutatedJson } from '../../../../test/kit/fuzz.ts';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { encryptionTarget, encryptResource } from '../encryption.ts';
import { decryptContent } from './decrypt.ts';
import { createEncryptionKey, type EncryptionKey, KeyRing } from './key-ring.ts';
import type { ReceivedBatch } from './read-batch.ts';
import { registerWebhook } from './webhook.ts';

const clock = new ManualClock();

describe('the address that Graph notifies', () => {
  let key: EncryptionKey;
  let app: FastifyInstance;
  let received: ReceivedBatch[] = [];
  before(async () => {
    key = await createEncryptionKey(clock);
    app = fastify();
    registerWebhook(app, {
      path: '/notifications',
      trust: {
        keys: new KeyRing(key),
        clientStates: (tenantId) => (tenantId === 't1' ? ['secret'] : []),
        verifyValidationToken: async (token) => (token === 'good' ? { tenantId: 't1' } : undefined),
      },
      handler: { onNotifications: async (got) => void received.push(got), onRefused: () => undefined },
    });
    await app.ready();
  });

  const message = {
    id: '1700000000000',
    messageType: 'message',
    body: { contentType: 'html', content: '<p>hi</p>' },
  };
  const notification = () => ({
    value: [
      {
        subscriptionId: 's1',
        subscriptionExpirationDateTime: '2026-01-05T10:00:00.0000000Z',
        tenantId: 't1',
        clientState: 'secret',
        changeType: 'created',
        resource: "chats('19:x@unq.gbl.spaces')/messages('1700000000000')",
        resourceData: { '@odata.type': '#Microsoft.Graph.chatMessage', id: '1700000000000' },
        encryptedContent: encryptResource(
          encryptionTarget(key.id, key.certificate, clock.now()),
          JSON.stringify(message),
        ),
      },
      { subscriptionId: 's1', tenantId: 't1', clientState: 'secret', lifecycleEvent: 'missed' },
    ],
    validationTokens: ['good'],
  });
  const post = (payload: string | Buffer) =>
    app.inject({
      method: 'POST',
      url: '/notifications',
      payload,
      headers: { 'content-type': 'application/json' },
    });

  it('answers whatever comes, and lets only through what is proven', async () => {
    const sample = notification();
    assert.equal((await post(JSON.stringify(sample))).statusCode, 202);
    assert.equal(received[0]?.changes.length, 1);
    await fc.assert(
      fc.asyncProperty(mutatedJson(sample), async (changed) => {
        received = [];
        const { statusCode } = await post(JSON.stringify(changed) ?? '');
        assert.ok([202, 400].includes(statusCode), String(statusCode));
        for (const { changes, lifecycle } of received)
          for (const { tenantId } of [...changes, ...lifecycle]) assert.equal(tenantId, 't1');
        for (const { changes } of received)
          for (const { content } of changes) if (content !== undefined) assert.deepEqual(content, message);
      }),
      { numRuns: 150 },
    );
  });

  it('answers bytes that are no JSON any more', async () => {
    const sample = JSON.stringify(notification());
    await fc.assert(
      fc.asyncProperty(mutatedBytes(sample), async (bytes) => {
        assert.ok([202, 400, 413].includes((await post(bytes)).statusCode));
      }),
      { numRuns: 150 },
    );
  });

  it('opens no resource that anything was done to', async () => {
    const sealed = notification().value[0]?.encryptedContent;
    assert.ok(sealed);
    const ring = new KeyRing(key);
    const part = fc.constantFrom('data', 'dataSignature', 'dataKey' as const);
    await fc.assert(
      fc.asyncProperty(part, mutatedBytes('x'.repeat(40)), fc.nat(), async (name, noise, place) => {
        fc.pre(noise.length > 0);
        const bytes = Buffer.from(sealed[name], 'base64');
        const start = place % bytes.length;
        const changed = Buffer.concat([bytes.subarray(0, start), noise, bytes.subarray(start)]);
        const opened = await decryptContent(ring, { ...sealed, [name]: changed.toString('base64') });
        assert.notEqual(opened.kind, 'resource');
      }),
      { numRuns: 60 },
    );
  });
});
