import { messageMedia, parseSdp, sdpType } from '../../../protocols/sip/body/sdp.ts';
import { dialogFromRequest } from '../../../protocols/sip/dialog/dialog.ts';
import { startAsCallee } from '../../../protocols/sip/dialog/session.ts';
import { mediaName, parseMediaType } from '../../../protocols/sip/headers/content-type.ts';
import { parseCSeq } from '../../../protocols/sip/headers/cseq.ts';
import { formatDiagnostics } from '../../../protocols/sip/headers/diagnostics.ts';
import { parseSipReason } from '../../../protocols/sip/headers/reason.ts';
import { bodyText, header, type SipRequest } from '../../../protocols/sip/message.ts';
import { conferenceInvitationType } from '../../../protocols/sip/ms/conference-invitation.ts';
import type { ServerTransaction } from '../../../protocols/sip/transaction/server.ts';
import type { DialogEnd, DialogId, DoorInvitation } from '../door.ts';
import { firstTextOf, textFormatOption } from './content.ts';
import { Established, sessionDescription } from './established.ts';
import { addressIn, displayIn, type Ended, type Host, nameOf, type Talk } from './host.ts';
import type { Link } from './link.ts';
import { contactOf } from './self.ts';

/** Why an INVITE is no invitation to us, with what it is answered. */
export type NotForUs = { readonly status: 400 | 415 | 488; readonly reason: string };

export interface RingingOptions {
  readonly host: Host;
  readonly link: Link;
  readonly transaction: ServerTransaction;
  readonly dialog: DialogId;
  readonly ended: Ended;
}

/** An invitation of somebody else's that rings here: it is never taken up by itself. */
export class Ringing implements Talk {
  readonly dialog: DialogId;
  readonly link: Link;
  readonly invitation: DoorInvitation;
  readonly #options: RingingOptions;
  #isOver = false;

  constructor(options: RingingOptions, invitation: DoorInvitation) {
    this.dialog = options.dialog;
    this.link = options.link;
    this.#options = options;
    this.invitation = invitation;
  }

  get transaction(): ServerTransaction {
    return this.#options.transaction;
  }

  ring(): void {
    this.transaction.respond(180, { headers: [contactOf(this.#options.host.self)] });
  }

  /** The session; undefined if it rings no more. */
  accept(): Established | undefined {
    const { host, link, transaction, ended } = this.#options;
    const { request, toTag } = transaction;
    if (this.#isOver || !transaction.isOpen || !link.isOpen) return undefined;
    const dialog = dialogFromRequest(request, { localTag: toTag, status: 180, cseqRestarts: true });
    if (!dialog) return undefined;
    this.#isOver = true;
    const cseq = parseCSeq(header(request, 'CSeq') ?? '')?.number ?? 0;
    const session = new Established({
      host,
      link,
      dialog: this.dialog,
      peer: this.invitation.from,
      session: startAsCallee(dialog, cseq),
      ended,
    });
    const { type, body } = sessionDescription();
    const headers = [
      contactOf(host.self),
      { name: 'Content-Type', value: type },
      ...(this.invitation.body ? [{ name: 'Supported', value: textFormatOption }] : []),
    ];
    session.feed({ kind: 'accepted', response: transaction.respond(200, { headers, body }) });
    return session;
  }

  /** This endpoint gives up; the person's others go on ringing. */
  decline(): void {
    if (this.#isOver) return;
    this.transaction.respond(480);
    this.over('declined');
  }

  async end(): Promise<void> {
    this.decline();
  }

  lost(): void {
    this.over('lost');
  }

  /** The pool has taken it back, and may say why. */
  cancelled(cancel: SipRequest): void {
    this.over(endOf(cancel));
  }

  over(how: DialogEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.ended(this.dialog, how);
  }
}

/** What rings, as an invitation; or why it cannot be one. */
export function readInvite(options: RingingOptions): Ringing | NotForUs {
  const { host, transaction, dialog } = options;
  const { request } = transaction;
  const from = addressIn(request, 'From');
  if (from === undefined) return { status: 400, reason: 'From is no SIP address' };
  const type = mediaTypeOf(request);
  if (type === conferenceInvitationType)
    return { status: 488, reason: 'group chats are not supported: invite to a conversation between two' };
  const sdp = type === sdpType ? parseSdp(bodyText(request)) : undefined;
  if (type !== undefined && type !== sdpType)
    return { status: 415, reason: 'the invitation has no session description' };
  if (sdp && !messageMedia(sdp)) return { status: 488, reason: 'only instant messages are supported' };
  const callId = header(request, 'Call-ID') ?? '';
  return new Ringing(options, {
    dialog,
    from,
    fromName: displayIn(request),
    thread: header(request, 'Ms-Conversation-ID') ?? callId,
    remote: nameOf(`${callId} ${header(request, 'From') ?? ''}`, 'invite'),
    body: firstTextOf(request),
    at: host.clock.now(),
  });
}

/** Says no, and why, in the way that Microsoft's clients show. */
export function refuseInvite(transaction: ServerTransaction, { status, reason }: NotForUs): void {
  const diagnostics = formatDiagnostics({ code: 10_000, reason, source: 'isthmus', params: [] });
  transaction.respond(status, { headers: [{ name: 'ms-client-diagnostics', value: diagnostics }] });
}

function mediaTypeOf(request: SipRequest): string | undefined {
  if (request.body.length === 0) return undefined;
  const type = parseMediaType(header(request, 'Content-Type') ?? '');
  return type && mediaName(type);
}

/** RFC 3326: 200 for a fork that another fork has beaten, 6xx for one that was refused for all. */
function endOf(cancel: SipRequest): DialogEnd {
  const cause = parseSipReason(header(cancel, 'Reason') ?? '')?.cause;
  if (cause === undefined) return 'caller-gave-up';
  if (cause >= 200 && cause < 300) return 'answered-elsewhere';
  if (cause >= 600 || cause === 486) return 'declined';
  return cause === 408 || cause === 480 ? 'missed' : 'caller-gave-up';
}
