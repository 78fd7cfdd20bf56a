import { createHmac, randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import Fastify from 'fastify';
import { isLoopback } from '../console/access.ts';
import { createConsole } from '../console/console.ts';
import { createMetrics } from '../console/metrics.ts';
import type { SandboxAnswer } from '../console/types.ts';
import { describePolicies } from '../core/routing/policy.ts';
import { systemClock } from '../gateway/clock.ts';
import { createGateway } from '../gateway/gateway.ts';
import type { Links } from '../gateway/links.ts';
import { startRetention } from '../gateway/retention.ts';
import { openLedger } from '../ledger/sqlite/open.ts';
import { createVault, vaultKeyBytes } from '../ledger/vault.ts';
import type { Config } from './config/config.ts';
import { createConnectors } from './connectors.ts';
import {
  keepToken,
  keepVaultKey,
  ledgerFile,
  readAmendments,
  writeAmendments,
  writeRunFile,
} from './data-folder.ts';
import { listen } from './listen.ts';
import { createLog, createReport } from './log.ts';
import { holdPeople } from './people-held.ts';
import { createPeopleSources } from './people-sources.ts';
import { createPeopleStore } from './people-store.ts';
import { version } from './version.ts';

/** A gateway at work; disposing it ends everything it opened, in reverse. */
export interface RunningGateway extends AsyncDisposable {
  readonly url: string;
  readonly publicUrl: string;
}

/** What the composition root is told of the embedded servers; they themselves are another process. */
export interface SandboxSide {
  readonly answer: SandboxAnswer;
  /** Links the sandbox people's accounts, if that has not been done. */
  link(links: Links): Promise<void>;
}

const pages = fileURLToPath(new URL('../../web/dist/', import.meta.url));

/** The composition root: everything the gateway consists of is made here, from configuration, and joined. */
export async function openGateway(
  config: Config,
  sandbox: SandboxSide | undefined,
  /** The configuration as it is now; files about people are not watched without. @throws {ConfigError} */
  reload?: () => Promise<Config>,
): Promise<RunningGateway> {
  await using stack = new AsyncDisposableStack();
  const { data, policies, federation, toasts } = config;
  const metrics = createMetrics();
  const report = createReport(createLog(config.log.level), metrics);
  const token = await keepToken(data, config.listen.token);
  const vaultKey = await keepVaultKey(data, vaultKeyBytes);

  const ledger = stack.use(await openLedger(ledgerFile(data), config.ledger));
  const links = createVault(ledger.secrets, vaultKey);
  const people = createPeopleStore({
    people: config.people,
    rules: config.directory,
    amendments: await readAmendments(data),
    keep: (amendments) => writeAmendments(data, amendments),
    ...(await holdPeople(ledger.kept, report)),
    clock: systemClock,
    report,
  });
  const { directory } = people;
  await sandbox?.link(links);

  let publicUrl = config.listen.publicUrl ?? '';
  const app = Fastify({ trustProxy: false, bodyLimit: 1024 * 1024 });
  const connectors = createConnectors(config, {
    app,
    links,
    kept: ledger.kept,
    directory,
    clock: systemClock,
    installation: createHmac('sha256', vaultKey).update('installation').digest('base64url'),
    publicUrl: () => publicUrl,
  });
  const gateway = createGateway({
    directory,
    ledger,
    connectors,
    clock: systemClock,
    random: randomBytes,
    policies,
    federation,
    presence: config.presence,
    toasts,
    ...config.delivery,
    sessionIdleMs: config.skype.sessionIdleMs,
    report,
  });
  const openReads = isLoopback(config.listen.host);
  await app.register(
    createConsole({
      gateway,
      directory,
      people,
      links,
      linkChanged(person, side) {
        if (side === 'teams') connectors.teams.linkChanged(person);
        gateway.linkChanged(person, side);
      },
      clock: systemClock,
      metrics,
      report,
      version,
      policy: describePolicies(policies),
      publicUrl: () => publicUrl,
      access: { token, openReads, openChanges: openReads && sandbox !== undefined },
      sandbox: sandbox?.answer,
      pages,
    }),
  );

  const sources = createPeopleSources({
    config,
    people,
    tenants: connectors.teams.users,
    reload,
    clock: systemClock,
    random: Math.random,
    report,
  });
  await sources.restore();

  const listening = stack.use(await listen(app, config.listen));
  publicUrl ||= listening.secureUrl ?? listening.url;
  stack.use(gateway);
  await gateway.start();
  stack.use(startRetention({ ledger, clock: systemClock, ...config.ledger, report }));
  stack.use(sources);
  sources.start();
  stack.use(await writeRunFile(data, { url: listening.url, pid: process.pid }));

  const open = stack.move();
  return { url: listening.url, publicUrl, [Symbol.asyncDispose]: () => open.disposeAsync() };
}
