import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../src/cli/config/config.ts';
import { readSettings, resolveSettings } from '../../src/cli/config/load.ts';
import { keepVaultKey, ledgerFile } from '../../src/cli/data-folder.ts';
import { listedPeople } from '../../src/cli/sandbox-config.ts';
import { personId } from '../../src/core/ids.ts';
import { sides } from '../../src/core/people.ts';
import type { Links } from '../../src/gateway/links.ts';
import { openLedger } from '../../src/ledger/sqlite/open.ts';
import { createVault, vaultKeyBytes } from '../../src/ledger/vault.ts';
import { openAuthority } from '../../src/sandbox/authority.ts';
import { systemClock } from '../../src/sandbox/clock.ts';
import { apps, contoso, password, type SandboxPerson } from '../../src/sandbox/world.ts';

/** Which gateway, beside embedded servers that other processes run with people of their own. */
export interface GatewayConfigOptions {
  readonly data: string;
  /** Base address of Graph and the sign-in, over TLS. */
  readonly graph: string;
  /** Discovery of the pools there are, over TLS. */
  readonly pools: { readonly online: string; readonly onPrem?: string };
  readonly everybody: readonly SandboxPerson[];
  /** 0: any that is free. */
  readonly ports: { readonly http: number; readonly https: number };
  readonly publicUrl?: string;
  /** Other sections of the configuration, such as `delivery`. */
  readonly sections: Readonly<Record<string, object>>;
}

/** A configuration as an operator would write it: all that it joins is somewhere in the network. */
export async function gatewayConfig(options: GatewayConfigOptions): Promise<Config> {
  const { data, graph, pools, everybody, ports, publicUrl, sections } = options;
  const authority = await openAuthority(data, systemClock);
  const { key, cert } = await authority.issueServer();
  const [keyFile, certFile] = [join(data, 'key.pem'), join(data, 'cert.pem')];
  writeFileSync(keyFile, key, { mode: 0o600 });
  writeFileSync(certFile, cert);
  const [app] = apps;
  const pool = (name: 'online' | 'onPrem', discovery: string, account: string) => ({
    name,
    home: name,
    discovery,
    gatewayAccount: { username: `${account}@${contoso.domain}`, password },
    ca: authority.caFile,
  });
  const settings = readSettings({ folder: data, data, env: {} });
  return resolveSettings({
    ...settings,
    sandbox: { ...settings.sandbox, enabled: false },
    raw: {
      data,
      listen: {
        port: ports.http,
        tls: { port: ports.https, key: { file: keyFile }, cert: certFile },
        ...(publicUrl === undefined ? {} : { publicUrl }),
      },
      teams: {
        graph,
        authority: graph,
        ca: authority.caFile,
        tenants: [
          {
            id: contoso.id,
            domain: contoso.domain,
            clientId: app?.clientId,
            secret: app?.secret,
            gatewayAccount: { upn: `isthmus@${contoso.domain}`, password },
          },
        ],
      },
      skype: {
        pools: [
          pool('online', pools.online, 'isthmus'),
          ...(pools.onPrem === undefined ? [] : [pool('onPrem', pools.onPrem, 'isthmus-onprem')]),
        ],
      },
      people: { list: listedPeople(everybody) },
      ...sections,
    },
  });
}

/** Links people of the embedded servers on both sides. */
export async function linkPeople(links: Links, addresses: readonly string[]): Promise<void> {
  await Promise.all(
    addresses.flatMap((address) =>
      sides.map((side) =>
        links.put(personId(address), side, { kind: 'password', username: address, password }),
      ),
    ),
  );
}

/** The same in a data folder, before a gateway runs on it. */
export async function linkPeopleIn(data: string, addresses: readonly string[]): Promise<void> {
  await using ledger = await openLedger(ledgerFile(data));
  const vault = createVault(ledger.secrets, await keepVaultKey(data, vaultKeyBytes));
  await linkPeople(vault, addresses);
}
