import { randomInt } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { UcwaError } from '../errors.ts';
import {
  Application,
  type ApplicationEnd,
  type ApplicationHost,
  type ApplicationInput,
} from './application.ts';

/** The applications of one server, by id and by person. */
export class Applications implements Disposable {
  readonly #host: ApplicationHost;
  readonly #byId = new Map<string, Application>();
  readonly #byPerson = new Map<string, readonly Application[]>();
  readonly #ended = new LRUCache<string, ApplicationEnd>({ max: 10_000 });

  constructor(host: Omit<ApplicationHost, 'ended'>) {
    this.#host = { ...host, ended: (application, end) => this.#remove(application, end) };
  }

  get size(): number {
    return this.#byId.size;
  }

  /**
   * An `instanceId` that is known gets its application again. Without one, a client that comes back under its
   * `endpointId` has been started anew: its old application ends.
   *
   * @throws {UcwaError} Gone, TooManyApplications.
   */
  open(input: ApplicationInput): { readonly application: Application; readonly created: boolean } {
    for (const application of this.#of(input.address)) {
      const { endpointId, instanceId } = application.input;
      if (endpointId !== input.endpointId || instanceId !== input.instanceId) continue;
      if (instanceId !== undefined) return { application, created: false };
      application.end('deleted');
    }
    const { applicationsPerPerson, applications } = this.#host.limits;
    const own = this.#of(input.address);
    if (own.length >= applicationsPerPerson || this.#byId.size >= applications) {
      throw new UcwaError('Gone', 'TooManyApplications', 'Too many applications are signed in.');
    }
    const application = new Application(this.#newId(), input, this.#host);
    this.#byId.set(application.id, application);
    this.#byPerson.set(input.address, [...own, application]);
    return { application, created: true };
  }

  /**
   * @throws {UcwaError} NotFound, ApplicationNotFound (create another), Gone, InactiveApplicationExpired (ask
   * the human), Forbidden (somebody else's).
   */
  get(id: string, address: string): Application {
    const application = this.#byId.get(id);
    if (application) {
      if (application.input.address !== address) {
        throw new UcwaError('Forbidden', undefined, 'The application belongs to another user.');
      }
      return application;
    }
    if (this.#ended.get(id) === 'idle') {
      throw new UcwaError('Gone', 'InactiveApplicationExpired', 'No activity was reported for too long.');
    }
    throw new UcwaError('NotFound', 'ApplicationNotFound', 'The application does not exist.');
  }

  [Symbol.dispose](): void {
    for (const application of [...this.#byId.values()]) application.end('closed');
  }

  #remove(application: Application, end: ApplicationEnd): void {
    this.#byId.delete(application.id);
    this.#ended.set(application.id, end);
    const { address } = application.input;
    const left = this.#of(address).filter((other) => other !== application);
    if (left.length > 0) this.#byPerson.set(address, left);
    else this.#byPerson.delete(address);
  }

  #of(address: string): readonly Application[] {
    return this.#byPerson.get(address) ?? [];
  }

  #newId(): string {
    for (;;) {
      const id = `1${randomInt(0, 10 ** 11)
        .toString()
        .padStart(11, '0')}`;
      if (!this.#byId.has(id) && !this.#ended.has(id)) return id;
    }
  }
}
