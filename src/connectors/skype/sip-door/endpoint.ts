import type { SipUri } from '../../../core/people.ts';
import type { Presence } from '../../../core/presence/presence.ts';
import type { SipRequest } from '../../../protocols/sip/message.ts';
import type { ServerTransaction } from '../../../protocols/sip/transaction/server.ts';
import type { DialogId, DoorEndpoint, DoorListener, InviteEnd, InviteOptions, SendEnd } from '../door.ts';
import type { Failure } from '../errors.ts';
import { endpointLost } from './failures.ts';
import { Link } from './link.ts';
import type { MakePublisher, MakeWatcher, Publisher, Watcher } from './presence.ts';
import { Registration, type RegistrationOptions } from './registration.ts';
import { limit } from './sleep.ts';
import type { EndpointUser } from './switchboard.ts';
import { Talks, type TalksOptions } from './talks.ts';

export interface SipEndpointOptions extends TalksOptions {
  readonly registration: Omit<RegistrationOptions, 'mayMove' | 'registered' | 'moved' | 'lost' | 'stopped'>;
  readonly publisher: MakePublisher;
  readonly watcher: MakeWatcher;
  readonly othersOf: (link: Link, signal: AbortSignal) => Promise<'yes' | 'no' | 'unknown'>;
  /** It signs out: another endpoint of the same name has to wait for that. */
  readonly leaving: (left: Promise<void>) => void;
  /** Nothing is left of it. */
  readonly gone: () => void;
}

/** What the endpoint is there for. */
type Role =
  /** To write: whatever comes is given back to the person's other endpoints. */
  | { readonly kind: 'writing' }
  /** To receive as well, without showing anything. */
  | { readonly kind: 'receiving' }
  | { readonly kind: 'showing'; readonly presence: Presence; readonly note: string };

/** Showing and watching may have to wait for a registration, and that for its turn. */
const changeMs = 60_000;

/** One account's endpoint at a pool: its registration, and everything that lives while that lasts. */
export class SipEndpoint implements DoorEndpoint, EndpointUser {
  readonly #options: SipEndpointOptions;
  readonly #registration: Registration;
  readonly #reachable: Disposable;
  readonly #talks: Talks;
  #publisher: Publisher | undefined;
  #watcher: Watcher | undefined;
  #role: Role = { kind: 'writing' };
  #watched: ReadonlySet<SipUri> = new Set();
  /** What the registration that holds now began with. */
  #restored: Promise<Failure | undefined> = Promise.resolve(undefined);
  #rewatched: Promise<Failure | undefined> = Promise.resolve(undefined);
  /** Connections that it has moved away from, and that talks may still be on. */
  readonly #behind = new Map<Link, Disposable>();
  #left: Promise<void> | undefined;
  #isOver = false;

  constructor(options: SipEndpointOptions) {
    this.#options = options;
    this.#talks = new Talks(options);
    const { host } = options;
    const { self, switchboard } = host;
    this.#reachable = switchboard.endpoint({ opaque: self.opaque, address: self.uri }, this);
    this.#registration = new Registration({
      ...options.registration,
      mayMove: () => this.#talks.areQuiet,
      registered: (link) => this.#registered(link),
      moved: (from, to) => this.#moved(from, to),
      lost: (link) => this.#lost(link),
      stopped: (failure) => {
        this.#listener.failed(failure);
        this.#close();
      },
    });
  }

  get #listener(): DoorListener {
    return this.#options.host.listener;
  }

  get stopped(): boolean {
    return this.#registration.stopped;
  }

  get link(): Link | undefined {
    return this.#registration.link;
  }

  isAt(link: Link): boolean {
    return this.#registration.isAt(link);
  }

  async ready(signal: AbortSignal): Promise<Failure | undefined> {
    const found = await this.#registration.ready(signal);
    return found instanceof Link ? undefined : found;
  }

  show(presence: Presence): Promise<Failure | undefined> {
    const note = this.#role.kind === 'showing' ? this.#role.note : '';
    this.#role = { kind: 'showing', presence, note };
    return this.#change((publisher) => publisher.publish(presence));
  }

  async note(text: string): Promise<Failure | undefined> {
    if (this.#role.kind !== 'showing') return undefined;
    this.#role = { ...this.#role, note: text };
    return await this.#change((publisher) => publisher.note(text));
  }

  leaveNote(): void {
    if (this.#role.kind === 'showing') this.#role = { ...this.#role, note: '' };
  }

  receive(): Promise<Failure | undefined> {
    this.#role = { kind: 'receiving' };
    return this.#change((publisher) => publisher.withdraw());
  }

  hide(): Promise<Failure | undefined> {
    this.#role = { kind: 'writing' };
    return this.#change((publisher) => publisher.withdraw());
  }

  async watch(people: ReadonlySet<SipUri>): Promise<Failure | undefined> {
    this.#watched = new Set(people);
    if (this.#watcher) return await this.#watcher.watch(this.#watched);
    return (await this.#readyWithin(changeMs)) ?? (await this.#rewatched);
  }

  async invite(dialog: DialogId, to: SipUri, text: string, options: InviteOptions): Promise<InviteEnd> {
    const { link } = this;
    if (!link) return { kind: 'failed', failure: endpointLost };
    return await this.#talks.invite({ link, dialog, to, text, invite: options });
  }

  async cancel(dialog: DialogId): Promise<void> {
    this.#talks.cancel(dialog);
  }

  send(dialog: DialogId, _id: string, text: string): Promise<SendEnd> {
    return this.#talks.send(dialog, text);
  }

  async accept(dialog: DialogId): Promise<Failure | undefined> {
    return this.#talks.accept(dialog);
  }

  async decline(dialog: DialogId): Promise<void> {
    this.#talks.decline(dialog);
  }

  end(dialog: DialogId): Promise<void> {
    return this.#talks.end(dialog);
  }

  async hasOthers(signal: AbortSignal): Promise<'yes' | 'no' | 'unknown'> {
    const { link } = this;
    return link ? await this.#options.othersOf(link, signal).catch(() => 'unknown') : 'unknown';
  }

  abandon(): void {
    this.#close();
    this.#registration.abandon();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#left ??= this.#leave();
    this.#options.leaving(this.#left);
    await this.#left;
  }

  async #leave(): Promise<void> {
    const goodbyes = [this.#talks.endAll()];
    using limited = limit(this.#options.host.clock, 2_000);
    const timeIsUp = new Promise<void>((resolve) =>
      limited.signal.addEventListener('abort', () => resolve(), { once: true }),
    );
    if (this.#role.kind === 'showing' && this.link) goodbyes.push(this.#withdraw());
    await Promise.race([Promise.all(goodbyes), timeIsUp]);
    this.#close();
    await this.#registration[Symbol.asyncDispose]();
  }

  // What comes from the switchboard.

  call(transaction: ServerTransaction, link: Link): void {
    if (this.#role.kind === 'writing') transaction.respond(480);
    else this.#talks.take(transaction, link);
  }

  cancelled(transaction: ServerTransaction, cancel: SipRequest): void {
    this.#talks.cancelled(transaction, cancel);
  }

  failed(transaction: ServerTransaction): void {
    this.#talks.failed(transaction);
  }

  // What lives while the registration lasts.

  #registered(link: Link): void {
    const { publisher, watcher } = this.#options;
    this.#publisher = publisher(link);
    this.#watcher = watcher(link);
    const role = this.#role;
    this.#restored = role.kind === 'showing' ? restore(this.#publisher, role) : Promise.resolve(undefined);
    this.#rewatched =
      this.#watched.size === 0 ? Promise.resolve(undefined) : this.#watcher.watch(this.#watched);
    for (const begun of [this.#restored, this.#rewatched])
      void begun.then((failure) => failure && this.#listener.failed(failure));
  }

  /** What was shown and watched is so at the new place first. What has just begun at the former one ends with that. */
  #moved(from: Link, to: Link): void {
    const publisher = this.#publisher;
    const watcher = this.#watcher;
    this.#behind.get(from)?.[Symbol.dispose]();
    this.#behind.set(
      from,
      from.whenOver(() => {
        this.#behind.delete(from);
        this.#talks.lost(from);
      }),
    );
    this.#registered(to);
    void Promise.all([this.#restored, this.#rewatched]).then(async () => {
      watcher?.[Symbol.dispose]();
      await publisher?.succeeded();
      publisher?.[Symbol.dispose]();
    });
  }

  #lost(link?: Link): void {
    this.#publisher?.[Symbol.dispose]();
    this.#publisher = undefined;
    this.#watcher?.[Symbol.dispose]();
    this.#watcher = undefined;
    this.#talks.lost(link);
  }

  #close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#reachable[Symbol.dispose]();
    this.#lost();
    for (const watching of this.#behind.values()) watching[Symbol.dispose]();
    this.#behind.clear();
    this.#options.gone();
  }

  /** A new registration begins with what is wanted by then. */
  async #change(make: (publisher: Publisher) => Promise<Failure | undefined>): Promise<Failure | undefined> {
    if (this.#publisher) return await make(this.#publisher);
    return (await this.#readyWithin(changeMs)) ?? (await this.#restored);
  }

  async #withdraw(): Promise<void> {
    await this.#publisher?.withdraw();
  }

  async #readyWithin(ms: number): Promise<Failure | undefined> {
    using limited = limit(this.#options.host.clock, ms);
    return await this.ready(limited.signal).catch(() => endpointLost);
  }
}

async function restore(
  publisher: Publisher,
  { presence, note }: Role & { kind: 'showing' },
): Promise<Failure | undefined> {
  const failure = await publisher.publish(presence);
  return failure ?? (note === '' ? undefined : await publisher.note(note));
}
