import type { ContainerChange } from '../../../../protocols/sip/ms/containers.ts';
import type { Container, ContainerMember } from '../../../../protocols/sip/ms/roaming-self.ts';

const maxMembers = 512;

/** Containers that every person has ([MS-PRES] section 3.7.5.9); without 100 and 200 SIPE asks for them. */
const initial: readonly Container[] = [
  { id: 100, version: 1, members: [{ type: 'federated' }] },
  { id: 200, version: 1, members: [{ type: 'sameEnterprise' }] },
  { id: 300, version: 1, members: [] },
  { id: 400, version: 1, members: [] },
  { id: 32000, version: 1, members: [] },
];

/** Who belongs to which container of a person. They are kept for the person's clients; everybody sees all here. */
export class Containers {
  readonly #containers = new Map<number, Container>(initial.map((each) => [each.id, each]));

  get all(): readonly Container[] {
    return [...this.#containers.values()];
  }

  /** False: a version was not the current one, or there are too many members; nothing has changed then. */
  change(changes: readonly ContainerChange[]): boolean {
    const next = changes.map((change) => this.#changed(change));
    if (!next.every((each) => each !== undefined)) return false;
    for (const each of next) this.#containers.set(each.id, each);
    return true;
  }

  #changed({ id, version, members }: ContainerChange): Container | undefined {
    const known = this.#containers.get(id);
    if (known === undefined || version !== known.version) return undefined;
    let next: readonly ContainerMember[] = known.members;
    for (const { action, type, value } of members) {
      const others = next.filter((each) => each.type !== type || each.value !== value);
      next = action === 'remove' ? others : [...others, { type, ...(value !== undefined && { value }) }];
    }
    return next.length > maxMembers ? undefined : { id, version: version + 1, members: next };
  }
}
