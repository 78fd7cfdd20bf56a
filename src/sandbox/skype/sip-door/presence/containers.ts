import type { ContainerChange } from '../../../../protocols/sip/ms/containers.ts';
import type { Container, ContainerMember } from '../../../../protocols/sip/ms/roaming-self.ts';
import { type Member, type Placement, type Privacy, placements } from '../../privacy.ts';

const maxMembers = 512;

/** The container of each that a person can place ([MS-PRES] section 3.7.5.9). */
export const containerOf = {
  blocked: 32_000,
  personal: 400,
  workgroup: 300,
  colleague: 200,
  external: 100,
} as const satisfies Readonly<Record<Placement, number>>;

/** Containers that every person has; without 100 and 200 SIPE asks for them. */
const initial: readonly Container[] = [
  { id: containerOf.external, version: 1, members: [{ type: 'federated' }] },
  { id: containerOf.colleague, version: 1, members: [{ type: 'sameEnterprise' }] },
  { id: containerOf.workgroup, version: 1, members: [] },
  { id: containerOf.personal, version: 1, members: [] },
  { id: containerOf.blocked, version: 1, members: [] },
];

/** Who belongs to which container of a person, as SIP clients count it: each has a version. */
export class Containers {
  readonly #containers = new Map<number, Container>(initial.map((each) => [each.id, each]));
  readonly #listeners = new Set<(ids: ReadonlySet<number>) => void>();
  readonly #placed: (privacy: Privacy) => void;

  /** `placed`: what the members mean has changed. */
  constructor(placed: (privacy: Privacy) => void) {
    this.#placed = placed;
  }

  get all(): readonly Container[] {
    return [...this.#containers.values()];
  }

  listen(changed: (ids: ReadonlySet<number>) => void): Disposable {
    this.#listeners.add(changed);
    return { [Symbol.dispose]: () => void this.#listeners.delete(changed) };
  }

  /** False: a version was not the current one, or there are too many members; nothing has changed then. */
  change(changes: readonly ContainerChange[]): boolean {
    const next = new Map<number, Container>();
    for (const { id, version, members } of changes) {
      const known = this.#containers.get(id);
      if (known === undefined || version !== known.version) return false;
      const changed = membersAfter(next.get(id)?.members ?? known.members, members);
      if (changed.length > maxMembers) return false;
      next.set(id, { id, version: version + 1, members: changed });
    }
    for (const each of next.values()) this.#containers.set(each.id, each);
    this.#placed(this.#privacy());
    for (const listener of [...this.#listeners]) listener(new Set(next.keys()));
    return true;
  }

  #privacy(): Privacy {
    return new Map(
      placements.map((placement) => {
        const members = this.#containers.get(containerOf[placement])?.members ?? [];
        return [placement, members.flatMap((member) => meaningOf(member) ?? [])];
      }),
    );
  }
}

function membersAfter(
  members: readonly ContainerMember[],
  changes: ContainerChange['members'],
): readonly ContainerMember[] {
  let next = members;
  for (const { action, type, value } of changes) {
    const others = next.filter((each) => each.type !== type || !isSameValue(each.value, value));
    next = action === 'remove' ? others : [...others, { type, ...(value !== undefined && { value }) }];
  }
  return next;
}

const isSameValue = (a: string | undefined, b: string | undefined): boolean => plain(a) === plain(b);

/** Clients write addresses with the scheme or without it. */
const plain = (value: string | undefined): string | undefined =>
  value
    ?.trim()
    .toLowerCase()
    .replace(/^sips?:/, '');

/** `undefined`: it means nobody. */
function meaningOf({ type, value }: ContainerMember): Member | undefined {
  const meant = plain(value);
  switch (type) {
    case 'user':
      return meant === undefined ? undefined : { kind: type, address: meant };
    case 'domain':
      return meant === undefined ? undefined : { kind: type, domain: meant };
    case 'sameEnterprise':
    case 'federated':
    case 'publicCloud':
    case 'everyone':
      return { kind: type };
    default:
      return undefined;
  }
}
