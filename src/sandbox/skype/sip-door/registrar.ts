import type { ServerTransaction } from '../../../protocols/sip/transaction/server.ts';
import type { Pool } from '../pool.ts';
import { SipEndpoint } from './endpoint.ts';
import type { DoorLimits } from './limits.ts';
import type { Line } from './line.ts';
import { refusals, refuseWith } from './refusal.ts';
import {
  grantRegistration,
  type Registration,
  readRegistration,
  registrationHeaders,
} from './registration.ts';

export interface RegistrarOptions {
  readonly pool: Pool;
  readonly limits: DoorLimits;
  readonly newCallId: () => string;
  /** An endpoint has left. */
  readonly onEnd: (endpoint: SipEndpoint) => void;
}

/** A connection as far as the registrar cares: what was registered over it. */
export interface RegisteringLine extends Line {
  readonly endpoints: Set<SipEndpoint>;
  readonly maxEndpoints: number;
}

/** Which endpoints the people of a pool are signed in with over SIP. */
export class Registrar {
  readonly #options: RegistrarOptions;
  readonly #people = new Map<string, Map<string, SipEndpoint>>();

  constructor(options: RegistrarOptions) {
    this.#options = options;
  }

  /** Answers a REGISTER of somebody who is who they say. */
  register(line: RegisteringLine, transaction: ServerTransaction, address: string): void {
    const wish = readRegistration(transaction.request);
    switch (wish.kind) {
      case 'faulty':
        refuseWith(transaction, { ...refusals.badDocument, reason: 'Contact cannot be read' }, line.fqdn);
        break;
      case 'query':
        transaction.respond(200, { headers: this.#bindings(address) });
        break;
      case 'leaveAll':
        for (const each of [...line.endpoints]) if (each.address === address) each[Symbol.dispose]();
        transaction.respond(200, { headers: [{ name: 'Expires', value: '0' }] });
        break;
      case 'register':
        this.#take(line, transaction, address, wish.registration);
        break;
    }
  }

  /** The endpoint that a request comes from; `undefined` for one of nobody who is registered here. */
  endpointOf(line: RegisteringLine, address: string, epid: string | undefined): SipEndpoint | undefined {
    const own = [...(this.#people.get(address)?.values() ?? [])].filter((each) => each.line === line);
    return own.find((each) => each.epid === epid) ?? (own.length === 1 ? own[0] : undefined);
  }

  endpointsOf(address: string): readonly SipEndpoint[] {
    return [...(this.#people.get(address)?.values() ?? [])];
  }

  #take(
    line: RegisteringLine,
    transaction: ServerTransaction,
    address: string,
    registration: Registration,
  ): void {
    const grant = grantRegistration(registration.expires);
    if (grant.kind === 'tooBrief') {
      transaction.respond(423, { headers: [{ name: 'Min-Expires', value: String(grant.minExpires) }] });
      return;
    }
    const known = this.#people.get(address)?.get(registration.key);
    if (grant.seconds === 0) {
      // Over another connection it is another client that happens to have the same id.
      if (known?.line === line) known[Symbol.dispose]();
      transaction.respond(200, { headers: registrationHeaders(registration, 0, '') });
      return;
    }
    const isSame = known !== undefined && known.line === line && known.contact === registration.contact;
    if (!isSame) {
      // Its client has a new connection, or a new address: what was bound to the old one is dead.
      known?.[Symbol.dispose]();
      const own = this.#people.get(address)?.size ?? 0;
      if (own >= this.#options.limits.endpoints || line.endpoints.size >= line.maxEndpoints) {
        refuseWith(transaction, refusals.tooManyEndpoints, line.fqdn);
        return;
      }
    }
    const endpoint = isSame ? known : this.#open(line, address, registration);
    endpoint.keep(grant.seconds);
    transaction.respond(200, {
      headers: registrationHeaders(registration, grant.seconds, endpoint.gruu),
    });
  }

  #open(line: RegisteringLine, address: string, registration: Registration): SipEndpoint {
    const { pool, limits, newCallId, onEnd } = this.#options;
    const endpoint: SipEndpoint = new SipEndpoint({
      pool,
      line,
      address,
      registration,
      newCallId,
      maxText: limits.text,
      maxConversations: limits.dialogs,
      onEnd: (gone) => {
        line.endpoints.delete(gone);
        const own = this.#people.get(address);
        if (own?.get(gone.key) === gone) own.delete(gone.key);
        if (own?.size === 0) this.#people.delete(address);
        onEnd(gone);
      },
    });
    line.endpoints.add(endpoint);
    const own = this.#people.get(address) ?? new Map<string, SipEndpoint>();
    this.#people.set(address, own.set(endpoint.key, endpoint));
    return endpoint;
  }

  #bindings(address: string) {
    return this.endpointsOf(address).map(({ contact }) => ({ name: 'Contact', value: `<${contact}>` }));
  }
}
