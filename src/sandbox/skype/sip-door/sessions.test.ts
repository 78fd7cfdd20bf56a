import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dialogFromResponse } from '../../../protocols/sip/dialog/dialog.ts';
import { parseSipReason } from '../../../protocols/sip/headers/reason.ts';
import { bodyText, header, textBody } from '../../../protocols/sip/message.ts';
import { hrefOf } from '../../../protocols/ucwa/hal.ts';
import { TestClient } from '../test-client.ts';
import { openSipWorld, reasonOf, Talk, until } from './client.test-kit.ts';

const alice = 'alice@contoso.example';
const bob = 'bob@contoso.example';
const carol = 'carol@contoso.example';

describe('a session', { timeout: 20_000 }, () => {
  it('carries messages, typing and its end both ways, from pool to pool', async () => {
    await using world = await openSipWorld();
    const caller = await world.signedIn(alice);
    const callee = await world.signedIn(carol, { pool: 'onPrem' });
    const dialogs = callee.takesCalls();
    const talk = await caller.call(carol);
    assert.equal((await talk.say('hello')).status, 200);
    assert.equal((await talk.say('<b>bold</b>', 'text/html')).status, 200);
    await talk.send('INFO', '<KeyboardActivity><status status="type"/></KeyboardActivity>');
    await until(() => callee.count('INFO') === 1);
    assert.deepEqual(callee.texts, ['hello', '<b>bold</b>']);
    const [dialog] = dialogs;
    assert.ok(dialog);
    const back = new Talk(callee, dialog);
    assert.equal((await back.say('hi')).status, 200);
    assert.deepEqual(caller.texts, ['hi']);
    assert.equal((await back.send('BYE')).status, 200);
    await until(() => caller.count('BYE') === 1);
    assert.equal((await talk.say('still there?')).status, 481);
  });

  it('brings the first text of its INVITE, and says so', async () => {
    await using world = await openSipWorld();
    const caller = await world.signedIn(alice);
    const callee = await world.signedIn(bob);
    callee.takesCalls();
    const text = Buffer.from('first words').toString('base64');
    const request = caller.invite(bob, [
      { name: 'ms-text-format', value: `text/plain; charset=UTF-8;msgr=AAAA;ms-body=${text}` },
    ]);
    const answer = await caller.ask(request);
    assert.deepEqual([answer.status, header(answer, 'Supported')], [200, 'ms-text-format']);
    assert.deepEqual(callee.texts, ['first words'], 'it was there before the answer');
  });

  it('rings everywhere; who is first has it, the others hear that it is taken', async () => {
    await using world = await openSipWorld();
    const caller = await world.signedIn(alice);
    const [busy, first] = [await world.signedIn(bob), await world.signedIn(bob)];
    busy.answer = (transaction) => void transaction.respond(180);
    const ucwa = await TestClient.signIn(world.pools.online.ucwa, bob);
    await ucwa.makeAvailable();
    first.answer = (transaction) => void transaction.respond(180);
    const { answered } = caller.start(caller.invite(bob));
    await until(() => busy.count('INVITE') === 1 && first.count('INVITE') === 1);
    const ring = await ucwa.until('messagingInvitation', 'started');
    await ucwa.request('POST', hrefOf(ring.resource, 'accept') ?? '');
    assert.equal((await answered).status, 200);
    await until(() => busy.cancelled.length === 1 && first.cancelled.length === 1);
    const reason = parseSipReason(header(busy.cancelled[0] ?? busy.make('CANCEL'), 'Reason') ?? '');
    assert.equal(reason?.cause, 200);
  });

  it('is refused with the reason that the caller’s client knows', async () => {
    await using world = await openSipWorld();
    const caller = await world.signedIn(alice);
    const ask = async (to: string): Promise<[number, string | undefined]> => {
      const answer = await caller.ask(caller.invite(to));
      return [answer.status, reasonOf(answer)];
    };
    assert.deepEqual(await ask('nobody@contoso.example'), [404, 'User does not exist']);
    assert.deepEqual(await ask(bob), [480, 'The person is not signed in anywhere']);
    const callee = await world.signedIn(bob);
    callee.answer = (transaction) => void transaction.respond(603);
    assert.deepEqual(await ask(bob), [603, 'The person declined']);
    world.pools.onPrem.setFault({ kind: 'down' });
    assert.deepEqual(await ask(carol), [504, 'The pool of the person cannot be reached']);
    world.pools.online.setFault({ kind: 'reject', status: 503 });
    assert.deepEqual(await ask(bob), [503, 'The server cannot serve the request now']);
  });

  it('is refused where it is no conversation of two people', async () => {
    await using world = await openSipWorld();
    const caller = await world.signedIn(alice);
    const conference = caller.make('INVITE', {
      to: `<sip:${bob}>`,
      headers: [caller.contact, { name: 'Content-Type', value: 'application/ms-conf-invite+xml' }],
      body: textBody('<Conferencing version="2.0"><focus-uri>sip:x@y</focus-uri></Conferencing>'),
    });
    const answer = await caller.ask(conference);
    assert.deepEqual([answer.status, reasonOf(answer)], [488, 'Group conversations are not possible here']);
    const audio = caller.make('INVITE', {
      to: `<sip:${bob}>`,
      headers: [caller.contact, { name: 'Content-Type', value: 'application/sdp' }],
      body: textBody('v=0\r\no=- 0 0 IN IP4 1.2.3.4\r\ns=-\r\nt=0 0\r\nm=audio 1 RTP/AVP 0\r\n'),
    });
    assert.equal((await caller.ask(audio)).status, 488);
  });

  it('is given up by its caller', async () => {
    await using world = await openSipWorld();
    const caller = await world.signedIn(alice);
    const callee = await world.signedIn(bob);
    callee.answer = (transaction) => void transaction.respond(180);
    const { transaction, answered } = caller.start(caller.invite(bob));
    await until(() => callee.count('INVITE') === 1);
    transaction.cancel();
    assert.equal((await answered).status, 487);
    await until(() => callee.cancelled.length === 1);
  });

  it('ends after ten minutes without a word, and for a peer that never acknowledges', async () => {
    await using world = await openSipWorld();
    const caller = await world.signedIn(alice);
    const callee = await world.signedIn(bob);
    callee.takesCalls();
    const talk = await caller.call(bob);
    await talk.say('one');
    world.clock.advance(9 * 60_000);
    assert.equal(callee.count('BYE'), 0);
    await Promise.all([caller.register(), callee.register()]);
    world.clock.advance(2 * 60_000);
    await until(() => caller.count('BYE') === 1 && callee.count('BYE') === 1);

    const request = caller.invite(bob);
    assert.ok(dialogFromResponse(request, await caller.ask(request)));
    world.clock.advance(33_000);
    await until(() => caller.count('BYE') === 2 && callee.count('BYE') === 2);
  });

  it('ends with the connection of either', async () => {
    await using world = await openSipWorld();
    const caller = await world.signedIn(alice);
    const callee = await world.signedIn(bob);
    callee.takesCalls();
    const talk = await caller.call(bob);
    await callee.close();
    await until(() => caller.count('BYE') === 1);
    assert.equal((await talk.say('lost')).status, 481);
  });

  it('fails a message that the other client does not take, and takes no RTF', async () => {
    await using world = await openSipWorld();
    const caller = await world.signedIn(alice);
    const callee = await world.signedIn(bob);
    callee.takesCalls();
    const talk = await caller.call(bob);
    const rtf = await talk.say('{\\rtf1 x}', 'text/rtf');
    assert.deepEqual([rtf.status, reasonOf(rtf)], [415, 'Plain text and HTML alone are shown here']);
    const both = [
      '--b\r\nContent-Type: text/rtf\r\n\r\n{\\rtf1 x}\r\n',
      '--b\r\nContent-Type: text/plain\r\n\r\nplain\r\n--b--',
    ].join('');
    assert.equal((await talk.say(both, 'multipart/alternative;boundary=b')).status, 200);
    assert.deepEqual(callee.texts, ['plain']);
    callee.answer = (transaction) => void transaction.respond(415);
    assert.equal((await talk.say('refused')).status, 488);
    callee.answer = () => undefined;
    const answered = talk.say('never taken');
    await until(() => callee.texts.length === 3);
    world.clock.advance(31_000);
    assert.equal((await answered).status, 408);
  });

  it('joins a SIP client and a UCWA client, and tells the writer when it was shown', async () => {
    await using world = await openSipWorld();
    const ucwa = await TestClient.signIn(world.pools.online.ucwa, bob);
    await ucwa.makeAvailable();
    const callee = await world.signedIn(alice);
    callee.takesCalls();
    await ucwa.call(alice, { _links: { message: { href: 'data:text/plain,from%20the%20web' } } });
    await until(() => callee.texts.length === 1);
    assert.deepEqual(callee.texts, ['from the web']);
    const invite = callee.requests.find(({ method }) => method === 'INVITE');
    assert.ok(invite);
    assert.match(header(invite, 'From') ?? '', /bob@contoso\.example/);
    assert.match(bodyText(invite), /m=message/);
  });
});
