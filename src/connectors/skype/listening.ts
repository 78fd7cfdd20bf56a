import type { PersonId } from '../../core/ids.ts';
import type { SipUri } from '../../core/people.ts';
import type { Presence } from '../../core/presence/presence.ts';
import type { Remarks } from '../../core/presence/remarks.ts';
import type { DialogEnd, DialogId, DoorInvitation, DoorListener, DoorMessage } from './door.ts';
import type { Endpoint } from './endpoint.ts';
import type { Failure } from './errors.ts';
import { createIncoming, type Incoming, type IncomingOptions } from './incoming.ts';

/** Listens at one endpoint. What is needed for texts is made with the first one: most endpoints only show somebody. */
export class Listening implements DoorListener {
  readonly #endpoint: Endpoint;
  readonly #options: IncomingOptions;
  #incoming: Incoming | undefined;

  constructor(endpoint: Endpoint, options: IncomingOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
  }

  invited(invitation: DoorInvitation): Promise<void> | undefined {
    return this.#withIncoming().invited(invitation);
  }

  received(message: DoorMessage): Promise<void> | undefined {
    return this.#withIncoming().received(message);
  }

  ended(dialog: DialogId, how: DialogEnd): void {
    this.#withIncoming().ended(dialog, how);
  }

  presence(sip: SipUri, presence: Presence, observedAt: number): void {
    const person = this.#personWith(sip);
    if (person !== undefined) this.#options.sink.presence({ side: 'skype', person, presence, observedAt });
  }

  remarks(sip: SipUri, remarks: Remarks, observedAt: number): void {
    const person = this.#personWith(sip);
    if (person !== undefined) this.#options.sink.remarks({ side: 'skype', person, remarks, observedAt });
  }

  lastActive(sip: SipUri, at: number): void {
    const person = this.#personWith(sip);
    if (person !== undefined) this.#options.sink.lastActive('skype', person, at);
  }

  failed({ id, detail }: Failure): void {
    if (id === 'link-refused') this.#options.endpoints.refused(this.#endpoint);
    this.#options.sink.refused('skype', { id, side: 'skype', detail, person: this.#endpoint.sip });
  }

  #personWith(sip: SipUri): PersonId | undefined {
    return this.#options.directory.bySip(sip)?.id;
  }

  #withIncoming(): Incoming {
    this.#incoming ??= createIncoming(this.#endpoint, this.#options);
    return this.#incoming;
  }
}
