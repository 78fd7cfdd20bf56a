import type { ServerTransaction } from '../../../protocols/sip/transaction/server.ts';
import type { Clock } from '../../clock.ts';
import type { Endpoint } from '../endpoint.ts';
import type { Pool } from '../pool.ts';
import type { SipEndpoint } from './endpoint.ts';
import type { DoorLimits } from './limits.ts';
import type { People } from './person.ts';
import type { RegisteringLine, Registrar } from './registrar.ts';
import type { Pager } from './simple/pager.ts';
import type { SimplePresence } from './simple/publish.ts';

/** What all connections of a door share. */
export interface Door {
  readonly pool: Pool;
  readonly clock: Clock;
  /** This server's name. */
  readonly fqdn: string;
  readonly limits: DoorLimits;
  readonly registrar: Registrar;
  readonly people: People;
  readonly simple: SimplePresence;
  /** Unguessable; for tags, Call-IDs and boundaries. */
  readonly newId: () => string;
}

/** Who acts: a registered client, or somebody who proved who they are and is not registered here. */
export interface Actor {
  readonly core: Endpoint;
  readonly pager: Pager;
}

/** A request of somebody who is who they say. */
export interface Context {
  readonly door: Door;
  readonly line: RegisteringLine;
  readonly transaction: ServerTransaction;
  /** Of From. */
  readonly address: string;
  /** The registered client that it comes from, if it is one. */
  readonly endpoint: SipEndpoint | undefined;
}
