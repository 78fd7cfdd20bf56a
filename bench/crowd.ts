import { contoso, people, type SandboxPerson } from '../src/sandbox/world.ts';

export interface Pair {
  /** Legacy, homed online, at a Teams client. */
  readonly inTeams: SandboxPerson;
  /** SfBOnly, homed online. */
  readonly inSkype: SandboxPerson;
}

/** How many people there are on each side of the gateway. */
export interface CrowdOrder {
  /** Legacy, homed online, at a Teams client. */
  readonly inTeams: number;
  /** SfBOnly, homed online. */
  readonly inSkype: number;
}

export interface Crowd {
  readonly inTeams: readonly SandboxPerson[];
  readonly inSkype: readonly SandboxPerson[];
  /** With the gateway's own accounts. */
  readonly everybody: readonly SandboxPerson[];
}

/** The same people for the same order, in whichever process. */
export function crowd(order: CrowdOrder): Crowd {
  const inTeams = Array.from({ length: order.inTeams }, (_, n) => member(`t${n}`, 2 * n, 'Legacy'));
  const inSkype = Array.from({ length: order.inSkype }, (_, n) => member(`s${n}`, 2 * n + 1, 'SfBOnly'));
  const accounts = people.filter(({ kind }) => kind === 'gateway');
  return { inTeams, inSkype, everybody: [...inTeams, ...inSkype, ...accounts] };
}

/** Each of those in Teams with the one in SfB of the same number. */
export function pairsOf({ inTeams, inSkype }: Crowd): readonly Pair[] {
  return inTeams.flatMap((person, n) => {
    const peer = inSkype[n];
    return peer ? [{ inTeams: person, inSkype: peer }] : [];
  });
}

function member(name: string, index: number, mode: SandboxPerson['mode']): SandboxPerson {
  return {
    name,
    displayName: name,
    tenant: contoso,
    objectId: `be9c0000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`,
    address: `${name}@${contoso.domain}`,
    kind: 'person',
    mode,
    home: 'online',
  };
}
