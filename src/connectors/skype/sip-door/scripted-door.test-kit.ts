/** What the tests of this folder share: a door to scripted servers, and somebody who listens at its endpoints. */
import type { Clock } from '../../../core/clock.ts';
import type { SipUri } from '../../../core/people.ts';
import type { Presence } from '../../../core/presence/presence.ts';
import { systemClock } from '../../../gateway/clock.ts';
import { textBody } from '../../../protocols/sip/message.ts';
import type { DialogEnd, DoorInvitation, DoorListener, DoorMessage } from '../door.ts';
import type { Failure } from '../errors.ts';
import type { ScriptedServer } from './scripted-server.test-kit.ts';
import { createSipDoor, type SipDoorOptions } from './sip-door.ts';

export const frank = 'sip:frank@contoso.example';
export const bob = 'sip:bob@contoso.example';
export const busy: Presence = { availability: 'Busy', activity: 'None' };

/** Keeps what an endpoint hears. */
export class Heard implements DoorListener {
  readonly invitations: DoorInvitation[] = [];
  readonly messages: DoorMessage[] = [];
  readonly ends: DialogEnd[] = [];
  readonly presences: [SipUri, string][] = [];
  readonly failures: Failure[] = [];
  refuses = false;

  async invited(invitation: DoorInvitation) {
    this.invitations.push(invitation);
  }
  async received(message: DoorMessage) {
    if (this.refuses) throw new Error('the ledger is full');
    this.messages.push(message);
  }
  ended(_dialog: string, how: DialogEnd) {
    this.ends.push(how);
  }
  presence(person: SipUri, { availability }: Presence) {
    this.presences.push([person, availability]);
  }
  remarks() {}
  lastActive() {}
  failed(failure: Failure) {
    this.failures.push(failure);
  }
  texts(): readonly string[] {
    return this.messages.map(({ body }) => (body.format === 'text' ? body.text : body.html));
  }
}

export const uuidOf = (sip: string): string =>
  `00000000-0000-4000-8000-${Buffer.from(sip).toString('hex').slice(-12).padStart(12, '0')}`;

export interface DoorAt {
  readonly servers: readonly ScriptedServer[];
  readonly clock?: Clock;
  readonly options?: Partial<SipDoorOptions>;
}

export function doorAt({ servers, clock = systemClock, options = {} }: DoorAt) {
  return createSipDoor({
    location: {
      kind: 'servers',
      servers: servers.map(({ port }, index) => ({ host: '127.0.0.1', port, priority: index, weight: 1 })),
    },
    tls: undefined,
    dialect: 'microsoft',
    localName: 'gateway.example',
    clock,
    random: () => 0,
    endpointIdOf: ({ sip }) => uuidOf(sip),
    ...options,
  });
}

export const accountOf = (sip: SipUri, password = '') =>
  ({ of: 'person', sip, username: sip.slice(4), password }) as const;
export const soon = (): AbortSignal => AbortSignal.timeout(5_000);
export const sdp = { name: 'Content-Type', value: 'application/sdp' };
export const sdpBody = textBody('v=0\r\nm=message 5060 sip null\r\na=accept-types:text/plain\r\n');
