import type { Person } from '../people.ts';
import { readAddress } from './address.ts';
import type { DirectoryProblem, Field } from './problems.ts';
import { type DirectoryRules, readRow } from './row.ts';
import type { SkypeAttributes } from './skype-attributes.ts';
import type { DirectoryUser, PersonConflict } from './users.ts';

export interface JoinRules extends DirectoryRules {
  /** What the SfB side says, by user principal name in lower case; undefined where nothing was exported. */
  readonly attributes: ReadonlyMap<string, SkypeAttributes> | undefined;
  /** Pools by the home server or host name that the attributes give, lower case. */
  readonly poolNames: ReadonlyMap<string, string>;
  /** The extension attributes in which the organisation keeps a person's mode, home or pool. */
  readonly extensions: Readonly<Partial<Record<'mode' | 'home' | 'pool', string>>>;
}

export type JoinedUser =
  | { readonly kind: 'person'; readonly person: Person }
  /** Not a person of the gateway's: a guest, a disabled account, an account of the gateway itself. */
  | { readonly kind: 'nobody' }
  | { readonly kind: 'conflict'; readonly conflicts: readonly PersonConflict[] };

/**
 * Makes a person of a user of the tenant and what the SfB side says of them. Of one fact the extension attributes stand
 * above the SfB side's, those above the tenant's defaults; two addresses that contradict each other are a conflict.
 */
export function joinUser(user: DirectoryUser, rules: JoinRules): JoinedUser {
  const upn = user.upn.toLowerCase();
  if (user.isGuest || !user.isEnabled || rules.ownAddresses.has(upn)) return { kind: 'nobody' };
  const attributes = rules.attributes?.get(upn);
  const person = upn === '' ? user.objectId : upn;
  const address = addressOf(user, attributes);
  if (address.kind === 'conflict')
    return { kind: 'conflict', conflicts: [{ person, field: address.field, because: address.because }] };

  const said = { ...saidBySkype(attributes, rules), ...saidByExtensions(user, rules) };
  const domain = upn.slice(upn.lastIndexOf('@') + 1);
  const home = said.home ?? rules.defaults.get(domain)?.home ?? 'none';
  const row: Partial<Record<Field, string>> = {
    id: user.upn,
    displayName: user.displayName,
    objectId: user.objectId,
    ...said,
    ...(home === 'none' || address.sip === undefined ? {} : { sip: address.sip }),
  };
  const problems: DirectoryProblem[] = [];
  const read = readRow(row, 1, rules, problems);
  if (read) return { kind: 'person', person: read.person };
  return {
    kind: 'conflict',
    conflicts: problems.map(({ field, because }) => ({ person, field, because })),
  };
}

function saidBySkype(attributes: SkypeAttributes | undefined, { poolNames }: JoinRules) {
  if (attributes === undefined) return {};
  const { enabled, home, homeServer, mode } = attributes;
  const pool = homeServer === undefined ? undefined : poolNames.get(homeServer);
  return {
    home: enabled && home !== undefined ? home : 'none',
    ...(enabled && pool !== undefined ? { pool } : {}),
    ...(mode === undefined ? {} : { mode }),
  };
}

function saidByExtensions({ extensions }: DirectoryUser, rules: JoinRules) {
  const said: Partial<Record<'mode' | 'home' | 'pool', string>> = {};
  for (const field of ['mode', 'home', 'pool'] as const) {
    const value = extensions[rules.extensions[field] ?? '']?.trim();
    if (value !== undefined && value !== '') said[field] = value;
  }
  return said;
}

type AddressFound =
  | { readonly kind: 'address'; readonly sip: string | undefined }
  | ({ readonly kind: 'conflict' } & Conflict);

interface Conflict {
  readonly field: Field;
  readonly because: string;
}

/**
 * The one SIP address of a person. Among several proxy addresses the prefix in capitals marks the primary one, as with those
 * for mail; the SfB side's own attribute must agree with it.
 */
function addressOf({ sipAddresses }: DirectoryUser, attributes: SkypeAttributes | undefined): AddressFound {
  const all = distinct(sipAddresses);
  const primary = distinct(sipAddresses.filter((address) => address.startsWith('SIP:')));
  const [one, ...others] = primary.length > 0 ? primary : all;
  if (others.length > 0)
    return conflict(`has several addresses and none that is primary: ${[one, ...others].join(', ')}`);
  const own = attributes?.enabled ? distinct([attributes.sip ?? ''])[0] : undefined;
  if (own !== undefined && one !== undefined && own !== one)
    return conflict(`is ${one} in the tenant and ${own} in the SfB attributes`);
  return { kind: 'address', sip: own ?? one };
}

function conflict(because: string): AddressFound {
  return { kind: 'conflict', field: 'sip', because };
}

function distinct(addresses: readonly string[]): readonly string[] {
  const bare = addresses.map((address) => address.replace(/^sip:\s*/i, '').trim());
  return [
    ...new Set(
      bare
        .filter((address) => address !== '')
        .map((address) => {
          const reading = readAddress(address);
          return reading.kind === 'address' ? reading.address : address.toLowerCase();
        }),
    ),
  ];
}
