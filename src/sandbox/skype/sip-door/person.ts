import type { Clock } from '../../clock.ts';
import type { Pool } from '../pool.ts';
import { ContactNumbers } from './presence/contact-numbers.ts';
import { Containers } from './presence/containers.ts';
import { OwnPresence } from './presence/own-presence.ts';

/** What the door keeps of a person besides what the pool does: what is of use to SIP clients alone. */
export interface Person extends Disposable {
  readonly address: string;
  readonly presence: OwnPresence;
  readonly contacts: ContactNumbers;
  readonly containers: Containers;
}

/** The people of a pool who have used SIP. They are kept: versions and numbers must not start again. */
export class People implements Disposable {
  readonly #pool: Pool;
  readonly #clock: Clock;
  readonly #maxPublications: number;
  readonly #people = new Map<string, Person>();

  constructor(pool: Pool, clock: Clock, maxPublications: number) {
    this.#pool = pool;
    this.#clock = clock;
    this.#maxPublications = maxPublications;
  }

  /** `undefined` for somebody whom the pool does not have. */
  get(address: string): Person | undefined {
    const known = this.#people.get(address);
    if (known) return known;
    const presentity = this.#pool.presentity(address);
    if (!presentity) return undefined;
    const presence = new OwnPresence(presentity, this.#clock, this.#maxPublications);
    const contacts = new ContactNumbers(this.#pool.contacts(address));
    const person: Person = {
      address,
      presence,
      contacts,
      containers: new Containers((privacy) => presentity.place(privacy)),
      [Symbol.dispose]() {
        presence[Symbol.dispose]();
        contacts[Symbol.dispose]();
      },
    };
    this.#people.set(address, person);
    return person;
  }

  [Symbol.dispose](): void {
    for (const person of this.#people.values()) person[Symbol.dispose]();
    this.#people.clear();
  }
}
