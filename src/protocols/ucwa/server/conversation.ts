import { randomUUID } from 'node:crypto';
import type { DataContent } from '../data-uri.ts';
import { UcwaError } from '../errors.ts';
import type { Direction, InvitationState, MessageFormat } from '../types.ts';
import type { ApplicationScope } from './application-scope.ts';
import type {
  BackendCall,
  CallEnd,
  CallSink,
  IncomingInvitation,
  OutgoingCall,
  PersonCard,
  SendOutcome,
} from './backend.ts';
import { ConversationEvents } from './conversation-events.ts';
import type { ConversationFacts, ConversationView, StoredMessage, TalkState } from './conversation-view.ts';
import { reasonOfCallEnd, reasonOfSend } from './reasons.ts';

const keptMessages = 50;

/** One application's view of a call with one other person, and the events by which the client follows it. */
export class Conversation implements CallSink, ConversationView {
  readonly id: string;
  readonly invitationId = randomUUID().replaceAll('-', '');
  readonly facts: ConversationFacts;
  readonly app: ApplicationScope;
  readonly #events: ConversationEvents;
  readonly #messages = new Map<number, StoredMessage>();
  #call: BackendCall | undefined;
  #peer: PersonCard;
  #state: TalkState;
  #invitationState: InvitationState = 'Connecting';
  #formats: readonly MessageFormat[] = [];
  /** Real pools number from 2. */
  #nextNumber = 2;
  #unsettled = 0;
  #peerTyping = false;

  private constructor(app: ApplicationScope, id: string, facts: ConversationFacts, peer: PersonCard) {
    this.app = app;
    this.id = id;
    this.facts = facts;
    this.#peer = peer;
    this.#state = facts.direction === 'Outgoing' ? 'Connecting' : 'Incoming';
    this.#events = new ConversationEvents(this);
  }

  static outgoing(
    app: ApplicationScope,
    id: string,
    call: OutgoingCall,
    operationId: string | undefined,
  ): Conversation {
    const { subject, importance, threadId, message } = call;
    const facts = { subject, importance, threadId, message, direction: 'Outgoing' as const, operationId };
    const conversation = new Conversation(app, id, facts, app.endpoint.card(call.to));
    conversation.#call = app.endpoint.call(call, conversation);
    return conversation;
  }

  static incoming(
    app: ApplicationScope,
    id: string,
    invitation: IncomingInvitation,
    call: BackendCall,
  ): Conversation {
    const { subject, importance, threadId, message, from } = invitation;
    const facts = {
      subject,
      importance,
      threadId,
      message,
      direction: 'Incoming' as const,
      operationId: undefined,
    };
    const conversation = new Conversation(app, id, facts, from);
    conversation.#call = call;
    return conversation;
  }

  get threadId(): string {
    return this.facts.threadId;
  }

  get state(): TalkState {
    return this.#state;
  }

  get invitationState(): InvitationState {
    return this.#invitationState;
  }

  get peer(): PersonCard {
    return this.#peer;
  }

  get formats(): readonly MessageFormat[] {
    return this.#formats;
  }

  get peerIsTyping(): boolean {
    return this.#peerTyping;
  }

  /** Tells the client first, then calls. */
  start(): void {
    this.#events.outgoingStarted();
    this.#call?.start();
  }

  ring(): void {
    this.#events.incomingStarted();
  }

  /** @throws {UcwaError} */
  accept(): void {
    if (this.#state === 'Connected') return;
    if (this.#state !== 'Incoming' || !this.#call?.accept()) {
      throw new UcwaError('NotFound', undefined, 'The invitation is over.');
    }
  }

  /** @throws {UcwaError} */
  decline(reason: Parameters<BackendCall['decline']>[0]): void {
    if (this.#state !== 'Incoming') throw new UcwaError('NotFound', undefined, 'The invitation is over.');
    this.#call?.decline(reason);
  }

  hangUp(): void {
    this.#call?.hangUp();
  }

  /** @throws {UcwaError} */
  send(content: DataContent, operationId: string | undefined): StoredMessage {
    this.#requireConnected();
    if (content.contentType === 'text/html' && !this.#formats.includes('Html')) {
      throw new UcwaError('UnsupportedMediaType', 'UnsupportedMediaType', 'HTML was not negotiated.');
    }
    if (this.#unsettled >= this.app.limits.unsettledMessages) {
      throw new UcwaError(
        'TooManyRequests',
        undefined,
        'Too many messages of this conversation are on their way.',
      );
    }
    const message = this.#store('Outgoing', content, operationId);
    this.#unsettled++;
    this.#call?.send(content, (outcome) => this.#settled(message, outcome));
    return message;
  }

  /** @throws {UcwaError} */
  typing(): void {
    this.#requireConnected();
    this.#call?.typing();
  }

  /** @throws {UcwaError} */
  storedMessage(number: number): StoredMessage {
    const found = this.#messages.get(number);
    if (!found) throw new UcwaError('NotFound', undefined, 'There is no such message.');
    return found;
  }

  connected(peer: PersonCard, formats: readonly MessageFormat[]): void {
    this.#peer = peer;
    this.#formats = formats;
    this.#state = 'Connected';
    this.#invitationState = 'Connected';
    if (this.facts.direction === 'Outgoing') {
      this.#events.outgoingConnected();
      if (this.facts.message) this.#nextNumber++;
      return;
    }
    this.#events.incomingConnected();
    if (this.facts.message)
      this.#events.incomingMessage(this.#store('Incoming', this.facts.message, undefined));
  }

  message(content: DataContent, taken: () => void): Disposable {
    return this.#events.incomingMessage(this.#store('Incoming', content, undefined), taken);
  }

  peerTyping(on: boolean): void {
    if (this.#peerTyping === on) return;
    this.#peerTyping = on;
    this.#events.typing(on);
  }

  over(end: CallEnd): void {
    if (this.#state === 'Disconnected') return;
    const wasConnected = this.#state === 'Connected';
    const reason = reasonOfCallEnd(end);
    this.#state = 'Disconnected';
    if (!wasConnected) {
      this.#invitationState = failedStates[end];
      this.#events.invitationFailed(reason);
    } else {
      this.#peerTyping = false;
      this.#events.peerLeft();
    }
    this.#events.ended(reason);
    this.app.conversationOver(this.id);
  }

  #settled(message: StoredMessage, outcome: SendOutcome): void {
    this.#unsettled--;
    this.#events.outgoingMessage(message, outcome === 'delivered' ? undefined : reasonOfSend(outcome));
  }

  #store(direction: Direction, content: DataContent, operationId: string | undefined): StoredMessage {
    const number = this.#nextNumber++;
    const message = { number, direction, content, at: this.app.clock.now(), operationId };
    this.#messages.set(number, message);
    this.#messages.delete(number - keptMessages);
    return message;
  }

  #requireConnected(): void {
    if (this.#state !== 'Connected') {
      throw new UcwaError('Conflict', undefined, 'The conversation is not connected.');
    }
  }
}

const failedStates: Readonly<Record<CallEnd, InvitationState>> = {
  unknown: 'Failed',
  notAllowed: 'Failed',
  offline: 'Failed',
  unreachable: 'Failed',
  doNotDisturb: 'Failed',
  busy: 'Failed',
  declined: 'Declined',
  noAnswer: 'Failed',
  missed: 'Failed',
  cancelledByMe: 'Cancelled',
  cancelledByPeer: 'Cancelled',
  connectedElsewhere: 'Failed',
  endedByMe: 'Cancelled',
  endedByPeer: 'Cancelled',
  silence: 'Failed',
};
