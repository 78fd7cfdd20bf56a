import { contoso, people, type SandboxPerson } from '../src/sandbox/world.ts';

export interface Pair {
  /** Legacy, homed online, at a Teams client. */
  readonly inTeams: SandboxPerson;
  /** SfBOnly, homed online. */
  readonly inSkype: SandboxPerson;
}

/** Pairs of people who chat with each other, beside the gateway's own accounts. */
export function crowd(pairs: number): {
  readonly pairs: readonly Pair[];
  readonly everybody: readonly SandboxPerson[];
} {
  const list = Array.from(
    { length: pairs },
    (_, n): Pair => ({
      inTeams: member(`t${n}`, 2 * n, 'Legacy'),
      inSkype: member(`s${n}`, 2 * n + 1, 'SfBOnly'),
    }),
  );
  const accounts = people.filter(({ kind }) => kind === 'gateway');
  return {
    pairs: list,
    everybody: [...list.flatMap(({ inTeams, inSkype }) => [inTeams, inSkype]), ...accounts],
  };
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
