import type { RemoteId } from '../../core/ids.ts';
import type { Body } from '../../core/message.ts';
import type { Presence } from '../../core/presence/presence.ts';
import { fromSkypeNote, type Remarks } from '../../core/presence/remarks.ts';
import { fromUcwa } from '../../core/presence/scales.ts';
import { readSkype } from '../../core/text/text.ts';
import type { IncomingInvitation, ReceivedMessage } from '../../protocols/ucwa/client/client.ts';
import type { DataContent } from '../../protocols/ucwa/data-uri.ts';
import { parseDate } from '../../protocols/ucwa/dates.ts';
import type { Reason } from '../../protocols/ucwa/errors.ts';
import type { DialogEnd, DialogId, DoorInvitation, DoorMessage } from './door.ts';
import { sipUri } from './ids.ts';

/** What an endpoint needs to know to read what its application brings. */
export interface Reading {
  /** Names the incarnation of the endpoint. */
  readonly incarnation: string;
  readonly nameOf: (incarnation: string, address: string) => RemoteId;
  /** Unix ms, for what carries no time of its own. */
  readonly now: number;
}

export function bodyFrom(content: DataContent): Body {
  return readSkype(content.text, content.contentType === 'text/html' ? 'html' : 'text');
}

/** Undefined if it does not say who invites. A first text of nothing but blanks is none. */
export function invitationFrom(
  invitation: IncomingInvitation,
  dialog: DialogId,
  { incarnation, nameOf, now }: Reading,
): DoorInvitation | undefined {
  const from = sipUri(invitation.from.uri ?? '');
  if (from === undefined) return undefined;
  const { content } = invitation;
  return {
    dialog,
    from,
    fromName: invitation.from.name,
    thread: invitation.threadId ?? invitation.conversation,
    remote: nameOf(incarnation, invitation.href),
    body: content && content.text.trim() !== '' ? bodyFrom(content) : undefined,
    at: now,
  };
}

/** How a conversation ended, by the reason of the event that says so. */
export function endFrom(reason: Reason | undefined): DialogEnd {
  switch (reason?.subcode ?? '') {
    case 'ConnectedElsewhere':
    case 'AutoAccepted':
    case 'RepliedWithOtherModality':
      return 'answered-elsewhere';
    case 'Declined':
    case 'Busy':
      return 'declined';
    case 'Missed':
    case 'Timeout':
      return 'missed';
    case 'Canceled':
    case 'CallTerminated':
      return 'caller-gave-up';
    default:
      return 'over';
  }
}

export function messageFrom(
  message: ReceivedMessage,
  dialog: DialogId,
  { incarnation, nameOf, now }: Reading,
): DoorMessage {
  return {
    dialog,
    remote: nameOf(incarnation, message.href),
    body: bodyFrom(message.content),
    at: message.at ?? now,
  };
}

export function presenceFrom(seen: { readonly availability?: string; readonly activity?: string }): Presence {
  return fromUcwa(seen.availability, seen.activity);
}

export function remarksFrom(note: { readonly message?: string; readonly type?: string }): Remarks {
  return fromSkypeNote(note.message ?? '', note.type ?? 'Personal');
}

/** Unix ms; undefined where the pool does not say. */
export function lastActiveFrom({ lastActive }: { readonly lastActive?: string }): number | undefined {
  return lastActive === undefined ? undefined : parseDate(lastActive);
}
