import { randomUUID } from 'node:crypto';
import { defaultLimits as messageLimits } from '../../../protocols/sip/limits.ts';
import type { SipConnection } from '../../../protocols/sip/transport/connection.ts';
import { listen, type ServerTls, type SipListener } from '../../../protocols/sip/transport/listen.ts';
import type { Clock } from '../../clock.ts';
import { ListenError } from '../../listen.ts';
import type { Fault } from '../faults.ts';
import type { Pool } from '../pool.ts';
import type { Authentication } from './authentication/authentication.ts';
import { DoorConnection } from './connection.ts';
import type { Door } from './handler.ts';
import { type DoorLimits, defaultLimits } from './limits.ts';
import { People } from './person.ts';
import { Registrar } from './registrar.ts';
import { keepAliveSeconds } from './registration.ts';
import { SimplePresence } from './simple/publish.ts';

export interface SipDoorOptions {
  readonly pool: Pool;
  readonly clock: Clock;
  /** This server's name, as clients see it in diagnostics and sign for it. */
  readonly fqdn: string;
  readonly authentication: Authentication;
  /** Where somebody whom another pool has is to register; `undefined` where that is not known. */
  readonly homeOf: (address: string, transport: 'TCP' | 'TLS') => string | undefined;
  readonly limits?: Partial<DoorLimits>;
}

export interface SipListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Left out: plain TCP. */
  readonly tls?: ServerTls;
}

/** A pool's SIP door. Disposing it closes its ports and connections. */
export interface SipDoor extends AsyncDisposable {
  /** @throws {ListenError} when the port cannot be had. */
  listen(options: SipListenOptions): Promise<SipListener>;
  /** Makes it misbehave. */
  setFault(fault: Fault): void;
  /** Endpoints registered now. */
  readonly registered: number;
}

/** A client that has kept silent for this long, twice what it was told and a little, is gone. */
const idleMs = keepAliveSeconds * 2_200;

export function createSipDoor(options: SipDoorOptions): SipDoor {
  const { pool, clock, fqdn, authentication, homeOf } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const newId = (): string => randomUUID();
  const people = new People(pool, clock, limits.publications);
  const simple = new SimplePresence({ pool, clock, fqdn, newTag: newId });
  const connections = new Map<SipConnection, DoorConnection>();
  const listeners: SipListener[] = [];
  let fault: Fault = { kind: 'none' };

  const registrar = new Registrar({
    pool,
    limits,
    newCallId: newId,
    onEnd: (endpoint) => {
      const isLast = registrar.endpointsOf(endpoint.address).length === 0;
      people.get(endpoint.address)?.presence.endpointGone(endpoint.core.id, isLast);
      simple.clientGone(endpoint.address, endpoint);
    },
  });
  const door: Door = { pool, clock, fqdn, limits, registrar, people, simple, newId };

  const serve = async (connection: SipConnection, transport: 'TCP' | 'TLS'): Promise<void> => {
    if (fault.kind === 'down') {
      await connection[Symbol.asyncDispose]();
      return;
    }
    const served = new DoorConnection({
      door,
      connection,
      transport,
      authentication,
      homeOf,
      fault: () => fault,
      onError: (error) => process.emitWarning(error instanceof Error ? error : String(error)),
    });
    connections.set(connection, served);
    await served.run();
    connections.delete(connection);
  };

  return {
    get registered() {
      let count = 0;
      for (const { endpoints } of connections.values()) count += endpoints.size;
      return count;
    },
    async listen({ host, port, tls }) {
      const listener = await listen({
        host,
        port,
        clock,
        ...(tls && { tls }),
        maxConnections: limits.connections,
        limits: { ...messageLimits, body: 262_144 },
        times: { idle: idleMs },
        // Microsoft's clients want none.
        answersPings: false,
        onConnection: (connection) => void serve(connection, tls === undefined ? 'TCP' : 'TLS'),
      }).catch((error: NodeJS.ErrnoException) => {
        throw new ListenError(host, port, error);
      });
      listeners.push(listener);
      return listener;
    },
    setFault(next) {
      fault = next;
      if (fault.kind === 'down') for (const connection of connections.keys()) connection.close();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(listeners.map((listener) => listener[Symbol.asyncDispose]()));
      simple[Symbol.dispose]();
      people[Symbol.dispose]();
    },
  };
}
