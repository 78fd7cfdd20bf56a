import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { UcwaError } from '../errors.ts';
import type { EventType, MessageFormat } from '../types.ts';
import type { ApplicationScope } from './application-scope.ts';
import type {
  BackendCall,
  BackendEndpoint,
  CallSink,
  ContactChange,
  ContactListChange,
  EndpointSink,
  IncomingInvitation,
  MakeAvailable,
  OutgoingCall,
  UcwaBackend,
} from './backend.ts';
import { communicationResource } from './communication-resource.ts';
import { ContactListSubscription } from './contact-list-subscription.ts';
import { Conversation } from './conversation.ts';
import { Conversations } from './conversations.ts';
import { type ChannelEvent, EventChannel, type Urgency } from './event-channel.ts';
import type { Limits } from './limits.ts';
import { Paths } from './paths.ts';
import { PresenceSubscriptions } from './presence-subscriptions.ts';

export interface ApplicationInput {
  readonly address: string;
  readonly culture: string;
  readonly userAgent: string;
  readonly endpointId: string;
  readonly instanceId: string | undefined;
  readonly type: string | undefined;
}

/** `silent`: nobody fetched events. `idle`: nobody reported activity. `deleted`: signed out. */
export type ApplicationEnd = 'silent' | 'idle' | 'deleted' | 'closed';

export interface ApplicationHost {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly backend: UcwaBackend;
  ended(application: Application, end: ApplicationEnd): void;
}

/** One signed-in client: its event channel, and its view of its conversations and subscriptions. */
export class Application implements ApplicationScope, EndpointSink, Disposable {
  readonly id: string;
  readonly input: ApplicationInput;
  readonly paths: Paths;
  readonly channel: EventChannel;
  readonly endpoint: BackendEndpoint;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly putGuardName = randomUUID();
  readonly #host: ApplicationHost;
  readonly contactList: ContactListSubscription;
  /** Most applications of a gateway never have any. */
  #conversations: Conversations | undefined;
  #subscriptions: PresenceSubscriptions | undefined;
  #available: { readonly modalities: readonly string[]; formats: readonly MessageFormat[] } | undefined;
  #lastActivity: number;
  #suspended = false;
  #lifeTimer: Disposable;
  #over = false;

  constructor(id: string, input: ApplicationInput, host: ApplicationHost) {
    this.id = id;
    this.input = input;
    this.#host = host;
    this.clock = host.clock;
    this.limits = host.limits;
    this.paths = new Paths(id);
    this.channel = new EventChannel(this);
    this.endpoint = host.backend.open(input.address, this);
    this.contactList = new ContactListSubscription(this);
    this.#lastActivity = host.clock.now();
    this.#lifeTimer = this.#armLife(host.limits.suspendAfterMs);
  }

  get conversations(): Conversations {
    this.#conversations ??= new Conversations(this.limits.conversations);
    return this.#conversations;
  }

  get subscriptions(): PresenceSubscriptions {
    this.#subscriptions ??= new PresenceSubscriptions(this);
    return this.#subscriptions;
  }

  get available(): boolean {
    return this.#available !== undefined;
  }

  get modalities(): readonly string[] {
    return this.#available?.modalities ?? [];
  }

  get formats(): readonly MessageFormat[] {
    return this.#available?.formats ?? ['Plain'];
  }

  /** Something asked for this application; an answer with `resume` has told the client what it lost. */
  seen(): void {
    this.#suspended = false;
  }

  makeAvailable(input: MakeAvailable): void {
    if (this.#available) {
      throw new UcwaError('Conflict', 'AlreadyExists', 'The application has been made available before.');
    }
    this.endpoint.makeAvailable(input);
    this.#available = { modalities: input.modalities, formats: input.formats };
    this.#lastActivity = this.clock.now();
    this.emitMe('me', 'updated', this.paths.me);
    for (const rel of ['presence', 'note', 'location'] as const) {
      this.emitMe(rel, 'added', `${this.paths.me}/${rel}`);
    }
    this.communicationChanged();
  }

  setFormats(formats: readonly MessageFormat[]): void {
    if (this.#available) this.#available.formats = formats;
    this.endpoint.setFormats(formats);
    this.communicationChanged();
  }

  reportActivity(): void {
    this.#lastActivity = this.clock.now();
    this.endpoint.reportActivity();
  }

  /** @throws {UcwaError} before the application was made available. */
  requireAvailable(): void {
    if (!this.#available) {
      throw new UcwaError('Conflict', 'MakeMeAvailableRequired', 'Make the application available first.');
    }
  }

  /** @throws {UcwaError} */
  startConversation(
    call: OutgoingCall,
    operationId: string | undefined,
    id: string = randomUUID(),
  ): Conversation {
    if (this.conversations.full) {
      throw new UcwaError('Conflict', 'TooManyConversations', 'Too many conversations are open.');
    }
    if (this.conversations.hasThread(call.threadId)) {
      throw new UcwaError('Conflict', 'ThreadIdAlreadyExists', 'A conversation with this threadId is open.');
    }
    const conversation = Conversation.outgoing(this, id, call, operationId);
    this.conversations.add(conversation);
    conversation.start();
    return conversation;
  }

  invited(invitation: IncomingInvitation, call: BackendCall): CallSink | undefined {
    if (this.conversations.full) return undefined;
    const conversation = Conversation.incoming(this, randomUUID(), invitation, call);
    this.conversations.add(conversation);
    conversation.ring();
    return conversation;
  }

  conversationOver(id: string): void {
    this.#conversations?.over(id);
  }

  selfChanged(what: 'presence' | 'note' | 'location'): void {
    if (this.#available) this.emitMe(what, 'updated', `${this.paths.me}/${what}`);
  }

  contactChanged(address: string, what: ContactChange): void {
    this.#subscriptions?.contactChanged(address, what);
  }

  contactListChanged(change: ContactListChange): void {
    this.contactList.tell(change);
  }

  emit(
    sender: 'me' | 'people' | 'communication',
    urgency: Urgency,
    event: ChannelEvent['event'],
    coalesceBy?: string,
  ): void {
    this.channel.push({
      sender: { rel: sender, href: this.paths[sender] },
      urgency,
      event,
      coalesceBy,
    });
  }

  emitMe(rel: string, type: EventType, href: string): void {
    this.emit('me', 'medium', { link: { rel, href }, type }, type === 'updated' ? href : undefined);
  }

  communicationChanged(): void {
    this.emit(
      'communication',
      'medium',
      {
        link: { rel: 'communication', href: this.paths.communication },
        _embedded: { communication: communicationResource(this) },
        type: 'updated',
      },
      'communication',
    );
  }

  /** Ends it; other endpoints of the person stay. */
  end(end: ApplicationEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#lifeTimer[Symbol.dispose]();
    this.endpoint.close();
    this.#dropSession();
    this.channel[Symbol.dispose]();
    this.#host.ended(this, end);
  }

  [Symbol.dispose](): void {
    this.end('closed');
  }

  #dropSession(): void {
    this.#conversations?.hangUp();
    this.#subscriptions?.[Symbol.dispose]();
    this.contactList[Symbol.dispose]();
  }

  #checkLife(): void {
    const now = this.clock.now();
    const { expireAfterMs, suspendAfterMs, idleExpiryMs } = this.limits;
    const silentFor = now - this.channel.lastSeen;
    if (silentFor >= expireAfterMs) {
      this.end('silent');
      return;
    }
    if (this.#available && now - this.#lastActivity >= idleExpiryMs && !this.#conversations?.size) {
      this.end('idle');
      return;
    }
    if (silentFor >= suspendAfterMs && !this.#suspended) {
      this.#suspended = true;
      this.#dropSession();
      this.channel.suspend();
    }
    this.#lifeTimer = this.#armLife((this.#suspended ? expireAfterMs : suspendAfterMs) - silentFor);
  }

  #armLife(ms: number): Disposable {
    const next = Math.min(ms, this.limits.idleExpiryMs);
    return this.clock.setTimer(Math.max(1000, next), () => this.#checkLife());
  }
}
