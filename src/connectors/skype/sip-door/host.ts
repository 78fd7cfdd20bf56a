import type { Clock } from '../../../core/clock.ts';
import type { RemoteId } from '../../../core/ids.ts';
import type { SipUri } from '../../../core/people.ts';
import { parseNameAddr } from '../../../protocols/sip/headers/name-addr.ts';
import { header, type SipMessage } from '../../../protocols/sip/message.ts';
import type { Timing } from '../../../protocols/sip/transaction/timing.ts';
import { addressOfRecord, parseUri } from '../../../protocols/sip/uri.ts';
import type { DialogEnd, DialogId, DoorListener } from '../door.ts';
import { remoteId, sipUri } from '../ids.ts';
import type { Ask } from './ask.ts';
import type { Link } from './link.ts';
import type { Names } from './names.ts';
import type { Self } from './self.ts';
import type { Switchboard } from './switchboard.ts';

/** What everything that an endpoint does has in common. */
export interface Host {
  readonly self: Self;
  readonly names: Names;
  readonly clock: Clock;
  readonly timing: Timing;
  readonly switchboard: Switchboard;
  readonly ask: Ask;
  readonly listener: DoorListener;
  readonly random: () => number;
}

/** A session as its endpoint sees it, whatever carries its texts. */
export interface Talk {
  readonly dialog: DialogId;
  /** The connection that it lives and dies with. */
  readonly link: Link;
  /** Ends it, towards the peer too; told to the listener once. */
  end(): Promise<void>;
  /** The connection is gone: it is over without a word. */
  lost(): void;
}

/** Who is told that a session is over. */
export type Ended = (dialog: DialogId, how: DialogEnd) => void;

/** A message's name: stable within what carries it. */
export function nameOf(carrier: string, message: string | number): RemoteId {
  return remoteId(carrier, String(message));
}

/** The address in From or To, without parameters; undefined for what is no SIP address. */
export function addressIn(message: SipMessage, name: 'From' | 'To'): SipUri | undefined {
  const address = addressOfRecord(parseUri(parseNameAddr(header(message, name) ?? '')?.uri ?? ''));
  return address === undefined ? undefined : sipUri(address);
}

/** What the other end calls itself. */
export function displayIn(message: SipMessage): string {
  return parseNameAddr(header(message, 'From') ?? '')?.display ?? '';
}
