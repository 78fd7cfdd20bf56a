import type { PersonId, RemoteId, ThreadKey } from '../../src/core/ids.ts';
import type { Person, Side } from '../../src/core/people.ts';
import type { Presence } from '../../src/core/presence/presence.ts';
import type { Remarks } from '../../src/core/presence/remarks.ts';
import type {
  Connector,
  DeliveryOrder,
  DeliveryOutcome,
  Finding,
  Notice,
  OnShow,
  PublishOutcome,
  Sink,
} from '../../src/gateway/connector.ts';

type Answer<I, O> = (input: I, signal: AbortSignal) => O | Promise<O>;

/** A network that answers as a test says and remembers what it was asked. */
export class ScriptedConnector implements Connector {
  readonly side: Side;
  readonly capabilities = {
    maxBodyBytes: 8_000,
    canFind: false,
    formats: ['text', 'html'] as const,
    endpointLeaseMs: 60_000,
  };
  readonly delivered: DeliveryOrder[] = [];
  readonly asked: DeliveryOrder[] = [];
  readonly told: Notice[] = [];
  readonly published: { readonly person: Person; readonly presence: Presence }[] = [];
  /** Those whose remarks were left to them. */
  readonly left: PersonId[] = [];
  readonly remarked: { readonly person: Person; readonly remarks: Remarks }[] = [];
  inherited: readonly OnShow[] = [];
  readonly cannotShow = new Set<PersonId>();
  watched: readonly Person[] = [];
  /** Threads that only one of the two people sees. */
  readonly unshared = new Set<ThreadKey>();
  onDeliver: Answer<DeliveryOrder, DeliveryOutcome>;
  onFind: Answer<DeliveryOrder, Finding> = () => ({ kind: 'absent' });
  onTell: Answer<Notice, DeliveryOutcome>;
  onPublish: Answer<{ readonly person: Person; readonly presence: Presence }, PublishOutcome> = () => ({
    kind: 'published',
  });
  #sink: Sink | undefined;

  constructor(side: Side) {
    this.side = side;
    this.onDeliver = (order) => this.shown(order.message);
    this.onTell = (notice) => this.shown(`notice ${notice.message}`);
  }

  shown(name: string): DeliveryOutcome & { readonly kind: 'delivered' } {
    return {
      kind: 'delivered',
      thread: `${this.side} thread` as ThreadKey,
      remoteId: `${this.side} ${name}` as RemoteId,
      as: 'author',
    };
  }

  get sink(): Sink {
    if (!this.#sink) throw new Error('the gateway has not started this connector');
    return this.#sink;
  }

  bothSee(thread: ThreadKey): boolean {
    return !this.unshared.has(thread);
  }

  start(sink: Sink): Promise<void> {
    this.#sink = sink;
    return Promise.resolve();
  }

  async deliver(order: DeliveryOrder, signal: AbortSignal): Promise<DeliveryOutcome> {
    this.delivered.push(order);
    return this.onDeliver(order, signal);
  }

  async find(order: DeliveryOrder, signal: AbortSignal): Promise<Finding> {
    this.asked.push(order);
    return this.onFind(order, signal);
  }

  async tell(notice: Notice, signal: AbortSignal): Promise<DeliveryOutcome> {
    this.told.push(notice);
    return this.onTell(notice, signal);
  }

  async publish(person: Person, presence: Presence): Promise<PublishOutcome> {
    this.published.push({ person, presence });
    return this.onPublish({ person, presence }, new AbortController().signal);
  }

  async canShow(person: Person): Promise<boolean> {
    return !this.cannotShow.has(person.id);
  }

  async remark(person: Person, remarks: Remarks): Promise<PublishOutcome> {
    this.remarked.push({ person, remarks });
    return { kind: 'published' };
  }

  leaveRemarks({ id }: Person): void {
    this.left.push(id);
  }

  inherit(left: readonly OnShow[]): void {
    this.inherited = left;
  }

  watch(people: readonly Person[]): Promise<void> {
    this.watched = people;
    return Promise.resolve();
  }

  status() {
    return [];
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

/** Resolves with what the signal was aborted for: a network that never answers by itself. */
export function untilAborted(signal: AbortSignal): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  if (signal.aborted) resolve(signal.reason);
  else signal.addEventListener('abort', () => resolve(signal.reason), { once: true });
  return promise;
}
