import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Fastify from 'fastify';
import type { Config } from '../src/cli/config/config.ts';
import { resolveSettings, type Settings } from '../src/cli/config/load.ts';
import { createConnectors } from '../src/cli/connectors.ts';
import { keepVaultKey, ledgerFile } from '../src/cli/data-folder.ts';
import { openGateway } from '../src/cli/gateway.ts';
import { listen } from '../src/cli/listen.ts';
import { conversationOf, type MessageId } from '../src/core/ids.ts';
import { otherSide, type Side } from '../src/core/people.ts';
import { systemClock } from '../src/gateway/clock.ts';
import type { Connector, IncomingMessage, Sink, Taken } from '../src/gateway/connector.ts';
import { createDirectory } from '../src/gateway/directory.ts';
import type { Links } from '../src/gateway/links.ts';
import { openLedger } from '../src/ledger/sqlite/open.ts';
import { createVault, vaultKeyBytes } from '../src/ledger/vault.ts';
import { openAuthority } from '../src/sandbox/authority.ts';
import { apps, contoso, password } from '../src/sandbox/world.ts';
import { runChild } from './child.ts';
import { type CrowdOrder, crowd } from './crowd.ts';
import type { Servers } from './servers.ts';

/** `floor`: the same two connectors joined by nothing: no ledger, no duplicates or echoes recognised, no order, no rules. */
export type SubjectKind = 'gateway' | 'floor';

export interface SubjectOrder {
  readonly kind: SubjectKind;
  readonly data: string;
  readonly crowd: CrowdOrder;
  readonly servers: Servers;
}

export interface Subject {
  readonly url: string;
}

runChild<SubjectOrder, Subject>(async (order) => {
  const config = await configFor(order);
  return order.kind === 'gateway' ? openSubjectGateway(order, config) : openFloor(order, config);
});

async function configFor({ data, crowd: order, servers }: SubjectOrder): Promise<Config> {
  const authority = await openAuthority(data, systemClock);
  const { key, cert } = await authority.issueServer();
  const file = (name: string): string => join(data, name);
  writeFileSync(file('key.pem'), key, { mode: 0o600 });
  writeFileSync(file('cert.pem'), cert);
  const [app] = apps;
  const account = { upn: `isthmus@${contoso.domain}`, password };
  const settings: Settings = {
    folder: data,
    data,
    env: {},
    sandbox: {
      enabled: false,
      ports: { graph: 0, online: 0, onPrem: 0, onlineSip: 0, onPremSip: 0 },
      protocols: { online: 'ucwa', onPrem: 'ucwa' },
    },
    raw: {
      data,
      log: { level: 'error' },
      listen: { port: 0, tls: { port: 0, key: { file: file('key.pem') }, cert: file('cert.pem') } },
      teams: {
        graph: servers.graphTls,
        authority: servers.graphTls,
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
        pools: [
          {
            name: 'online',
            home: 'online',
            discovery: servers.poolTls,
            gatewayAccount: { username: account.upn, password },
            ca: authority.caFile,
          },
        ],
      },
      people: {
        list: crowd(order)
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
  };
  return resolveSettings(settings);
}

async function linkEverybody(links: Links, config: Config): Promise<void> {
  await Promise.all(
    config.people.flatMap(({ id }) =>
      (['teams', 'skype'] as const).map((side) =>
        links.put(id, side, { kind: 'password', username: id, password }),
      ),
    ),
  );
}

async function openSubjectGateway({ data }: SubjectOrder, config: Config) {
  {
    await using ledger = await openLedger(ledgerFile(data));
    await linkEverybody(createVault(ledger.secrets, await keepVaultKey(data, vaultKeyBytes)), config);
  }
  const gateway = await openGateway(config, undefined);
  return { ready: { url: gateway.url }, [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose]() };
}

async function openFloor(_: SubjectOrder, config: Config) {
  const stack = new AsyncDisposableStack();
  const links = memoryLinks();
  await linkEverybody(links, config);
  const directory = createDirectory(config.people);
  const app = Fastify();
  let publicUrl = '';
  const connectors = createConnectors(config, {
    app,
    links,
    kept: {
      list: async () => [],
      get: async () => undefined,
      put: async () => undefined,
      remove: async () => undefined,
    },
    directory,
    clock: systemClock,
    publicUrl: () => publicUrl,
  });
  const listening = stack.use(await listen(app, config.listen));
  publicUrl = listening.secureUrl ?? '';
  for (const connector of Object.values(connectors)) stack.use(connector);

  const forward = async (message: IncomingMessage): Promise<Taken> => {
    const author = directory.person(message.author);
    const recipient = directory.person(message.recipient);
    if (!author || !recipient || isEcho(message)) return 'echo';
    const side = otherSide(message.side);
    void connectors[side].deliver(
      {
        message: randomBytes(8).toString('hex') as MessageId,
        conversation: conversationOf(author.id, recipient.id),
        author,
        recipient,
        body: message.body,
        writtenAt: message.writtenAt,
        thread: undefined,
        attempt: 1,
        firstAttemptAt: Date.now(),
      },
      AbortSignal.timeout(30_000),
    );
    return 'taken';
  };
  const sink: Sink = {
    take: forward,
    presence: () => undefined,
    remarks: () => undefined,
    lastActive: () => undefined,
    peopleOf: () => Promise.resolve(undefined),
    isAccountedFor: () => Promise.resolve(false),
    found: () => undefined,
    beforeAcknowledging: () => Promise.resolve(),
    refused: (side, refusal) => console.error(`floor: ${side} ${refusal.id} ${refusal.detail}`),
  };
  await Promise.all(Object.values(connectors).map((connector: Connector) => connector.start(sink)));
  for (const person of config.people)
    if (person.mode === 'Legacy')
      await connectors.skype.publish(person, { availability: 'Available', activity: 'None' });
  return { ready: { url: listening.url }, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** In this crowd one of each two writes in Teams alone, the other in SfB alone. */
function isEcho({ side, author }: IncomingMessage): boolean {
  const home: Side = author.startsWith('t') ? 'teams' : 'skype';
  return side !== home;
}

function memoryLinks(): Links {
  const secrets = new Map<string, Awaited<ReturnType<Links['get']>>>();
  return {
    get: (person, side) => Promise.resolve(secrets.get(`${side} ${person}`)),
    put: (person, side, secret) => Promise.resolve(void secrets.set(`${side} ${person}`, secret)),
    remove: (person, side) => Promise.resolve(void secrets.delete(`${side} ${person}`)),
  };
}
