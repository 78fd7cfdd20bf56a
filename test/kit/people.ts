import { personId } from '../../src/core/ids.ts';
import type { CoexistenceMode, Home, Person } from '../../src/core/people.ts';

let numbers = 0;

/** A person of contoso.example with both accounts, unless told otherwise. */
export function somebody(
  name: string,
  options: {
    readonly mode?: CoexistenceMode;
    readonly home?: Home;
    readonly teams?: boolean;
    readonly tenant?: string;
  } = {},
): Person {
  const tenant = options.tenant ?? 'contoso.example';
  const address = `${name}@${tenant}`;
  const home = options.home ?? 'online';
  return {
    id: personId(address),
    displayName: name.charAt(0).toUpperCase() + name.slice(1),
    tenant,
    mode: options.mode ?? 'Legacy',
    teams:
      options.teams === false
        ? { kind: 'none' }
        : {
            kind: 'account',
            objectId: `00000000-0000-4000-8000-${String(++numbers).padStart(12, '0')}`,
            upn: address,
          },
    skype: home === 'none' ? { home } : { home, sip: `sip:${address}`, pool: home },
  };
}
