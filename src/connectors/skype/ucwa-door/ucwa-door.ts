import type { Clock } from '../../../core/clock.ts';
import type { Gate } from '../../../core/gate.ts';
import { createDiscovery, createTransport } from '../../../protocols/ucwa/client/client.ts';
import type { Door, DoorAccount, DoorHealth } from '../door.ts';
import { failureOfError } from '../errors.ts';
import { openUcwaEndpoint } from './ucwa-endpoint.ts';

export interface UcwaDoorOptions {
  /** Where autodiscovery starts, best first. */
  readonly discoveryUrls: readonly URL[];
  readonly trustedDomains: readonly string[];
  /** PEM. */
  readonly ca?: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly endpointIdOf: (account: DoorAccount) => string;
  readonly gate: Gate;
  /** How often it is checked that the pool still tells of who is watched, ms. */
  readonly checkEveryMs?: number;
  /** How long the pool lets an invitation ring, ms; 30 s unless given. */
  readonly ringMs?: number;
}

/** No document says it of a pool; its own clients show a toast for half a minute. */
const usualRingMs = 30_000;

/** Every person an application of their own, all over the same connections. */
export function createUcwaDoor(options: UcwaDoorOptions): Door {
  const { clock, discoveryUrls, trustedDomains, ca } = options;
  const transport = createTransport(ca === undefined ? {} : { ca });
  const discovery = createDiscovery({ transport, entries: discoveryUrls, trustedDomains });
  let health: DoorHealth = { kind: 'untried' };
  return {
    ringMs: options.ringMs ?? usualRingMs,
    receivesUnseen: false,
    get health() {
      return health;
    },
    open(account, listener) {
      return openUcwaEndpoint({
        ...options,
        account,
        endpointId: options.endpointIdOf(account),
        listener,
        transport,
        discovery,
        reached() {
          if (health.kind !== 'reached') health = { kind: 'reached', since: clock.now() };
        },
        failing(error) {
          const failure = failureOfError(error, false);
          const since = health.kind === 'failing' ? health.since : clock.now();
          if (failure.id === 'unreachable') health = { kind: 'failing', since, failure };
        },
      });
    },
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}
