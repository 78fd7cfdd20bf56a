import assert from 'node:assert/strict';
import { before, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import fastify, { type FastifyInstance } from 'fastify';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { encryptionTarget, encryptResource } from '../encryption.ts';
import { decryptContent } from './decrypt.ts';
import { createEncryptionKey, type EncryptionKey, KeyRing } from './key-ring.ts';
import type { ReceivedBatch } from './read-batch.ts';
import { type PostRefusal, registerWebhook } from './webhook.ts';

const clock = new ManualClock();

describe('receiving change notifications', () => {
  let key: EncryptionKey;
  let keys: KeyRing;
  let app: FastifyInstance;
  let received: ReceivedBatch[];
  let refusals: PostRefusal[];
  let refuse: boolean;

  before(async () => {
    key = await createEncryptionKey(clock);
  });
  beforeEach(() => {
    keys = new KeyRing(key);
    received = [];
    refusals = [];
    refuse = false;
    app = fastify();
    registerWebhook(app, {
      path: '/notifications',
      trust: {
        keys,
        clientStates: (tenantId) => (tenantId === 't1' ? ['old', 'secret'] : []),
        verifyValidationToken: async (token) => {
          if (token === 'keys-away') throw new Error('no keys');
          return token.startsWith('good:') ? { tenantId: token.slice(5) } : undefined;
        },
      },
      handler: {
        onNotifications: async (batch) => {
          if (refuse) throw new Error('the ledger is full');
          received.push(batch);
        },
        onRefused: (reason) => void refusals.push(reason),
      },
    });
  });

  const post = (payload: unknown) =>
    app.inject({ method: 'POST', url: '/notifications', payload: payload as object });
  const encrypt = (resource: unknown, by = key) =>
    encryptResource(encryptionTarget(by.id, by.certificate, clock.now()), JSON.stringify(resource));
  const item = (change: object = {}) => ({
    subscriptionId: 's1',
    tenantId: 't1',
    clientState: 'secret',
    changeType: 'created',
    resource: "chats('c')/messages('1')",
    ...change,
  });

  it('answers the validation with the token as plain text, and with nothing that is markup', async () => {
    const answer = await app.inject({
      method: 'POST',
      url: `/notifications?validationToken=${encodeURIComponent('Validation: <script>1</script> ok')}`,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      payload: '',
    });
    assert.equal(answer.statusCode, 200);
    assert.match(String(answer.headers['content-type']), /^text\/plain/);
    assert.equal(answer.body, 'Validation: &lt;script&gt;1&lt;/script&gt; ok');
  });

  it('opens encrypted content of a tenant that Graph vouches for', async () => {
    const content = { id: '1', body: { content: 'grüß dich' } };
    const answer = await post({
      value: [item({ encryptedContent: encrypt(content) })],
      validationTokens: ['good:t1'],
    });
    assert.equal(answer.statusCode, 202);
    assert.deepEqual(received[0]?.changes, [
      {
        subscriptionId: 's1',
        tenantId: 't1',
        changeType: 'created',
        resource: "chats('c')/messages('1')",
        content,
      },
    ]);
  });

  it('keeps the good items of a batch whatever is wrong with the others', async () => {
    const forged = encrypt({});
    const other = Buffer.from(forged.data, 'base64');
    other[0] = (other[0] ?? 0) ^ 1;
    const answer = await post({
      value: [
        null,
        item({ clientState: 'guess' }),
        item({ tenantId: 't2', clientState: 'secret' }),
        item({ encryptedContent: { ...forged, data: other.toString('base64') } }),
        item({ encryptedContent: { ...forged, dataKey: 'AAAA' } }),
        item({ changeType: 'exploded' }),
        { subscriptionId: 's1', tenantId: 't1', clientState: 'old', lifecycleEvent: 'subscriptionRemoved' },
        { subscriptionId: 's1', tenantId: 't1', clientState: 'guess', lifecycleEvent: 'missed' },
        item(),
      ],
      validationTokens: ['good:t1', 'nonsense'],
    });
    assert.equal(answer.statusCode, 202);
    assert.equal(received[0]?.changes.length, 1);
    assert.deepEqual(received[0]?.lifecycle, [
      { subscriptionId: 's1', tenantId: 't1', event: 'subscriptionRemoved' },
    ]);
    assert.deepEqual(
      received[0]?.rejected.map(({ reason }) => reason),
      ['malformed', 'client-state', 'client-state', 'forged', 'forged', 'malformed', 'client-state'],
    );
  });

  it('does not believe content without a validation token of its tenant', async () => {
    await post({ value: [item({ encryptedContent: encrypt({}) })], validationTokens: ['good:t2'] });
    assert.deepEqual(received[0]?.rejected, [{ reason: 'tenant-not-proven', subscriptionId: 's1' }]);
  });

  it('still opens what was encrypted for a certificate that has been replaced', async () => {
    const next = await createEncryptionKey(clock);
    keys.add(next);
    assert.equal(keys.newest, next);
    assert.equal((await decryptContent(keys, encrypt({ a: 1 }))).kind, 'resource');
  });

  it('changes its key at half of its life, once for all who ask', async () => {
    const later = new ManualClock(clock.now());
    assert.equal(await keys.current(later), key);
    later.advance(200 * 24 * 3600_000);
    const [one, other] = await Promise.all([keys.current(later), keys.current(later)]);
    assert.equal(one, other);
    assert.notEqual(one.id, key.id);
    assert.equal(keys.newest, one);
    assert.equal(keys.byId(key.id), key);
  });

  it('hands over, to be fetched, what was encrypted for a key that is gone', async () => {
    const gone = await createEncryptionKey(clock);
    await post({ value: [item({ encryptedContent: encrypt({}, gone) })], validationTokens: ['good:t1'] });
    assert.equal(received[0]?.changes[0]?.content, undefined);
    assert.equal(received[0]?.changes.length, 1);
  });

  it('asks for the batch again when it could not be kept, or not be checked', async () => {
    refuse = true;
    const refused = await post({ value: [item()] });
    assert.equal(refused.statusCode, 503);
    assert.ok(Number(refused.headers['retry-after']) > 0);
    assert.equal((await post({ value: [item()], validationTokens: ['keys-away'] })).statusCode, 503);
    assert.deepEqual(refusals, ['unchecked']);
  });

  it('refuses what is not a batch, and says so to whoever counts', async () => {
    for (const payload of ['', '[]', '{"value":7}', '{', 'null']) {
      const answer = await app.inject({
        method: 'POST',
        url: '/notifications',
        headers: { 'content-type': 'application/json' },
        payload,
      });
      assert.equal(answer.statusCode, 400, payload);
    }
    assert.deepEqual(new Set(refusals), new Set(['malformed']));
    assert.equal(refusals.length, 5);
  });

  it('refuses what is larger than any batch, and says so', async () => {
    const answer = await post({ value: [], padding: 'x'.repeat(8 * 1024 * 1024) });
    assert.equal(answer.statusCode, 413);
    assert.deepEqual(refusals, ['oversized']);
  });

  it('reads any text that was encrypted, and never fails on what was not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const opened = await decryptContent(keys, encrypt(value));
        assert.ok(opened.kind === 'resource');
        assert.equal(JSON.stringify(opened.resource), JSON.stringify(value));
      }),
      { numRuns: 20 },
    );
    const good = encrypt({});
    await fc.assert(
      fc.asyncProperty(
        fc.base64String(),
        fc.base64String(),
        fc.base64String(),
        async (data, dataSignature, dataKey) => {
          const { kind } = await decryptContent(keys, { ...good, data, dataSignature, dataKey });
          assert.equal(kind, 'forged');
        },
      ),
      { numRuns: 20 },
    );
  });
});
