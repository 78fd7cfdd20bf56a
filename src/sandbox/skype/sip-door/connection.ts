import { dialogIdOf } from '../../../protocols/sip/dialog/dialog.ts';
import { epidOf, parseNameAddr } from '../../../protocols/sip/headers/name-addr.ts';
import { inspectRequest } from '../../../protocols/sip/inspect.ts';
import { header, type SipRequest } from '../../../protocols/sip/message.ts';
import { refuse } from '../../../protocols/sip/respond.ts';
import type { ClientListener, ClientTransaction } from '../../../protocols/sip/transaction/client.ts';
import type { ServerTransaction } from '../../../protocols/sip/transaction/server.ts';
import { rfcTiming, type Timing } from '../../../protocols/sip/transaction/timing.ts';
import type { SipConnection } from '../../../protocols/sip/transport/connection.ts';
import { Flow } from '../../../protocols/sip/transport/flow.ts';
import type { Clock } from '../../clock.ts';
import type { Endpoint, EndpointDoor } from '../endpoint.ts';
import type { Fault } from '../faults.ts';
import { addressOfHeader } from './address.ts';
import type { Authentication, ConnectionAuthentication } from './authentication/authentication.ts';
import type { OpenInvite } from './calls/from-client.ts';
import type { SipEndpoint } from './endpoint.ts';
import type { Actor, Door } from './handler.ts';
import { Dialogs } from './line.ts';
import { type Refusal, refusals, refuseWith } from './refusal.ts';
import type { RegisteringLine } from './registrar.ts';
import { capabilities, handle } from './requests.ts';
import { Pager } from './simple/pager.ts';

export interface ConnectionOptions {
  readonly door: Door;
  readonly connection: SipConnection;
  readonly transport: 'TCP' | 'TLS';
  readonly authentication: Authentication;
  /** Where somebody registers whom another pool has, such as `sip:localhost:7062;transport=tcp`. */
  readonly homeOf: (address: string, transport: 'TCP' | 'TLS') => string | undefined;
  readonly fault: () => Fault;
  /** Something of ours went wrong with a request. */
  readonly onError: (error: unknown) => void;
}

/** People that act on one connection without being registered there. */
const maxVisitors = 64;

/** One connection of a client or a trusted application, and everything that ends with it. */
export class DoorConnection implements RegisteringLine {
  readonly endpoints = new Set<SipEndpoint>();
  readonly dialogs: Dialogs;
  readonly timing: Timing = rfcTiming;
  readonly #options: ConnectionOptions;
  readonly #flow: Flow;
  readonly #invites = new Map<ServerTransaction, OpenInvite>();
  readonly #visitors = new Map<string, Actor>();
  #authentication: ConnectionAuthentication | undefined;
  /** Requests are judged one behind the other, so that they are done in the order they came. */
  #tail: Promise<void> = Promise.resolve();

  constructor(options: ConnectionOptions) {
    const { door, connection, transport } = options;
    this.#options = options;
    this.dialogs = new Dialogs(() => door.limits.dialogs * Math.max(1, this.endpoints.size));
    this.#flow = new Flow(
      connection,
      {
        clock: door.clock,
        via: { transport, host: door.fqdn, params: [] },
        newBranch: () => `z9hG4bK${door.newId()}`,
        newTag: () => door.newId(),
        limit: () => door.limits.transactions * (1 + Math.floor(this.#promised / 10)),
        seal: (message) => this.#authentication?.seal(message) ?? message,
      },
      {
        onOpen: ({ peer }) => {
          this.#authentication = options.authentication(peer);
        },
        onRequest: (transaction) => this.#enqueue(transaction),
        onUnanswered: (request) => this.#unanswered(request),
        onCancel: (transaction) => this.#cancel(transaction),
        onServerFailure: () => undefined,
        onStrayResponse: () => undefined,
        onFault: () => undefined,
      },
    );
  }

  get clock(): Clock {
    return this.#options.door.clock;
  }

  get fqdn(): string {
    return this.#options.door.fqdn;
  }

  get isOpen(): boolean {
    return this.#options.connection.isOpen;
  }

  /** A trusted application may register all of them at once. */
  get #promised(): number {
    return this.#authentication?.kind === 'application' ? this.maxEndpoints : 0;
  }

  get maxEndpoints(): number {
    const { limits } = this.#options.door;
    return this.#authentication?.kind === 'application' ? limits.trustedEndpoints : limits.endpoints;
  }

  /** Runs it to its end; whoever was signed in over it is gone then. */
  async run(): Promise<void> {
    await this.#flow.run();
    this.dialogs.lost();
    for (const endpoint of [...this.endpoints]) endpoint[Symbol.dispose]();
    for (const { core, pager } of this.#visitors.values()) {
      pager.end();
      core[Symbol.dispose]();
    }
    this.#visitors.clear();
    for (const open of this.#invites.values()) open.cancel();
    this.#invites.clear();
  }

  request(request: SipRequest, listener: ClientListener): ClientTransaction {
    return this.#flow.transactions.request(request, listener);
  }

  sendUnanswered(request: SipRequest): void {
    this.#flow.transactions.sendUnanswered(request);
  }

  newTag(): string {
    return this.#options.door.newId();
  }

  #enqueue(transaction: ServerTransaction): void {
    const late = this.#delay();
    this.#tail = this.#tail
      .then(() => late)
      .then(() => this.#take(transaction))
      .catch((error: unknown) => {
        this.#options.onError(error);
        if (transaction.isOpen) this.#refuse(transaction, refusals.serverFault);
      });
  }

  /** A slow server is so for each request, not for one behind the other. */
  #delay(): Promise<void> | undefined {
    const trouble = this.#options.fault();
    if (trouble.kind !== 'slow') return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.clock.setTimer(trouble.ms, resolve);
    return promise;
  }

  async #take(transaction: ServerTransaction): Promise<void> {
    const trouble = this.#options.fault();
    if (trouble.kind === 'reject') {
      this.#refuse(transaction, { ...refusals.down, status: trouble.status });
      return;
    }
    const { request } = transaction;
    const problem = inspectRequest(request, capabilities);
    if (problem !== undefined) {
      transaction.send(refuse(request, problem, transaction.toTag));
      return;
    }
    const address = addressOfHeader(request, 'From');
    const stranger = address === undefined ? refusals.unknownPerson : this.#stranger(request, address);
    if (address === undefined || stranger !== undefined) {
      this.#refuse(transaction, stranger ?? refusals.unknownPerson);
      return;
    }
    await this.#judge(transaction, address);
  }

  async #judge(transaction: ServerTransaction, address: string): Promise<void> {
    const verdict = await this.#authentication?.judge(transaction.request, address);
    switch (verdict?.kind) {
      case 'granted':
        if (transaction.isOpen) this.#handle(transaction, address);
        break;
      case 'challenge':
        transaction.respond(verdict.status, { headers: verdict.headers });
        break;
      case 'refused':
        this.#refuse(transaction, verdict.refusal);
        break;
      case undefined:
        break;
    }
  }

  #handle(transaction: ServerTransaction, address: string): void {
    const { door } = this.#options;
    const from = parseNameAddr(header(transaction.request, 'From') ?? '');
    const epid = from && epidOf(from);
    const endpoint = door.registrar.endpointOf(this, address, epid);
    handle(
      { door, line: this, transaction, address, endpoint },
      {
        actor: (context) => context.endpoint ?? this.#visitor(context.address),
        waits: (_context, open) => this.#invites.set(transaction, open),
      },
    );
    for (const each of this.#invites.keys()) if (!each.isOpen) this.#invites.delete(each);
  }

  /** Why somebody who is not of this pool is refused; `undefined` for those who are. */
  #stranger(request: SipRequest, address: string): Refusal | undefined {
    const { door, homeOf, transport } = this.#options;
    if (door.pool.has(address)) return undefined;
    const home = request.method === 'REGISTER' ? homeOf(address, transport) : undefined;
    if (home === undefined) return refusals.unknownPerson;
    return {
      status: 301,
      code: 1017,
      reason: 'The person is homed in another pool',
      headers: [{ name: 'Contact', value: `<${home}>` }],
    };
  }

  #visitor(address: string): Actor | undefined {
    const known = this.#visitors.get(address);
    if (known) return known;
    if (this.#visitors.size >= maxVisitors) return undefined;
    const { pool, limits, newId } = this.#options.door;
    const core: Endpoint = pool.signIn(address, silentDoor);
    const pager = new Pager({
      pool,
      line: this,
      endpoint: core,
      maxText: limits.text,
      maxConversations: limits.dialogs,
      newCallId: newId,
    });
    const visitor = { core, pager };
    this.#visitors.set(address, visitor);
    return visitor;
  }

  #unanswered(request: SipRequest): void {
    const id = request.method === 'ACK' ? dialogIdOf(request) : undefined;
    if (id !== undefined) this.dialogs.find(id)?.acknowledged(request);
  }

  #cancel(transaction: ServerTransaction): void {
    const open = this.#invites.get(transaction);
    this.#invites.delete(transaction);
    if (open) open.cancel();
    else if (transaction.isOpen) transaction.respond(487);
  }

  #refuse(transaction: ServerTransaction, refusal: Refusal): void {
    refuseWith(transaction, refusal, this.fqdn);
  }
}

/** Somebody who is not registered can write, and cannot be rung. */
const silentDoor: EndpointDoor = {
  selfChanged: () => undefined,
  watchedChanged: () => undefined,
  contactsChanged: () => undefined,
  invited: () => undefined,
};
