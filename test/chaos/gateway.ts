import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings, resolveSettings } from '../../src/cli/config/load.ts';
import { keepVaultKey, ledgerFile } from '../../src/cli/data-folder.ts';
import { openGateway } from '../../src/cli/gateway.ts';
import { sides } from '../../src/core/people.ts';
import { openLedger } from '../../src/ledger/sqlite/open.ts';
import { createVault, vaultKeyBytes } from '../../src/ledger/vault.ts';
import { openAuthority } from '../../src/sandbox/authority.ts';
import { systemClock } from '../../src/sandbox/clock.ts';
import { apps, contoso, password } from '../../src/sandbox/world.ts';
import { shiftClock } from './clock-shift.ts';
import { crowd } from './crowd.ts';
import { runChild } from './process.ts';

export interface GatewayOrder {
  readonly data: string;
  readonly couples: number;
  readonly ports: { readonly http: number; readonly https: number };
  /** Base addresses of the fronts. */
  readonly graph: string;
  readonly pools: { readonly online: string; readonly onPrem: string };
  readonly publicUrl: string;
  readonly deadlineMs: number;
  /** By how much its wall clock is wrong, ms. */
  readonly clockShiftMs: number;
  /** The accounts have not been linked yet. */
  readonly isFirst: boolean;
}

export type GatewayWord = { readonly clockShiftMs: number };

/** The product as it is, from its composition root on; only its configuration is made here. */
runChild<GatewayOrder, { readonly url: string }, GatewayWord>(async (order) => {
  shiftClock(order.clockShiftMs);
  if (order.isFirst) await linkEverybody(order);
  const gateway = await openGateway(await configOf(order), undefined);
  return {
    ready: { url: gateway.url },
    hear: ({ clockShiftMs }) => shiftClock(clockShiftMs),
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
});

async function linkEverybody({ data, couples }: GatewayOrder): Promise<void> {
  await using ledger = await openLedger(ledgerFile(data));
  const links = createVault(ledger.secrets, await keepVaultKey(data, vaultKeyBytes));
  for (const { inTeams, inSkype, inSkypeIsLinked } of crowd(couples).couples)
    for (const { address } of inSkypeIsLinked ? [inTeams, inSkype] : [inTeams])
      for (const side of sides)
        await links.put(address as never, side, { kind: 'password', username: address, password });
}

async function configOf(order: GatewayOrder) {
  const { data, ports } = order;
  const authority = await openAuthority(data, systemClock);
  const { key, cert } = await authority.issueServer();
  const file = (name: string): string => join(data, name);
  writeFileSync(file('key.pem'), key, { mode: 0o600 });
  writeFileSync(file('cert.pem'), cert);
  const [app] = apps;
  const account = { upn: `isthmus@${contoso.domain}`, password };
  const poolAccounts = {
    online: { username: account.upn, password },
    onPrem: { username: `isthmus-onprem@${contoso.domain}`, password },
  };
  const settings = readSettings({ folder: data, data, env: {} });
  return resolveSettings({
    ...settings,
    sandbox: { ...settings.sandbox, enabled: false },
    raw: {
      data,
      log: { level: process.env['CHAOS_LOG'] ?? 'silent' },
      listen: {
        port: ports.http,
        tls: { port: ports.https, key: { file: file('key.pem') }, cert: file('cert.pem') },
        publicUrl: order.publicUrl,
      },
      teams: {
        graph: order.graph,
        authority: order.graph,
        ca: authority.caFile,
        tenants: [
          {
            id: contoso.id,
            domain: contoso.domain,
            clientId: app?.clientId,
            secret: app?.secret,
            gatewayAccount: account,
          },
        ],
      },
      skype: {
        pools: (['online', 'onPrem'] as const).map((name) => ({
          name,
          home: name,
          discovery: order.pools[name],
          gatewayAccount: poolAccounts[name],
          ca: authority.caFile,
        })),
      },
      delivery: { deadlineMs: order.deadlineMs, readBackMs: 5_000 },
      people: {
        list: crowd(order.couples)
          .everybody.filter(({ kind }) => kind === 'person')
          .map(({ address, displayName, objectId, home, mode }) => ({
            id: address,
            displayName,
            objectId,
            home,
            mode,
          })),
      },
    },
  });
}
