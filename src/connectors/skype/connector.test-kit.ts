import { randomUUID } from 'node:crypto';
import { somebody } from '../../../test/kit/people.ts';
import { SkypeActor } from '../../../test/kit/skype-actor.ts';
import { conversationOf, type MessageId, type PersonId } from '../../core/ids.ts';
import type { Person } from '../../core/people.ts';
import type { Presence } from '../../core/presence/presence.ts';
import {
  type Connector,
  type DeliveryOutcome,
  type IncomingMessage,
  IntakeRefused,
  type PresenceObservation,
  type Sink,
} from '../../gateway/connector.ts';
import { createDirectory } from '../../gateway/directory.ts';
import type { LinkSecret, Links } from '../../gateway/links.ts';
import { systemClock } from '../../protocols/ucwa/client/client.ts';
import { serve } from '../../sandbox/listen.ts';
import { createPools } from '../../sandbox/skype/pools.ts';
import { createSkypeConnector, type SkypeConnectorOptions } from './connector.ts';

export const alice = somebody('alice');
export const bob = somebody('bob');
export const carol = somebody('carol', { home: 'onPrem' });
export const dave = somebody('dave', { home: 'none' });
export const nobody = somebody('nobody');
const everybody = [alice, bob, carol, dave, nobody];

export const available: Presence = { availability: 'Available', activity: 'None' };

/** Keeps what the connector hands over, as the gateway would. */
class Keeping implements Sink {
  readonly taken: IncomingMessage[] = [];
  readonly observed: PresenceObservation[] = [];
  readonly refusals: string[] = [];
  refuseNext = 0;
  refuseAs: 'ledger-full' | 'not-possible' = 'ledger-full';

  async take(message: IncomingMessage) {
    if (this.refuseNext > 0) {
      this.refuseNext -= 1;
      throw new IntakeRefused({ id: this.refuseAs, side: 'skype', person: 'Alice' });
    }
    if (this.taken.some((other) => other.remoteId === message.remoteId && other.thread === message.thread))
      return 'duplicate';
    this.taken.push(message);
    return 'taken';
  }
  presence(observed: PresenceObservation) {
    this.observed.push(observed);
  }
  remarks() {}
  lastActive() {}
  isAccountedFor() {
    return Promise.resolve(false);
  }
  peopleOf() {
    return Promise.resolve(undefined);
  }
  beforeAcknowledging() {
    return Promise.resolve();
  }
  found() {
    // A pool has no history to read back.
  }
  refused(_side: string, refusal: { readonly id: string }) {
    this.refusals.push(refusal.id);
  }
  texts(): readonly string[] {
    return this.taken.map(({ body }) => (body.format === 'text' ? body.text : body.html));
  }
}

/** `linked`: who has an account at a pool that the gateway may use; alice, bob and carol unless given. */
interface SkypeWorldOptions extends Partial<SkypeConnectorOptions> {
  readonly linked?: readonly Person[];
}

/** The embedded pools, the connector at both of them, and people at clients of their own. */
export async function openSkypeWorld(options: SkypeWorldOptions = {}) {
  const pools = createPools();
  let signIns = 0;
  for (const { ucwa } of [pools.online, pools.onPrem])
    ucwa.addHook('onRequest', async ({ url }) => {
      if (url === '/WebTicket/oauthtoken') signIns += 1;
    });
  const online = await serve(pools.online.ucwa, { host: '127.0.0.1', port: 0 });
  const onPrem = await serve(pools.onPrem.ucwa, { host: '127.0.0.1', port: 0 });
  pools.online.setAddresses({ http: online.http.url });
  pools.onPrem.setAddresses({ http: onPrem.http.url });
  const linked = new Set((options.linked ?? [alice, bob, carol]).map((person) => person.id));
  const links: Links = {
    async get(person: PersonId): Promise<LinkSecret | undefined> {
      return linked.has(person) ? { kind: 'password', username: person, password: 'demo' } : undefined;
    },
    put: async () => undefined,
    remove: async () => undefined,
  };
  const connector: Connector = createSkypeConnector({
    pools: [
      {
        name: 'online',
        home: 'online',
        discoveryUrl: online.http.url,
        gatewayAccount: { username: 'isthmus@contoso.example', password: 'demo' },
      },
      {
        name: 'onPrem',
        home: 'onPrem',
        discoveryUrl: onPrem.http.url,
        gatewayAccount: { username: 'isthmus-onprem@contoso.example', password: 'demo' },
      },
    ],
    directory: createDirectory(everybody),
    links,
    clock: systemClock,
    ...options,
  });
  const sink = new Keeping();
  await connector.start(sink);
  const actors: SkypeActor[] = [];
  return {
    pools,
    connector,
    sink,
    /** Passwords that somebody has tried at a pool. */
    get signIns() {
      return signIns;
    },
    async actor(person: Person, signInAs?: string) {
      const where = person.skype.home === 'onPrem' ? onPrem : online;
      const actor = new SkypeActor(where.http.url, person.id);
      actors.push(actor);
      await actor.signIn(signInAs === undefined ? {} : { signInAs });
      return actor;
    },
    send(from: Person, to: Person, text: string, extra: Record<string, unknown> = {}) {
      const deadline = new AbortController();
      const outcome = connector.deliver(
        {
          message: randomUUID() as MessageId,
          conversation: conversationOf(from.id, to.id),
          author: from,
          recipient: to,
          body: { format: 'text', text },
          writtenAt: Date.now(),
          thread: undefined,
          attempt: 1,
          firstAttemptAt: Date.now(),
          ...extra,
        },
        deadline.signal,
      );
      return { outcome, deadline };
    },
    async [Symbol.asyncDispose]() {
      for (const actor of actors) await actor.close();
      await connector[Symbol.asyncDispose]();
      await online[Symbol.asyncDispose]();
      await onPrem[Symbol.asyncDispose]();
      await pools[Symbol.asyncDispose]();
    },
  };
}

/** `delivered`, or kind and id of what kept it from that, such as `refused offline`. */
export function reasonOf(outcome: DeliveryOutcome): string {
  return outcome.kind === 'delivered' ? 'delivered' : `${outcome.kind} ${outcome.refusal.id}`;
}
