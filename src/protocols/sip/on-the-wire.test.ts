import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { digestSecret } from './auth/digest.ts';
import { authorize, readChallenge } from './auth/digest-client.ts';
import { challenge, checkDigest, type DigestRealm, digestCredentials } from './auth/digest-server.ts';
import { Nonces } from './auth/nonces.ts';
import { type Dialog, dialogFromRequest } from './dialog/dialog.ts';
import { decide as decideForks, type Forks, startForks } from './dialog/forking.ts';
import { inDialogRequest } from './dialog/in-dialog.ts';
import {
  decide as decideSession,
  type Session,
  type SessionAction,
  type SessionEvent,
  startAsCallee,
  startAsCaller,
} from './dialog/session.ts';
import { decide as decideNotification, type NotificationStep, startNotification } from './events/notifier.ts';
import { decide as decideSubscription, startSubscription } from './events/subscriber.ts';
import { formatSubscriptionState, parseSubscriptionState } from './headers/event.ts';
import { bodyText, header, type SipRequest, type SipResponse, textBody } from './message.ts';
import { makeRequest } from './request.ts';
import type { ServerTransaction } from './transaction/server.ts';
import { rfcTiming } from './transaction/timing.ts';
import { connect } from './transport/connect.ts';
import { Flow, type FlowUser } from './transport/flow.ts';
import { listen } from './transport/listen.ts';
import { until } from './transport/loopback.test-kit.ts';

/** One side of a connection, as a user of this library would put it together. */
class Agent {
  readonly requests: SipRequest[] = [];
  readonly notices: SipRequest[] = [];
  handle: (transaction: ServerTransaction) => void = (transaction) => void transaction.respond(200);
  onNotice: (request: SipRequest) => void = () => undefined;
  #flow: Flow | undefined;
  #count = 0;

  attach(connection: ConstructorParameters<typeof Flow>[0], name: string): void {
    const user: FlowUser = {
      onRequest: (transaction) => {
        this.requests.push(transaction.request);
        this.handle(transaction);
      },
      onUnanswered: (request) => {
        this.notices.push(request);
        this.onNotice(request);
      },
      onOpen: () => undefined,
      onFault: ({ fault }) => assert.fail(`${name}: ${fault.field} ${fault.detail}`),
      onCancel: (transaction) => void transaction.respond(487),
      onServerFailure: () => undefined,
      onStrayResponse: () => undefined,
    };
    const via = { transport: 'TCP', host: '127.0.0.1', params: [] };
    const newBranch = (): string => `z9hG4bK${name}${++this.#count}`;
    const newTag = (): string => `${name}-tag`;
    this.#flow = new Flow(connection, { clock: new ManualClock(), via, newBranch, newTag }, user);
    void this.#flow.run();
  }

  get flow(): Flow {
    return this.#flow ?? assert.fail('not attached');
  }

  ask(request: SipRequest): Promise<SipResponse> {
    return new Promise((resolve, reject) => {
      this.flow.transactions.request(request, {
        onResponse: (response) => void (response.status >= 200 && resolve(response)),
        onFailure: (failure) => reject(new Error(failure)),
      });
    });
  }
}

async function pair() {
  const alice = new Agent();
  const bob = new Agent();
  const listener = await listen({
    host: '127.0.0.1',
    port: 0,
    clock: new ManualClock(),
    onConnection: (connection) => bob.attach(connection, 'bob'),
  });
  const connection = connect({ host: '127.0.0.1', port: listener.port, clock: new ManualClock() });
  alice.attach(connection, 'alice');
  await until(() => connection.isOpen);
  return {
    alice,
    bob,
    async [Symbol.asyncDispose]() {
      await connection[Symbol.asyncDispose]();
      await listener[Symbol.asyncDispose]();
    },
  };
}

const request = (method: string, headers: SipRequest['headers'] = []): SipRequest =>
  makeRequest({
    method,
    uri: 'sip:bob@contoso.example',
    from: '<sip:alice@contoso.example>;tag=alice',
    to: '<sip:bob@contoso.example>',
    callId: `${method}-1`,
    cseq: 1,
    headers,
  });

const contact = (name: string) => ({ name: 'Contact', value: `<sip:${name}@127.0.0.1>` });

/** Keeps a session and does on the wire what it asks for. */
class Talker {
  readonly texts: string[] = [];
  readonly ends: string[] = [];
  readonly agent: Agent;
  #session: Session;

  constructor(agent: Agent, session: Session) {
    this.agent = agent;
    this.#session = session;
  }

  feed(event: SessionEvent, transaction?: ServerTransaction): void {
    const { session, actions } = decideSession(this.#session, event, rfcTiming);
    this.#session = session;
    for (const action of actions) this.#act(action, transaction);
  }

  say(text: string): void {
    const headers = [{ name: 'Content-Type', value: 'text/plain' }];
    this.feed({ kind: 'send', parts: { method: 'MESSAGE', headers, body: textBody(text) } });
  }

  #act(action: SessionAction, transaction: ServerTransaction | undefined): void {
    switch (action.kind) {
      case 'send':
        void this.agent.ask(action.request).then((response) => {
          this.feed({ kind: 'answered', request: action.request, response });
        });
        break;
      case 'deliver':
        if (action.request.method === 'MESSAGE') this.texts.push(bodyText(action.request));
        transaction?.respond(200);
        break;
      case 'refuse':
        transaction?.respond(action.status);
        break;
      case 'ended':
        this.ends.push(action.by);
        break;
      case 'ack':
        this.agent.flow.transactions.sendUnanswered(action.request);
        break;
      case 'repeat':
      case 'start':
      case 'stop':
      case 'askAgain':
      case 'notSent':
        break;
    }
  }
}

describe('on the wire', () => {
  it('a session is set up, talked in by both, and ended', async () => {
    await using sides = await pair();
    const { alice, bob } = sides;
    let bobTalks: Talker | undefined;
    bob.handle = (transaction) => {
      if (bobTalks !== undefined) {
        bobTalks.feed({ kind: 'received', request: transaction.request }, transaction);
        return;
      }
      const dialog = dialogFromRequest(transaction.request, { localTag: transaction.toTag, status: 200 });
      assert.ok(dialog !== undefined);
      bobTalks = new Talker(bob, startAsCallee({ ...dialog, state: 'early' }, 1));
      transaction.respond(180, { headers: [contact('bob')] });
      bobTalks.feed({ kind: 'accepted', response: transaction.respond(200, { headers: [contact('bob')] }) });
    };
    bob.onNotice = (ack) => bobTalks?.feed({ kind: 'received', request: ack });

    const invite = request('INVITE', [contact('alice')]);
    let forks: Forks = startForks(invite);
    let won: Dialog | undefined;
    alice.flow.transactions.request(invite, {
      onResponse(response) {
        const step = decideForks(forks, { kind: 'response', response });
        forks = step.forks;
        for (const action of step.actions) {
          if (action.kind === 'ack') alice.flow.transactions.sendUnanswered(action.request);
          if (action.kind === 'answered') won = action.dialog;
        }
      },
      onFailure: (failure) => assert.fail(failure),
    });
    await until(() => won !== undefined && bob.notices.length === 1);
    assert.ok(won !== undefined && bobTalks !== undefined);
    const aliceTalks = new Talker(alice, startAsCaller(won));
    alice.handle = (transaction) =>
      aliceTalks.feed({ kind: 'received', request: transaction.request }, transaction);

    aliceTalks.say('hello');
    bobTalks.say('hi');
    aliceTalks.say('bye');
    await until(() => bobTalks?.texts.length === 2 && aliceTalks.texts.length === 1);
    assert.deepEqual([bobTalks.texts, aliceTalks.texts], [['hello', 'bye'], ['hi']]);
    bobTalks.feed({ kind: 'send', parts: { method: 'BYE' } });
    await until(() => aliceTalks.ends.length === 1);
    assert.deepEqual([bobTalks.ends, aliceTalks.ends], [['us'], ['peer']]);
  });

  it('a REGISTER is challenged, authenticated, and proves the server too', async () => {
    await using sides = await pair();
    const { alice, bob } = sides;
    const realm: DigestRealm = {
      role: 'proxy',
      realm: 'contoso.example',
      algorithms: ['SHA-256', 'MD5'],
      nonces: new Nonces({
        clock: new ManualClock(),
        key: Buffer.alloc(32),
        lifetimeMs: 1000,
        max: 10,
        random: () => 'unguessable',
      }),
    };
    bob.handle = (transaction) => {
      const credentials = digestCredentials(transaction.request, realm);
      if (credentials === undefined) {
        const { status, headers } = challenge(realm);
        transaction.respond(status, { headers });
        return;
      }
      const secret = digestSecret(credentials.algorithm, 'alice', realm.realm, 'demo');
      const verdict = checkDigest(transaction.request, credentials, secret, realm);
      transaction.respond(verdict.kind === 'accepted' ? 200 : 403);
    };
    const first = request('REGISTER');
    const asked = readChallenge(await alice.ask(first));
    assert.ok(asked.kind === 'answerable');
    const answer = (password: string) =>
      authorize(first, asked.session, { user: 'alice', password }, 'c').request;
    assert.equal((await alice.ask(answer('wrong'))).status, 403);
    assert.equal((await alice.ask(answer('demo'))).status, 200);
  });

  it('a watcher subscribes, is told, and leaves', async () => {
    await using sides = await pair();
    const { alice, bob } = sides;
    let watched: Dialog | undefined;
    let notification: NotificationStep['notification'] | undefined;
    const act = ({ notification: next, actions }: NotificationStep): void => {
      notification = next;
      for (const action of actions) {
        if (action.kind !== 'notify' || watched === undefined) continue;
        const headers = [
          { name: 'Event', value: 'presence' },
          { name: 'Subscription-State', value: formatSubscriptionState(action.state) },
        ];
        watched = { ...watched, localCSeq: watched.localCSeq + 1 };
        const body = textBody(action.content === 'state' ? 'busy' : '');
        void bob
          .ask(inDialogRequest(watched, watched.localCSeq, { method: 'NOTIFY', headers, body }))
          .then(({ status }) => {
            if (notification !== undefined)
              act(decideNotification(notification, { kind: 'answered', status }, 0));
          });
      }
    };
    bob.handle = (transaction) => {
      const seconds = Number(header(transaction.request, 'Expires'));
      transaction.respond(200, { headers: [contact('bob'), { name: 'Expires', value: String(seconds) }] });
      if (notification !== undefined)
        act(decideNotification(notification, { kind: 'subscribed', seconds }, 0));
      else {
        watched = dialogFromRequest(transaction.request, { localTag: transaction.toTag, status: 200 });
        act(startNotification({ allowed: true, seconds, style: 'notify', notified: false, now: 0 }));
      }
    };

    let subscription = startSubscription(600);
    const told: string[] = [];
    alice.handle = (transaction) => {
      const state = parseSubscriptionState(header(transaction.request, 'Subscription-State') ?? '');
      assert.ok(state !== undefined);
      const step = decideSubscription(subscription, { kind: 'notify', state }, rfcTiming);
      subscription = step.subscription;
      if (step.actions.some(({ kind }) => kind === 'deliver'))
        told.push(`${state.state} ${bodyText(transaction.request)}`);
      transaction.respond(200);
    };
    const subscribe = (seconds: number): SipRequest =>
      request('SUBSCRIBE', [
        contact('alice'),
        { name: 'Event', value: 'presence' },
        { name: 'Expires', value: String(seconds) },
      ]);
    subscription = decideSubscription(subscription, { kind: 'subscribe' }, rfcTiming).subscription;
    await alice.ask(subscribe(600));
    await until(() => told.length === 1);
    subscription = decideSubscription(subscription, { kind: 'unsubscribe' }, rfcTiming).subscription;
    await alice.ask(subscribe(0));
    await until(() => subscription.phase === 'terminated');
    assert.deepEqual(told, ['active busy', 'terminated busy']);
    assert.equal(notification?.phase, 'terminated');
  });
});
