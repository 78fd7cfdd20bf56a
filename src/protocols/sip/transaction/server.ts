import type { Clock } from '../clock.ts';
import { parseNameAddr, tagOf } from '../headers/name-addr.ts';
import { header, type SipMessage, type SipRequest, type SipResponse } from '../message.ts';
import { type ResponseParts, respond } from '../respond.ts';
import { type InviteServerState, inviteServer } from './invite-server.ts';
import type { Action, Failure, ServerEvent, TimerName } from './machine.ts';
import { type RequestServerState, requestServer } from './request-server.ts';
import { Runner } from './runner.ts';
import type { Ground } from './timing.ts';

interface Parts {
  readonly request: SipRequest;
  readonly toTag: string;
  readonly ground: Ground;
  readonly clock: Clock;
  readonly send: (message: SipMessage) => void;
  readonly onAck: (ack: SipRequest) => void;
  readonly onFailure: (failure: Failure) => void;
  readonly ended: () => void;
}

type AnyRunner =
  | Runner<InviteServerState, ServerEvent, Ground>
  | Runner<RequestServerState, ServerEvent, Ground>;

const toEvent = (timer: TimerName): ServerEvent => ({ kind: 'timer', timer });

/** One request of the peer that wants an answer. Made by `Transactions`. */
export class ServerTransaction {
  readonly #parts: Parts;
  readonly #runner: AnyRunner;
  readonly #toTag: string;
  #answered = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { ground, clock, ended } = parts;
    const perform = (action: Exclude<Action, { kind: 'start' | 'stop' }>): void => this.#perform(action);
    this.#runner =
      parts.request.method === 'INVITE'
        ? new Runner({ machine: inviteServer, ground, clock, toEvent, perform, ended })
        : new Runner({ machine: requestServer, ground, clock, toEvent, perform, ended });
    this.#toTag = tagOf(parseNameAddr(header(parts.request, 'To') ?? '')) ?? parts.toTag;
  }

  get request(): SipRequest {
    return this.#parts.request;
  }

  /** The tag of every response: that of the request's To, or a new one. */
  get toTag(): string {
    return this.#toTag;
  }

  /** Whether a final response is still due. */
  get isOpen(): boolean {
    const { name } = this.#runner.state;
    return name === 'trying' || name === 'proceeding';
  }

  /** Answers; returns what was made of it. After a final response only a repeated 2xx to an INVITE has an effect. */
  respond(status: number, parts: Omit<ResponseParts, 'toTag'> = {}): SipResponse {
    const response = respond(this.#parts.request, status, { ...parts, toTag: this.#toTag });
    this.send(response);
    return response;
  }

  /** Sends a response that was made elsewhere (a 2xx again, a response relayed). */
  send(response: SipResponse): void {
    this.#runner.feed({ kind: 'respond', response });
  }

  start(): void {
    this.#runner.feed({ kind: 'start' });
  }

  /** A 100 for an INVITE whose user has not answered in the same turn (RFC 3261 section 17.2.1). */
  tryIfSilent(): void {
    const state = this.#runner.state;
    if (this.#parts.request.method === 'INVITE' && state.name === 'proceeding' && !this.#answered)
      this.respond(100);
  }

  receiveAgain(): void {
    this.#runner.feed({ kind: 'request' });
  }

  receiveAck(ack: SipRequest): void {
    this.#runner.feed({ kind: 'ack', ack });
  }

  transportFailed(): void {
    this.#runner.feed({ kind: 'transportError' });
  }

  stop(): void {
    this.#runner.stop();
  }

  #perform(action: Exclude<Action, { kind: 'start' | 'stop' }>): void {
    switch (action.kind) {
      case 'sendResponse':
        this.#answered = true;
        this.#parts.send(action.response);
        break;
      case 'deliverAck':
        this.#parts.onAck(action.ack);
        break;
      case 'unanswered':
        this.respond(408);
        this.#parts.onFailure('timeout');
        break;
      case 'fail':
        this.#parts.onFailure(action.failure);
        break;
      case 'sendRequest':
      case 'sendAck':
      case 'deliverResponse':
        break;
    }
  }
}
