import type { User } from '../../protocols/graph/resources.ts';
import type { DirectoryBackend, Participant } from '../../protocols/graph/server/backend.ts';
import type { SandboxPerson } from '../world.ts';

/** The people of all tenants, who are federated with each other. */
export class Directory implements DirectoryBackend {
  readonly #byTenant = new Map<string, User[]>();
  readonly #byName = new Map<string, Participant>();

  constructor(people: readonly SandboxPerson[]) {
    for (const person of people) {
      const participant: Participant = { tenantId: person.tenant.id, user: toUser(person) };
      this.#byName.set(person.objectId.toLowerCase(), participant);
      this.#byName.set(person.address.toLowerCase(), participant);
      const users = this.#byTenant.get(person.tenant.id) ?? [];
      users.push(participant.user);
      this.#byTenant.set(person.tenant.id, users);
    }
  }

  find(tenantId: string, idOrUpn: string): User | undefined {
    const found = this.#byName.get(idOrUpn.toLowerCase());
    return found?.tenantId === tenantId ? found.user : undefined;
  }

  list(tenantId: string): readonly User[] {
    return this.#byTenant.get(tenantId) ?? [];
  }

  findParticipant(_tenantId: string, idOrUpn: string): Participant | undefined {
    return this.#byName.get(idOrUpn.toLowerCase());
  }
}

function toUser({ objectId, address, displayName }: SandboxPerson): User {
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
  };
}
