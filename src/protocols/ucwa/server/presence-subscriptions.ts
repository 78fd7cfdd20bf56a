import { randomBytes } from 'node:crypto';
import { UcwaError } from '../errors.ts';
import type { Resource } from '../hal.ts';
import type { ApplicationScope } from './application-scope.ts';
import type { ContactChange } from './backend.ts';

const minute = 60_000;
const longest = 30 * minute;

export interface PresenceSubscription {
  readonly id: string;
  readonly addresses: Set<string>;
  readonly expiresAt: number;
}

interface Held {
  readonly id: string;
  readonly addresses: Set<string>;
  expiresAt: number;
  timer: Disposable;
}

const relOf: Readonly<Record<ContactChange, { readonly rel: string; readonly path: string }>> = {
  presence: { rel: 'contactPresence', path: 'presence' },
  note: { rel: 'contactNote', path: 'note' },
  location: { rel: 'contactLocation', path: 'location' },
  modalities: { rel: 'contactSupportedModalities', path: 'supportedMedia' },
};

/**
 * Whose presence an application follows: subscriptions of ten to thirty minutes, each with its people. A
 * person in several is watched once.
 */
export class PresenceSubscriptions implements Disposable {
  readonly #app: ApplicationScope;
  readonly #held = new Map<string, Held>();
  /** In how many subscriptions each contact is. */
  readonly #watched = new Map<string, number>();

  constructor(app: ApplicationScope) {
    this.#app = app;
  }

  get all(): Iterable<PresenceSubscription> {
    return this.#held.values();
  }

  get contacts(): Iterable<string> {
    return this.#watched.keys();
  }

  /** @throws {UcwaError} */
  create(addresses: readonly string[], minutes: number, id?: string): PresenceSubscription {
    const existing = id === undefined ? undefined : this.#held.get(id);
    if (existing) {
      this.#add(existing, addresses);
      this.extend(existing.id, minutes);
      return existing;
    }
    if (this.#held.size >= this.#app.limits.subscriptions) throw tooMany();
    this.#checkRoom(addresses);
    const held: Held = {
      id: id ?? randomBytes(4).toString('hex'),
      addresses: new Set(),
      expiresAt: this.#app.clock.now() + Math.min(minutes * minute, longest),
      timer: { [Symbol.dispose]() {} },
    };
    this.#held.set(held.id, held);
    this.#arm(held);
    const added = this.#join(held, addresses);
    this.#event(held, 'added');
    for (const address of added) this.contactChanged(address, 'presence');
    return held;
  }

  /** The length is added to what is left, up to half an hour. @throws {UcwaError} */
  extend(id: string, minutes: number): PresenceSubscription {
    const held = this.#find(id);
    const now = this.#app.clock.now();
    held.expiresAt = Math.min(held.expiresAt + minutes * minute, now + longest);
    this.#arm(held);
    return held;
  }

  /** @throws {UcwaError} */
  addTo(id: string, addresses: readonly string[]): PresenceSubscription {
    const held = this.#find(id);
    this.#add(held, addresses);
    return held;
  }

  /** @throws {UcwaError} */
  remove(id: string): void {
    const held = this.#find(id);
    held.timer[Symbol.dispose]();
    this.#held.delete(id);
    for (const address of held.addresses) this.#leave(address);
    this.#event(held, 'deleted');
  }

  /** @throws {UcwaError} */
  removeMember(id: string, address: string): void {
    const held = this.#find(id);
    if (!held.addresses.delete(address)) throw notFound();
    this.#leave(address);
  }

  /** @throws {UcwaError} */
  get(id: string): PresenceSubscription {
    return this.#find(id);
  }

  contactChanged(address: string, what: ContactChange): void {
    if (!this.#watched.has(address)) return;
    const contact = this.#app.paths.contact(address);
    const { rel, path } = relOf[what];
    const href = `${contact}/${path}`;
    this.#app.emit(
      'people',
      'medium',
      {
        link: { rel, href },
        in: { rel: 'contact', href: contact },
        type: 'updated',
      },
      href,
    );
  }

  resource(subscription: PresenceSubscription): Resource {
    const { paths } = this.#app;
    const memberships = { href: paths.subscriptionMemberships(subscription.id) };
    return {
      id: subscription.id,
      _links: {
        self: { href: paths.subscription(subscription.id) },
        memberships,
        addToPresenceSubscription: memberships,
      },
      rel: 'presenceSubscription',
    };
  }

  /** Silently: for an application that goes, or has been away so long that it must start anew. */
  [Symbol.dispose](): void {
    for (const { timer } of this.#held.values()) timer[Symbol.dispose]();
    for (const address of this.#watched.keys()) this.#app.endpoint.unwatch(address);
    this.#held.clear();
    this.#watched.clear();
  }

  #add(held: Held, addresses: readonly string[]): void {
    this.#checkRoom(addresses);
    for (const address of this.#join(held, addresses)) this.contactChanged(address, 'presence');
  }

  /** @returns those that were new to the subscription. */
  #join(held: Held, addresses: readonly string[]): readonly string[] {
    const added = [...new Set(addresses)].filter((address) => !held.addresses.has(address));
    for (const given of added) {
      const before = this.#watched.get(given) ?? 0;
      const address = this.#app.endpoint.watch(given);
      held.addresses.add(address);
      this.#watched.set(address, before + 1);
      if (before === 0) this.#contactEvent(address, 'added');
    }
    return added;
  }

  #leave(address: string): void {
    const left = (this.#watched.get(address) ?? 0) - 1;
    if (left > 0) {
      this.#watched.set(address, left);
      return;
    }
    this.#app.endpoint.unwatch(address);
    this.#watched.delete(address);
    this.#contactEvent(address, 'deleted');
  }

  #arm(held: Held): void {
    held.timer[Symbol.dispose]();
    const { clock, limits } = this.#app;
    const warnIn = held.expiresAt - clock.now() - limits.subscriptionWarningMs;
    held.timer = clock.setTimer(Math.max(0, warnIn), () => {
      this.#event(held, 'updated');
      held.timer = clock.setTimer(held.expiresAt - clock.now(), () => this.remove(held.id));
    });
  }

  #event(held: Held, type: 'added' | 'updated' | 'deleted'): void {
    this.#app.emit('people', 'medium', {
      link: { rel: 'presenceSubscription', href: this.#app.paths.subscription(held.id) },
      ...(type === 'updated' ? { _embedded: { presenceSubscription: this.resource(held) } } : {}),
      type,
    });
  }

  #contactEvent(address: string, type: 'added' | 'deleted'): void {
    const { paths } = this.#app;
    this.#app.emit('people', 'medium', {
      link: { rel: 'contact', href: paths.contact(address) },
      in: { rel: 'subscribedContacts', href: `${paths.people}/subscribedContacts` },
      type,
    });
  }

  #checkRoom(addresses: readonly string[]): void {
    if (this.#watched.size + addresses.length > this.#app.limits.subscribedContacts) throw tooMany();
  }

  #find(id: string): Held {
    const held = this.#held.get(id);
    if (!held) throw notFound();
    return held;
  }
}

function tooMany(): UcwaError {
  return new UcwaError('Forbidden', 'LimitExceeded', 'Too many contacts or subscriptions.');
}

function notFound(): UcwaError {
  return new UcwaError('NotFound', undefined, 'There is no such presence subscription.');
}
