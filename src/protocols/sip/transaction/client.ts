import type { Clock } from '../clock.ts';
import type { Header, SipMessage, SipRequest, SipResponse } from '../message.ts';
import { ackFor, cancelFor } from './derived.ts';
import { type InviteClientState, inviteClient } from './invite-client.ts';
import type { Action, ClientEvent, Failure, TimerName } from './machine.ts';
import { type RequestClientState, requestClient } from './request-client.ts';
import { Runner } from './runner.ts';
import type { Ground } from './timing.ts';

/** Who sent a request. Nothing here may throw. */
export interface ClientListener {
  /** Every provisional response, the final one, and for INVITE each 2xx of a fork and its repetitions. */
  onResponse(response: SipResponse): void;
  /** There is no final response, and none will come. Whether the peer acted on the request is not known. */
  onFailure(failure: Failure): void;
}

interface Parts {
  readonly request: SipRequest;
  readonly listener: ClientListener;
  readonly ground: Ground;
  readonly clock: Clock;
  readonly send: (message: SipMessage) => void;
  readonly sendCancel: (cancel: SipRequest) => void;
  readonly ended: () => void;
}

type AnyRunner =
  | Runner<InviteClientState, ClientEvent, Ground>
  | Runner<RequestClientState, ClientEvent, Ground>;

const toEvent = (timer: TimerName): ClientEvent => ({ kind: 'timer', timer });

/** One request of ours on its way. Made by `Transactions.request`. */
export class ClientTransaction {
  readonly #parts: Parts;
  readonly #runner: AnyRunner;
  #cancel: 'no' | 'wanted' | 'sent' = 'no';
  #cancelHeaders: readonly Header[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
    const { ground, clock, ended } = parts;
    const perform = (action: Exclude<Action, { kind: 'start' | 'stop' }>): void => this.#perform(action);
    this.#runner =
      parts.request.method === 'INVITE'
        ? new Runner({ machine: inviteClient, ground, clock, toEvent, perform, ended })
        : new Runner({ machine: requestClient, ground, clock, toEvent, perform, ended });
  }

  /** As it went out, Via included. */
  get request(): SipRequest {
    return this.#parts.request;
  }

  start(): void {
    this.#runner.feed({ kind: 'start' });
  }

  receive(response: SipResponse): void {
    this.#runner.feed({ kind: 'response', response });
    if (this.#cancel === 'wanted') this.#sendCancel();
  }

  /**
   * Takes an INVITE back: at once if the peer has answered provisionally, otherwise as soon as it does. `headers` go
   * into the CANCEL (Reason).
   */
  cancel(headers: readonly Header[] = []): void {
    if (this.#parts.request.method !== 'INVITE' || this.#cancel !== 'no') return;
    this.#cancel = 'wanted';
    this.#cancelHeaders = headers;
    this.#sendCancel();
  }

  transportFailed(): void {
    this.#runner.feed({ kind: 'transportError' });
  }

  stop(): void {
    this.#runner.stop();
  }

  #sendCancel(): void {
    if (this.#runner.state.name !== 'proceeding') return;
    this.#cancel = 'sent';
    this.#runner.feed({ kind: 'cancelled' });
    this.#parts.sendCancel(cancelFor(this.#parts.request, this.#cancelHeaders));
  }

  #perform(action: Exclude<Action, { kind: 'start' | 'stop' }>): void {
    const { request, listener, send } = this.#parts;
    switch (action.kind) {
      case 'sendRequest':
        send(request);
        break;
      case 'sendAck':
        send(ackFor(request, action.response));
        break;
      case 'deliverResponse':
        listener.onResponse(action.response);
        break;
      case 'unanswered':
        this.cancel();
        break;
      case 'fail':
        listener.onFailure(action.failure);
        break;
      case 'sendResponse':
      case 'deliverAck':
        break;
    }
  }
}
