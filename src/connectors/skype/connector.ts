import { createHmac, randomUUID } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { createGate } from '../../core/gate.ts';
import type { Person, SipUri } from '../../core/people.ts';
import { recent } from '../../core/recent.ts';
import type { Connector, Finding, LinkStatus, PublishOutcome, Sink } from '../../gateway/connector.ts';
import type { Directory } from '../../gateway/directory.ts';
import type { Links } from '../../gateway/links.ts';
import { createAccounts } from './accounts.ts';
import { capabilities } from './capabilities.ts';
import { createDelivering } from './delivering.ts';
import type { Door, DoorAccount } from './door.ts';
import { Endpoints } from './endpoints.ts';
import type { Failure } from './errors.ts';
import { sipUri, threadKey } from './ids.ts';
import { Listening } from './listening.ts';
import { refusalOf } from './outcomes.ts';
import { openDoor, type PoolOptions } from './pools.ts';
import { createWatching } from './presence.ts';
import { createProxies } from './proxies.ts';
import { createShowing, type SignOut } from './showing.ts';
import { poolStatus } from './status.ts';

export interface SkypeConnectorOptions {
  readonly pools: readonly PoolOptions[];
  readonly directory: Directory;
  readonly links: Links;
  readonly clock: Clock;
  /** Names this installation at its pools, the same at every start; a fresh one unless given. */
  readonly installation?: string;
  /** Silence after which a session counts as ended; 10 minutes unless given. */
  readonly sessionIdleMs?: number;
  /** Silence after which an endpoint made only for writing signs out; 15 minutes unless given. */
  readonly endpointIdleMs?: number;
  /** Endpoints that may be signing in at one time; 64 unless given. */
  readonly opensAtOnce?: number;
  /** `immediate` unless given. */
  readonly signOut?: SignOut;
  /** How often a pool is asked whether it still tells of who is watched, ms; 30 s unless given. */
  readonly checkEveryMs?: number;
  readonly random?: () => number;
  readonly mintId?: () => string;
}

/** Also how often an account is tried again that its pool has refused. */
const tickMs = 60_000;
const rememberedOutcomes = 10_000;

export function createSkypeConnector(options: SkypeConnectorOptions): Connector {
  const { directory, clock, pools, mintId = randomUUID, random = Math.random } = options;
  const installation = options.installation ?? randomUUID();
  const gate = createGate(options.opensAtOnce ?? 64);
  const doors = new Map<string, Door>();
  const gatewayAccounts = new Map<string, DoorAccount>();
  for (const pool of pools) {
    doors.set(
      pool.name,
      openDoor(pool, {
        clock,
        random,
        gate,
        endpointIdOf: ({ sip }) => uuidOf(installation, `${pool.name} ${sip}`),
        checkEveryMs: options.checkEveryMs ?? 30_000,
      }),
    );
    const account = pool.gatewayAccount && accountOf(pool.gatewayAccount);
    if (account) gatewayAccounts.set(pool.name, account);
  }

  const proxies = createProxies();
  /** What became of texts whose sender was told that it is uncertain. */
  const late = recent<string, Finding>(rememberedOutcomes);
  let sink: Sink | undefined;
  let ticking: Disposable | undefined;

  const accounts = createAccounts(options.links, {
    gateway: gatewayAccounts,
    trusted: new Set(pools.filter(({ protocol }) => protocol === 'sip').map(({ name }) => name)),
  });
  const endpoints: Endpoints = new Endpoints({
    doors,
    accounts,
    clock,
    mintId,
    sessionIdleMs: options.sessionIdleMs ?? 10 * 60_000,
    endpointIdleMs: options.endpointIdleMs ?? 15 * 60_000,
    late: ({ pool, sip, owner }, peer, text, { end, thread }) => {
      if (end.kind === 'delivered') {
        const key = threadKey({ pool, owner: sip, peer, thread });
        const as = owner.kind === 'person' ? 'author' : 'gateway';
        late.set(text, { kind: 'found', thread: key, remoteId: end.remote, as });
      } else if (end.failure.kind !== 'uncertain') late.set(text, { kind: 'absent' });
    },
    listen: (endpoint) => new Listening(endpoint, { sink: started(), directory, endpoints, proxies, mintId }),
  });

  const showing = createShowing(endpoints, options.signOut ?? 'immediate', clock);

  const watching = createWatching(
    pools.map((pool) => pool.name),
    endpoints,
    (pool, failure) => started().refused('skype', refusalOf(failure, pool)),
  );

  function started(): Sink {
    if (!sink) throw new Error('the connector has not been started');
    return sink;
  }

  const tick = (): void => {
    ticking = clock.setTimer(tickMs, () => {
      endpoints.tick().catch(() => undefined);
      watching.renew().catch(() => undefined);
      tick();
    });
  };

  return {
    side: 'skype',
    capabilities,

    async start(given) {
      sink = given;
      tick();
      await watching.renew();
    },

    ...createDelivering({ doors, endpoints, proxies, late }),

    async publish(person, presence) {
      if (person.skype.home === 'none') {
        return { kind: 'failed', refusal: { id: 'not-enabled', side: 'skype', person: person.displayName } };
      }
      return outcomeOf(await showing.show(person, presence), person);
    },

    canShow: async (person) => (await accounts.own(person)).kind === 'account',
    remark: async (person, remarks) => outcomeOf(await showing.remark(person, remarks), person),
    leaveRemarks: (person) => showing.leaveRemarks(person),
    inherit: (left) => showing.inherit(left),

    watch: (people) => watching.watch(people),
    receive: (people) => showing.receive(people),

    isTalking: (author, recipient) => isTalking(endpoints, author, recipient),

    status: (): readonly LinkStatus[] => poolStatus(pools, doors, endpoints),

    async [Symbol.asyncDispose]() {
      ticking?.[Symbol.dispose]();
      await endpoints[Symbol.asyncDispose]();
      for (const door of doors.values()) await door[Symbol.asyncDispose]();
    },
  };
}

function outcomeOf(failure: Failure | undefined, person: Person): PublishOutcome {
  return failure
    ? { kind: 'failed', refusal: refusalOf(failure, person.displayName) }
    : { kind: 'published' };
}

function isTalking(endpoints: Endpoints, author: Person, recipient: Person): boolean {
  if (recipient.skype.home === 'none') return false;
  const own = endpoints.ifThere(author.id)?.known(recipient.skype.sip, undefined);
  const ours = endpoints.ofGateway(recipient.skype.pool);
  const proxy = ours.kind === 'found' ? ours.endpoint.known(recipient.skype.sip, author.id) : undefined;
  return own?.isOpen === true || proxy?.isOpen === true;
}

/** The same name for the same thing, as a UUID of the kind that is made from names. */
function uuidOf(installation: string, name: string): string {
  const hash = createHmac('sha256', installation).update(name).digest('hex');
  const variant = ((Number.parseInt(hash.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `${variant}${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}

function accountOf(account: NonNullable<PoolOptions['gatewayAccount']>): DoorAccount | undefined {
  const sip: SipUri | undefined = sipUri(account.sip ?? account.username);
  return sip && { of: 'gateway', sip, username: account.username, password: account.password ?? '' };
}
