/**
 * Who lives in the sandbox. UPN and SIP address are both `name@tenant`; every password is {@link password}.
 * The ids are fixed, so that documents, tests and clients can name them.
 */
export const password = 'demo';

export interface SandboxTenant {
  readonly id: string;
  readonly domain: string;
  readonly displayName: string;
}

export interface SandboxPerson {
  readonly name: string;
  readonly displayName: string;
  readonly tenant: SandboxTenant;
  readonly objectId: string;
  readonly address: string;
  /** `gateway`: an account of the gateway itself, not of a human. */
  readonly kind: 'person' | 'gateway';
  readonly mode: 'Legacy' | 'Islands' | 'SfBOnly' | 'TeamsOnly';
  readonly home: 'online' | 'onPrem' | 'none';
}

export interface SandboxApp {
  readonly clientId: string;
  readonly displayName: string;
  /** Public clients have none. */
  readonly secret: string | undefined;
  /** Application permissions consented in every tenant of the sandbox. */
  readonly roles: readonly string[];
}

export const contoso: SandboxTenant = {
  id: '0c0a7050-0000-4000-8000-00000000c001',
  domain: 'contoso.example',
  displayName: 'Contoso',
};

export const fabrikam: SandboxTenant = {
  id: '0fab71ca-0000-4000-8000-00000000fab1',
  domain: 'fabrikam.example',
  displayName: 'Fabrikam',
};

export const tenants: readonly SandboxTenant[] = [contoso, fabrikam];

type Row = readonly [string, string, SandboxTenant, SandboxPerson['mode'], SandboxPerson['home']];

const humans: readonly Row[] = [
  ['alice', 'Alice Adams', contoso, 'Legacy', 'online'],
  ['bob', 'Bob Brown', contoso, 'Legacy', 'online'],
  ['carol', 'Carol Clark', contoso, 'Legacy', 'onPrem'],
  ['dave', 'Dave Davis', contoso, 'Legacy', 'none'],
  ['erin', 'Erin Evans', contoso, 'TeamsOnly', 'online'],
  ['frank', 'Frank Fisher', contoso, 'SfBOnly', 'onPrem'],
  ['heidi', 'Heidi Hall', contoso, 'SfBOnly', 'online'],
  ['ivan', 'Ivan Ivanov', contoso, 'Islands', 'online'],
  ['judy', 'Judy Jones', contoso, 'Islands', 'online'],
  ['mallory', 'Mallory Moore', contoso, 'Islands', 'onPrem'],
  ['grace', 'Grace Green', fabrikam, 'TeamsOnly', 'online'],
  ['oscar', 'Oscar Olsen', fabrikam, 'SfBOnly', 'onPrem'],
  ['peggy', 'Peggy Parker', fabrikam, 'Islands', 'online'],
];

const gatewayAccounts: readonly Row[] = [
  ['isthmus', 'Isthmus', contoso, 'Legacy', 'online'],
  ['isthmus-onprem', 'Isthmus', contoso, 'Legacy', 'onPrem'],
  ['isthmus', 'Isthmus', fabrikam, 'Legacy', 'online'],
  ['isthmus-onprem', 'Isthmus', fabrikam, 'Legacy', 'onPrem'],
];

function toPerson(kind: SandboxPerson['kind'], offset: number) {
  return ([name, displayName, tenant, mode, home]: Row, index: number): SandboxPerson => ({
    name,
    displayName,
    tenant,
    objectId: `a11ce000-0000-4000-8000-${(offset + index + 1).toString(16).padStart(12, '0')}`,
    address: `${name}@${tenant.domain}`,
    kind,
    mode,
    home,
  });
}

export const people: readonly SandboxPerson[] = [
  ...humans.map(toPerson('person', 0)),
  ...gatewayAccounts.map(toPerson('gateway', 0x100)),
];

export const apps: readonly SandboxApp[] = [
  {
    clientId: '15700000-0000-4000-8000-000000000001',
    displayName: 'Isthmus',
    secret: 'sandbox-gateway-secret',
    roles: ['User.Read.All', 'Chat.Create', 'Chat.Read.All', 'Presence.Read.All', 'Presence.ReadWrite.All'],
  },
  {
    clientId: '15700000-0000-4000-8000-000000000002',
    displayName: 'Teams page and command line',
    secret: undefined,
    roles: [],
  },
];
