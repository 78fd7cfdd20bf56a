import { domainOf } from './account.ts';

/** Those whom a person has placed, closest first but for the blocked, who come before all: the first that fits counts. */
export const placements = ['blocked', 'personal', 'workgroup', 'colleague', 'external'] as const;
export type Placement = (typeof placements)[number];

/** What somebody is to a person. `none`: the person has placed neither them nor any group of theirs. */
export type Relationship = Placement | 'none';

/** Somebody, or all of some kind. `publicCloud` is nobody here: the pools are federated with organisations alone. */
export type Member =
  | { readonly kind: 'user'; readonly address: string }
  | { readonly kind: 'domain'; readonly domain: string }
  | { readonly kind: 'sameEnterprise' | 'federated' | 'publicCloud' | 'everyone' };

/** Whom a person has placed where. Addresses and domains in lower case. */
export type Privacy = ReadonlyMap<Placement, readonly Member[]>;

/** What a person begins with. */
export const defaultPrivacy: Privacy = new Map([
  ['colleague', [{ kind: 'sameEnterprise' }]],
  ['external', [{ kind: 'federated' }]],
]);

/** The narrowest comes first: a colleague may be blocked by name, or one let in whose domain is blocked. */
const narrowestFirst: readonly Member['kind'][] = [
  'user',
  'domain',
  'sameEnterprise',
  'federated',
  'publicCloud',
  'everyone',
];

/** People are closest to themselves. */
export function relationshipOf(privacy: Privacy, owner: string, viewer: string): Relationship {
  if (viewer === owner) return 'personal';
  for (const kind of narrowestFirst) {
    for (const placement of placements) {
      const members = privacy.get(placement) ?? [];
      if (members.some((member) => member.kind === kind && isMeant(member, owner, viewer))) return placement;
    }
  }
  return 'none';
}

function isMeant(member: Member, owner: string, viewer: string): boolean {
  switch (member.kind) {
    case 'user':
      return member.address === viewer;
    case 'domain':
      return member.domain === domainOf(viewer);
    case 'sameEnterprise':
      return domainOf(owner) === domainOf(viewer);
    case 'federated':
      return domainOf(owner) !== domainOf(viewer);
    case 'publicCloud':
      return false;
    case 'everyone':
      return true;
  }
}
