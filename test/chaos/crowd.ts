import { contoso, people, type SandboxPerson } from '../../src/sandbox/world.ts';

/** Two people who chat with each other through the gateway, one at each product. */
export interface Couple {
  readonly number: number;
  /** Legacy, homed online, at a Teams client; linked on both sides. */
  readonly inTeams: SandboxPerson;
  /** SfBOnly, at an SfB client. */
  readonly inSkype: SandboxPerson;
  /** Without a link the gateway's own account writes for the one in SfB, in a group of its making. */
  readonly inSkypeIsLinked: boolean;
}

export interface Crowd {
  readonly couples: readonly Couple[];
  /** With the gateway's own accounts. */
  readonly everybody: readonly SandboxPerson[];
}

/** The same people for the same number, in whichever process. */
export function crowd(couples: number): Crowd {
  const list = Array.from({ length: couples }, (_, number): Couple => {
    const home = number % 4 === 3 ? 'onPrem' : 'online';
    return {
      number,
      inTeams: member(`t${number}`, 2 * number, 'Legacy', 'online'),
      inSkype: member(`s${number}`, 2 * number + 1, 'SfBOnly', home),
      inSkypeIsLinked: number % 5 !== 4,
    };
  });
  const accounts = people.filter(({ kind }) => kind === 'gateway');
  return {
    couples: list,
    everybody: [...list.flatMap(({ inTeams, inSkype }) => [inTeams, inSkype]), ...accounts],
  };
}

function member(
  name: string,
  index: number,
  mode: SandboxPerson['mode'],
  home: SandboxPerson['home'],
): SandboxPerson {
  return {
    name,
    displayName: name,
    tenant: contoso,
    objectId: `c4a05000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`,
    address: `${name}@${contoso.domain}`,
    kind: 'person',
    mode,
    home,
  };
}
