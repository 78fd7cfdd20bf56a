import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type JoinedUser, type JoinRules, joinUser } from './join.ts';
import { readSkypeAttributes, type SkypeAttributes } from './skype-attributes.ts';
import type { DirectoryUser } from './users.ts';

const user: DirectoryUser = {
  objectId: '00000000-0000-4000-8000-000000000001',
  upn: 'Bob@Contoso.example',
  displayName: 'Bob Brown',
  isEnabled: true,
  isGuest: false,
  sipAddresses: ['SIP:bob@contoso.example'],
  extensions: {},
};
const rules: JoinRules = {
  tenants: new Set(['contoso.example']),
  pools: new Map([
    ['online', 'online'],
    ['attic', 'onPrem'],
    ['cellar', 'onPrem'],
  ]),
  defaults: new Map([['contoso.example', { mode: 'Islands', home: 'online' }]]),
  ownAddresses: new Set(['isthmus@contoso.example']),
  attributes: undefined,
  poolNames: new Map([['cellar.contoso.example', 'cellar']]),
  extensions: {},
};
const onPrem: SkypeAttributes = {
  enabled: true,
  sip: 'sip:bob@contoso.example',
  home: 'onPrem',
  homeServer: 'cellar.contoso.example',
  mode: 'SfBOnly',
};
const withAttributes = (attributes: SkypeAttributes): JoinRules => ({
  ...rules,
  attributes: new Map([['bob@contoso.example', attributes]]),
});

function person(joined: JoinedUser) {
  assert.equal(joined.kind, 'person', JSON.stringify(joined));
  return joined.kind === 'person' ? joined.person : assert.fail();
}
function conflicts(joined: JoinedUser): readonly string[] {
  assert.equal(joined.kind, 'conflict', JSON.stringify(joined));
  return joined.kind === 'conflict'
    ? joined.conflicts.map(({ field, because }) => `${field} ${because}`)
    : [];
}

describe('a user of the tenant', () => {
  it('is a person with the tenant’s defaults where nothing else is known', () => {
    assert.deepEqual(person(joinUser(user, rules)), {
      id: 'bob@contoso.example',
      displayName: 'Bob Brown',
      tenant: 'contoso.example',
      mode: 'Islands',
      teams: { kind: 'account', objectId: user.objectId, upn: 'bob@contoso.example' },
      skype: { home: 'online', sip: 'sip:bob@contoso.example', pool: 'online' },
    });
  });

  it('has the address, home, pool and mode that the SfB side says', () => {
    const { mode, skype } = person(joinUser(user, withAttributes(onPrem)));
    assert.deepEqual(
      [mode, skype],
      ['SfBOnly', { home: 'onPrem', sip: 'sip:bob@contoso.example', pool: 'cellar' }],
    );
  });

  it('has no SfB account where the SfB side says that it is not enabled', () => {
    const off = withAttributes({ ...onPrem, enabled: false, mode: undefined });
    assert.deepEqual(person(joinUser(user, off)).skype, { home: 'none' });
  });

  it('is as the organisation’s extension attributes say, above the SfB side', () => {
    const ruled: JoinRules = {
      ...withAttributes(onPrem),
      extensions: { mode: 'extensionAttribute7', home: 'extensionAttribute8' },
    };
    const extensions = { extensionAttribute7: 'Legacy', extensionAttribute8: ' online ' };
    const { mode, skype } = person(joinUser({ ...user, extensions }, { ...ruled, poolNames: new Map() }));
    assert.deepEqual([mode, skype.home], ['Legacy', 'online']);
    assert.deepEqual(conflicts(joinUser({ ...user, extensions: { extensionAttribute7: 'Island' } }, ruled)), [
      'mode "Island" is no coexistence mode; there are Legacy, Islands, SfBOnly, SfBWithTeamsCollab, SfBWithTeamsCollabAndMeetings, TeamsOnly',
    ]);
  });

  it('is nobody of the gateway’s when a guest, disabled, or an account of the gateway itself', () => {
    assert.equal(joinUser({ ...user, isEnabled: false }, rules).kind, 'nobody');
    assert.equal(joinUser({ ...user, isGuest: true }, rules).kind, 'nobody');
    assert.equal(joinUser({ ...user, upn: 'isthmus@contoso.example' }, rules).kind, 'nobody');
  });

  it('has the address in capitals among several, and a conflict where none or more than one is', () => {
    const several = (...sipAddresses: string[]) => joinUser({ ...user, sipAddresses }, rules);
    const { skype } = person(several('sip:old@contoso.example', 'SIP:Bob@Contoso.example'));
    assert.equal(skype.home === 'none' ? '' : skype.sip, 'sip:bob@contoso.example');
    assert.deepEqual(conflicts(several('sip:bob@contoso.example', 'sip:robert@contoso.example')), [
      'sip has several addresses and none that is primary: bob@contoso.example, robert@contoso.example',
    ]);
    assert.equal(several('SIP:a@contoso.example', 'SIP:b@contoso.example').kind, 'conflict');
    assert.equal(several('sip:bob@contoso.example', 'sip:BOB@contoso.example').kind, 'person');
  });

  it('is a conflict where the tenant and the SfB side name two addresses', () => {
    assert.deepEqual(
      conflicts(joinUser(user, withAttributes({ ...onPrem, sip: 'sip:robert@contoso.example' }))),
      ['sip is bob@contoso.example in the tenant and robert@contoso.example in the SfB attributes'],
    );
  });

  it('is a conflict, by field, where the directory’s own rules refuse it', () => {
    assert.match(
      conflicts(joinUser({ ...user, upn: 'bob@elsewhere.example' }, rules)).join(),
      /that of no tenant/,
    );
    assert.match(
      conflicts(joinUser(user, withAttributes({ ...onPrem, mode: 'TeamsOnly' }))).join(),
      /^mode is TeamsOnly for a person homed on-prem/,
    );
    assert.match(
      conflicts(joinUser(user, withAttributes({ ...onPrem, homeServer: undefined }))).join(),
      /^pool is missing, and not exactly one pool has the home onPrem/,
    );
    assert.match(conflicts(joinUser({ ...user, displayName: '' }, rules)).join(), /^displayName is missing/);
  });
});

describe('an export of SfB attributes', () => {
  const ad = {
    DistinguishedName: 'CN=Bob',
    userPrincipalName: 'Bob@contoso.example',
    'msRTCSIP-PrimaryUserAddress': 'sip:bob@contoso.example',
    'msRTCSIP-UserEnabled': 'TRUE',
    'msRTCSIP-DeploymentLocator': 'SRV:',
    'msRTCSIP-PrimaryHomeServer': 'CN=Lc Services,CN=Microsoft,CN=1:1,CN=Pools,CN=RTC Service',
  };

  it('is read as Active Directory names the columns', () => {
    assert.deepEqual(readSkypeAttributes([ad]).byUpn.get('bob@contoso.example'), {
      enabled: true,
      sip: 'sip:bob@contoso.example',
      home: 'onPrem',
      homeServer: 'cn=lc services,cn=microsoft,cn=1:1,cn=pools,cn=rtc service',
      mode: undefined,
    });
  });

  it('is read as the SfB server’s PowerShell names them', () => {
    const { byUpn, problems } = readSkypeAttributes([
      {
        UserPrincipalName: 'bob@contoso.example',
        SipAddress: 'sip:bob@contoso.example',
        Enabled: 'True',
        HostingProvider: 'sipfed.online.lync.com',
        RegistrarPool: '',
        TeamsUpgradeEffectiveMode: 'TeamsOnly',
      },
    ]);
    assert.deepEqual(problems, []);
    const bob = byUpn.get('bob@contoso.example');
    assert.deepEqual([bob?.home, bob?.mode, bob?.homeServer], ['online', 'TeamsOnly', undefined]);
  });

  it('leaves out of account what stands beside a person who is not enabled', () => {
    for (const enabled of ['FALSE', '']) {
      const row = { ...ad, 'msRTCSIP-UserEnabled': enabled, 'msRTCSIP-DeploymentLocator': '' };
      const bob = readSkypeAttributes([row]).byUpn.get('bob@contoso.example');
      assert.deepEqual([bob?.enabled, bob?.home], [false, undefined]);
    }
  });

  it('is refused as a whole for anything wrong, with row, person and column', () => {
    const carol = { ...ad, userPrincipalName: 'carol@contoso.example' };
    const cases: readonly (readonly [Readonly<Record<string, string>>, string, RegExp])[] = [
      [{ ...carol, 'msRTCSIP-UserEnabled': 'yes' }, 'msRTCSIP-UserEnabled', /neither TRUE nor FALSE/],
      [{ ...carol, 'msRTCSIP-DeploymentLocator': 'pool.example' }, 'msRTCSIP-DeploymentLocator', /SRV:/],
      [{ ...carol, 'msRTCSIP-PrimaryUserAddress': '' }, 'msRTCSIP-PrimaryUserAddress', /is missing/],
      [{ ...carol, userPrincipalName: ' ' }, 'userPrincipalName', /is missing/],
      [{ ...ad, userPrincipalName: 'BOB@contoso.example' }, 'userPrincipalName', /row already: row 1/],
    ];
    for (const [row, field, because] of cases) {
      const { byUpn, problems } = readSkypeAttributes([ad, row]);
      assert.equal(byUpn.size, 0);
      assert.deepEqual([problems[0]?.row, problems[0]?.field], [2, field]);
      assert.match(problems[0]?.because ?? '', because);
    }
    const { 'msRTCSIP-UserEnabled': _, ...lacking } = ad;
    assert.match(readSkypeAttributes([lacking]).problems[0]?.because ?? '', /no column of the export/);
  });
});
