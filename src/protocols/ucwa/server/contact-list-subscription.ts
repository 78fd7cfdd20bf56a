import type { Resource } from '../hal.ts';
import type { SubscriptionState } from '../types.ts';
import type { ApplicationScope } from './application-scope.ts';
import type { ContactListChange } from './backend.ts';

const minute = 60_000;

/** Following one's own contact list: who is added and removed, for as long as the client keeps asking. */
export class ContactListSubscription implements Disposable {
  readonly #app: ApplicationScope;
  #timer: Disposable | undefined;

  constructor(app: ApplicationScope) {
    this.#app = app;
  }

  get state(): SubscriptionState {
    return this.#timer ? 'Connected' : 'Disconnected';
  }

  startOrRefresh(minutes: number): void {
    const before = this.state;
    this.#timer?.[Symbol.dispose]();
    this.#timer = this.#app.clock.setTimer(minutes * minute, () => this.stop());
    if (before !== this.state) this.#changed();
  }

  stop(): void {
    if (!this.#timer) return;
    this[Symbol.dispose]();
    this.#changed();
  }

  tell(change: ContactListChange): void {
    if (!this.#timer) return;
    const { paths } = this.#app;
    if (change.kind === 'group') {
      this.#app.emit('people', 'high', {
        link: { rel: 'group', href: paths.group(change.id) },
        in: { rel: 'myGroups', href: `${paths.people}/groups` },
        type: change.change,
      });
    } else {
      this.#app.emit('people', 'high', {
        link: { rel: 'contact', href: paths.contact(change.address) },
        in: { rel: 'group', href: paths.group(change.groupId) },
        type: change.change,
      });
    }
  }

  resource(): Resource {
    const self = this.#href;
    return {
      state: this.state,
      _links: {
        self: { href: self },
        startOrRefreshSubscriptionToContactsAndGroups: { href: `${self}/startOrRefresh` },
        ...(this.#timer ? { stopSubscriptionToContactsAndGroups: { href: `${self}/stop` } } : {}),
      },
      rel: 'myContactsAndGroupsSubscription',
    };
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  get #href(): string {
    return `${this.#app.paths.people}/contactsAndGroupsSubscription`;
  }

  #changed(): void {
    this.#app.emit(
      'people',
      'medium',
      {
        link: { rel: 'myContactsAndGroupsSubscription', href: this.#href },
        type: 'updated',
        _embedded: { myContactsAndGroupsSubscription: this.resource() },
      },
      'myContactsAndGroupsSubscription',
    );
  }
}
