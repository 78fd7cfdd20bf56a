import assert from 'node:assert/strict';
import type { FastifyInstance } from 'fastify';
import { embeddedOf, hrefOf, isObject, type ResourceInput } from '../../protocols/ucwa/hal.ts';

/** A UCWA client for tests: as little as is needed to follow links. */
export class TestClient {
  readonly app: FastifyInstance;
  readonly token: string;
  readonly application: ResourceInput;
  #events: string;
  readonly seen: SeenEvent[] = [];

  constructor(app: FastifyInstance, token: string, application: ResourceInput) {
    this.app = app;
    this.token = token;
    this.application = application;
    this.#events = hrefOf(application, 'events') ?? '';
  }

  static async signIn(app: FastifyInstance, username: string, password = 'demo'): Promise<TestClient> {
    const ticket = await app.inject({
      method: 'POST',
      url: '/WebTicket/oauthtoken',
      headers: { 'content-type': "application/x-www-form-urlencoded;charset='utf-8'" },
      payload: new URLSearchParams({ grant_type: 'password', username, password }).toString(),
    });
    assert.equal(ticket.statusCode, 200, ticket.body);
    const token = String(ticket.json<ResourceInput>()['access_token']);
    const answer = await app.inject({
      method: 'POST',
      url: '/ucwa/oauth/v1/applications',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      payload: { UserAgent: 'Test', EndpointId: crypto.randomUUID(), Culture: 'en-US' },
    });
    assert.equal(answer.statusCode, 201, answer.body);
    return new TestClient(app, token, answer.json());
  }

  /** Where the next P-GET goes. */
  get nextEvents(): string {
    return this.#events;
  }

  get self(): string {
    return hrefOf(this.application, 'self') ?? '';
  }

  /** An address below the application. */
  at(path: string): string {
    return `${this.self}${path}`;
  }

  async request(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    payload?: ResourceInput | string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const answer = await this.app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${this.token}`, ...headers },
      ...(payload === undefined ? {} : { payload: typeof payload === 'string' ? payload : { ...payload } }),
    });
    const json: unknown = /json/.test(String(answer.headers['content-type'])) ? answer.json() : {};
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: isObject(json) ? json : {},
      text: answer.body,
    };
  }

  async makeAvailable(input: ResourceInput = { supportedModalities: ['Messaging'] }): Promise<void> {
    const answer = await this.request('POST', this.at('/me/makeMeAvailable'), input);
    assert.equal(answer.status, 204, answer.text);
  }

  call(to: string, input: ResourceInput = {}): Promise<Answer> {
    return this.request('POST', this.at('/communication/messagingInvitations'), {
      to: `sip:${to}`,
      operationId: crypto.randomUUID(),
      ...input,
    });
  }

  say(messaging: string, text: string, query = ''): Promise<Answer> {
    return this.request('POST', `${messaging}/messages${query}`, text, { 'content-type': 'text/plain' });
  }

  /** One P-GET, whose events are added to `seen`. */
  async fetch(): Promise<readonly SeenEvent[]> {
    const answer = await this.request('GET', this.#events);
    assert.equal(answer.status, 200, answer.text);
    const next =
      hrefOf(answer.body, 'next') ?? hrefOf(answer.body, 'resume') ?? hrefOf(answer.body, 'resync');
    assert.ok(next);
    this.#events = next;
    const events = eventsOf(answer.body);
    this.seen.push(...events);
    return events;
  }

  /** Fetches until such an event has come, and takes it and all before it off the list. */
  async until(
    rel: string,
    type: string,
    accept: (event: SeenEvent) => boolean = () => true,
  ): Promise<SeenEvent> {
    for (;;) {
      const index = this.seen.findIndex((event) => event.rel === rel && event.type === type && accept(event));
      const found = this.seen[index];
      if (found) {
        this.seen.splice(0, index + 1);
        return found;
      }
      await this.fetch();
    }
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: ResourceInput;
  readonly text: string;
}

export interface SeenEvent {
  readonly sender: string;
  readonly rel: string;
  readonly href: string;
  readonly type: string;
  readonly in: string | undefined;
  readonly status: string | undefined;
  readonly subcode: string | undefined;
  readonly resource: ResourceInput;
}

export function eventsOf(body: ResourceInput): readonly SeenEvent[] {
  const senders = Array.isArray(body['sender']) ? body['sender'].filter(isObject) : [];
  return senders.flatMap((sender) => {
    const events = Array.isArray(sender['events']) ? sender['events'].filter(isObject) : [];
    return events.map((event): SeenEvent => {
      const link = isObject(event['link']) ? event['link'] : {};
      const reason = isObject(event['reason']) ? event['reason'] : {};
      const inside = isObject(event['in']) ? event['in'] : {};
      const rel = String(link['rel']);
      return {
        sender: String(sender['rel']),
        rel,
        href: String(link['href']),
        type: String(event['type']),
        in: textOf(inside['rel']),
        status: textOf(event['status']),
        subcode: textOf(reason['subcode']),
        resource: embeddedOf(event, rel)[0] ?? {},
      };
    });
  });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Calls, has the callee accept, and waits until both are connected. */
export async function connect(caller: TestClient, callee: TestClient, to: string): Promise<Connected> {
  const started = await caller.call(to);
  assert.equal(started.status, 201, started.text);
  const ring = await callee.until('messagingInvitation', 'started');
  const accepted = await callee.request('POST', hrefOf(ring.resource, 'accept') ?? '');
  assert.equal(accepted.status, 204, accepted.text);
  const isConnected = ({ resource }: SeenEvent) => resource['state'] === 'Connected';
  const [mine, theirs] = await Promise.all([
    caller.until('messaging', 'updated', isConnected),
    callee.until('messaging', 'updated', isConnected),
  ]);
  await Promise.all([
    caller.until('messagingInvitation', 'completed'),
    callee.until('messagingInvitation', 'completed'),
  ]);
  return { caller: mine.href, callee: theirs.href };
}

/** The `messaging` resource of either end. */
export interface Connected {
  readonly caller: string;
  readonly callee: string;
}
