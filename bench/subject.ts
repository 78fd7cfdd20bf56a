import { randomBytes } from 'node:crypto';
import Fastify from 'fastify';
import type { Config } from '../src/cli/config/config.ts';
import { createConnectors } from '../src/cli/connectors.ts';
import { openGateway } from '../src/cli/gateway.ts';
import { listen } from '../src/cli/listen.ts';
import { conversationOf, type MessageId } from '../src/core/ids.ts';
import { otherSide, type Side } from '../src/core/people.ts';
import { systemClock } from '../src/gateway/clock.ts';
import type { Connector, IncomingMessage, Sink, Taken } from '../src/gateway/connector.ts';
import { createDirectory } from '../src/gateway/directory.ts';
import type { Links } from '../src/gateway/links.ts';
import { gatewayConfig, linkPeople, linkPeopleIn } from '../test/kit/gateway-config.ts';
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

function configFor({ data, crowd: order, servers }: SubjectOrder): Promise<Config> {
  return gatewayConfig({
    data,
    graph: servers.graphTls,
    pools: { online: servers.poolTls },
    everybody: crowd(order).everybody,
    ports: { http: 0, https: 0 },
    sections: { log: { level: 'error' } },
  });
}

async function openSubjectGateway({ data }: SubjectOrder, config: Config) {
  await linkPeopleIn(
    data,
    config.people.map(({ id }) => id),
  );
  const gateway = await openGateway(config, undefined);
  return {
    ready: { url: gateway.url },
    // Asked anything, it tells how much memory is in use, without garbage and the collector's reserve, in bytes.
    async answer(): Promise<number> {
      globalThis.gc?.();
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    },
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

async function openFloor(_: SubjectOrder, config: Config) {
  const stack = new AsyncDisposableStack();
  const links = memoryLinks();
  await linkPeople(
    links,
    config.people.map(({ id }) => id),
  );
  const directory = createDirectory(config.people);
  const app = Fastify();
  let publicUrl = '';
  const connectors = createConnectors(config, {
    app,
    links,
    kept: {
      list: async () => [],
      keys: async () => [],
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
