import type { DirectoryUser, ExtensionAttributes } from '../../protocols/graph/resources.ts';
import type {
  DirectoryBackend,
  DirectoryChange,
  DirectoryChanges,
  Participant,
} from '../../protocols/graph/server/backend.ts';
import type { SandboxPerson } from '../world.ts';

/** The people of all tenants, who are federated with each other. Who changes here is told to those who ask for changes. */
export class Directory implements DirectoryBackend {
  readonly #tenants = new Map<string, Tenant>();
  readonly #byName = new Map<string, Participant>();

  constructor(people: readonly SandboxPerson[]) {
    for (const person of people) this.put(person.tenant.id, toUser(person));
  }

  find(tenantId: string, idOrUpn: string): DirectoryUser | undefined {
    const found = this.#byName.get(idOrUpn.toLowerCase());
    return found?.tenantId === tenantId ? found.user : undefined;
  }

  list(tenantId: string): readonly DirectoryUser[] {
    return this.#tenants.get(tenantId)?.list() ?? [];
  }

  findParticipant(_tenantId: string, idOrUpn: string): Participant | undefined {
    return this.#byName.get(idOrUpn.toLowerCase());
  }

  changes(tenantId: string, cursor: string | undefined, limit: number): DirectoryChanges | undefined {
    return (this.#tenants.get(tenantId) ?? new Tenant()).changes(cursor, limit);
  }

  /** A user who is new, or other than before. */
  put(tenantId: string, user: DirectoryUser): void {
    this.#unname(user.id);
    const participant: Participant = { tenantId, user };
    this.#byName.set(user.id.toLowerCase(), participant);
    this.#byName.set(user.userPrincipalName.toLowerCase(), participant);
    const tenant = this.#tenants.get(tenantId) ?? new Tenant();
    this.#tenants.set(tenantId, tenant);
    tenant.put(user);
  }

  /** Changes a user by UPN or id. */
  change(idOrUpn: string, change: Partial<Omit<DirectoryUser, 'id'>>): void {
    const found = this.#known(idOrUpn);
    this.put(found.tenantId, { ...found.user, ...change });
  }

  remove(idOrUpn: string, reason: 'changed' | 'deleted' = 'changed'): void {
    const { tenantId, user } = this.#known(idOrUpn);
    this.#unname(user.id);
    this.#tenants.get(tenantId)?.remove(user.id, reason);
  }

  /** From now on nobody knows what has changed until now: who asks has to read everybody again. */
  forgetChanges(): void {
    for (const tenant of this.#tenants.values()) tenant.forgetChanges();
  }

  #known(idOrUpn: string): Participant {
    const found = this.#byName.get(idOrUpn.toLowerCase());
    if (!found) throw new Error(`nobody is called ${idOrUpn}`);
    return found;
  }

  #unname(id: string): void {
    const before = this.#byName.get(id.toLowerCase());
    if (!before) return;
    this.#byName.delete(id.toLowerCase());
    this.#byName.delete(before.user.userPrincipalName.toLowerCase());
  }
}

/** Of those removed, so many are remembered. */
const mostRemoved = 1_000;

/**
 * The users of one tenant in the order of their last change. A cursor is the number of a change, so that who changes while
 * the pages are turned is on a later page or behind the delta link, never on none.
 */
class Tenant {
  readonly #latest = new Map<string, { readonly number: number; readonly change: DirectoryChange }>();
  #last = 0;
  /** Removals up to this change have been forgotten. */
  #forgotten = 0;
  #epoch = crypto.randomUUID();

  put(user: DirectoryUser): void {
    this.#note(user.id, { kind: 'is', user });
  }

  remove(id: string, reason: 'changed' | 'deleted'): void {
    this.#note(id, { kind: 'removed', id, reason });
    const removed = [...this.#latest].filter(([, { change }]) => change.kind === 'removed');
    for (const [old, { number }] of removed.slice(0, -mostRemoved)) {
      this.#latest.delete(old);
      this.#forgotten = number;
    }
  }

  list(): readonly DirectoryUser[] {
    return [...this.#latest.values()].flatMap(({ change }) => (change.kind === 'is' ? [change.user] : []));
  }

  forgetChanges(): void {
    this.#epoch = crypto.randomUUID();
  }

  changes(cursor: string | undefined, limit: number): DirectoryChanges | undefined {
    const from = cursor === undefined ? { after: 0, begun: this.#last } : this.#readCursor(cursor);
    if (from === undefined) return undefined;
    const changes: DirectoryChange[] = [];
    let after = from.after;
    for (const { number, change } of this.#latest.values()) {
      if (number <= from.after) continue;
      if (changes.length === limit) return { changes, cursor: this.#cursor(after, from.begun), more: true };
      after = number;
      // Who was gone before a first reading began has never been told of.
      if (change.kind === 'is' || number > from.begun) changes.push(change);
    }
    return { changes, cursor: this.#cursor(this.#last, 0), more: false };
  }

  #note(id: string, change: DirectoryChange): void {
    this.#latest.delete(id);
    this.#latest.set(id, { number: ++this.#last, change });
  }

  #cursor(after: number, begun: number): string {
    return `${this.#epoch} ${after} ${begun}`;
  }

  #readCursor(cursor: string): { readonly after: number; readonly begun: number } | undefined {
    const [epoch, after, begun] = cursor.split(' ');
    const from = { after: Number(after), begun: Number(begun) };
    const isKnown = epoch === this.#epoch && Math.max(from.after, from.begun) >= this.#forgotten;
    return isKnown ? from : undefined;
  }
}

function toUser({ objectId, address, displayName, home }: SandboxPerson): DirectoryUser {
  const [givenName = displayName, ...rest] = displayName.split(' ');
  return {
    id: objectId,
    userPrincipalName: address,
    displayName,
    givenName,
    surname: rest.length > 0 ? rest.join(' ') : null,
    mail: address,
    jobTitle: null,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: null,
    businessPhones: [],
    accountEnabled: true,
    userType: 'Member',
    proxyAddresses: [`SMTP:${address}`, ...(home === 'none' ? [] : [`SIP:${address}`])],
    onPremisesExtensionAttributes: noExtensions,
  };
}

const noExtensions: ExtensionAttributes = Object.fromEntries(
  Array.from({ length: 15 }, (_, index) => [`extensionAttribute${index + 1}`, null]),
);
