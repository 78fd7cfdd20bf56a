import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeDataUri, encodeDataUri } from '../../protocols/ucwa/data-uri.ts';
import { hrefOf } from '../../protocols/ucwa/hal.ts';
import { createPools } from './pools.ts';
import { TestClient } from './test-client.ts';

describe('instant messaging between the pools', () => {
  it('rings with the text, and carries messages both ways once accepted', async () => {
    await using pools = createPools();
    const alice = await TestClient.signIn(pools.online.ucwa, 'alice@contoso.example');
    const carol = await TestClient.signIn(pools.onPrem.ucwa, 'carol@contoso.example');
    await alice.makeAvailable();
    await carol.makeAvailable();

    const started = await alice.request('POST', alice.at('/communication/messagingInvitations'), {
      to: 'sip:carol@contoso.example',
      operationId: 'op-1',
      subject: 'Lunch',
      sessionContext: 'ignored',
      telemetryId: null,
      _links: { message: { href: encodeDataUri({ contentType: 'text/plain', text: 'Hungry?' }) } },
    });
    assert.equal(started.status, 201, started.text);
    assert.match(String(started.headers['location']), /messagingInvitations/);

    const ring = await carol.until('messagingInvitation', 'started');
    const text = decodeDataUri(hrefOf(ring.resource, 'message') ?? '');
    assert.equal(text?.text, 'Hungry?');
    const accepted = await carol.request('POST', hrefOf(ring.resource, 'accept') ?? '');
    assert.equal(accepted.status, 204, accepted.text);
    const first = await carol.until('message', 'completed');
    assert.equal(decodeDataUri(hrefOf(first.resource, 'plainMessage') ?? '')?.text, 'Hungry?');

    const messaging = await alice.until(
      'messaging',
      'updated',
      ({ resource }) => resource['state'] === 'Connected',
    );
    const done = await alice.until('messagingInvitation', 'completed');
    assert.equal(done.status, 'Success');
    const sendTo = hrefOf(messaging.resource, 'sendMessage') ?? '';
    const sent = await alice.request('POST', `${sendTo}?operationId=op-2`, 'Soup today', {
      'content-type': 'text/plain',
    });
    assert.equal(sent.status, 201, sent.text);
    const got = await carol.until('message', 'completed');
    assert.equal(decodeDataUri(hrefOf(got.resource, 'plainMessage') ?? '')?.text, 'Soup today');

    const waiting = carol.fetch();
    const receipt = await alice.until('message', 'completed');
    assert.equal(receipt.status, 'Success');
    assert.equal(receipt.resource['operationId'], 'op-2');

    const reply = await carol.request('POST', `${hrefOf(got.resource, 'messaging')}/messages`, 'Yes', {
      'content-type': 'text/plain',
    });
    assert.equal(reply.status, 201, reply.text);
    const heard = await alice.until('message', 'completed');
    assert.equal(heard.resource['direction'], 'Incoming');
    void alice.fetch().catch(() => undefined);
    await waiting;
  });
});
