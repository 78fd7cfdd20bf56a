import { messageMedia, parseSdp, sdpType } from '../../../../protocols/sip/body/sdp.ts';
import { dialogFromRequest } from '../../../../protocols/sip/dialog/dialog.ts';
import { startAsCallee } from '../../../../protocols/sip/dialog/session.ts';
import { mediaName, parseMediaType } from '../../../../protocols/sip/headers/content-type.ts';
import { parseCSeq } from '../../../../protocols/sip/headers/cseq.ts';
import { bodyText, header, type SipRequest } from '../../../../protocols/sip/message.ts';
import { conferenceInvitationType } from '../../../../protocols/sip/ms/conference-invitation.ts';
import type { ServerTransaction } from '../../../../protocols/sip/transaction/server.ts';
import type { Endpoint } from '../../endpoint.ts';
import type { Invitation, Leg, LegSink } from '../../leg.ts';
import type { Pool } from '../../pool.ts';
import { addressOfUri } from '../address.ts';
import type { Line } from '../line.ts';
import { type Refusal, refusalOf, refusals, refuseWith } from '../refusal.ts';
import { firstText } from './content.ts';
import { ImSession, offer } from './im-session.ts';

export interface InviteOptions {
  readonly pool: Pool;
  readonly line: Line;
  /** The caller's. */
  readonly endpoint: Endpoint;
  readonly transaction: ServerTransaction;
  readonly maxText: number;
}

/** An invitation that waits for its answer. */
export interface OpenInvite {
  /** The client took it back. */
  cancel(): void;
}

/** A client invites somebody. `undefined`: it is answered already. */
export function invite(options: InviteOptions): OpenInvite | undefined {
  const { line, transaction, endpoint } = options;
  const { request } = transaction;
  const refusal = line.dialogs.isFull ? refusals.tooMany : unacceptable(request);
  const to = addressOfUri(request.uri);
  const dialog = dialogFromRequest(request, {
    localTag: transaction.toTag,
    status: 180,
    cseqRestarts: true,
  });
  if (refusal !== undefined || to === undefined || dialog === undefined) {
    refuseWith(transaction, refusal ?? refusals.unknownPerson, line.fqdn);
    return undefined;
  }
  const message = firstText(request);
  const invitation: Invitation = {
    from: endpoint.address,
    to,
    subject: header(request, 'Subject') ?? '',
    importance: importanceOf(header(request, 'Priority')),
    threadId: header(request, 'Ms-Conversation-ID') ?? dialog.callId,
    message,
  };
  const contact = `sip:${to}`;
  let session: ImSession | undefined;
  const sink: LegSink = {
    connected: () => {
      const cseq = parseCSeq(header(request, 'CSeq') ?? '')?.number ?? 0;
      session = new ImSession({ ...options, contact, leg, session: startAsCallee(dialog, cseq) });
      const { headers, body } = offer();
      const response = transaction.respond(200, {
        headers: [
          { name: 'Contact', value: `<${contact}>` },
          // It says that the text in the INVITE has been delivered.
          ...(message === undefined ? [] : [{ name: 'Supported', value: 'ms-text-format' }]),
          { name: 'Allow', value: 'INVITE, BYE, ACK, CANCEL, MESSAGE, INFO, OPTIONS' },
          ...headers,
        ],
        body,
      });
      session.accepted(response);
    },
    message: (text, settled) => {
      session?.say(text, settled);
      return nothing;
    },
    peerTyping: (on) => session?.typing(on),
    over: (end) => {
      if (session) session.hangUp();
      else if (transaction.isOpen) refuseWith(transaction, refusalOf(end), line.fqdn);
    },
  };
  const leg: Leg = options.pool.call(endpoint, invitation, sink);
  leg.start();
  return transaction.isOpen ? { cancel: () => leg.hangUp() } : undefined;
}

const nothing: Disposable = { [Symbol.dispose]: () => undefined };

/** An offer of instant messaging, or none at all. */
function unacceptable(request: SipRequest): Refusal | undefined {
  if (request.body.length === 0) return undefined;
  const type = parseMediaType(header(request, 'Content-Type') ?? '');
  if (type !== undefined && mediaName(type) === conferenceInvitationType) return refusals.noConference;
  const sdp = type !== undefined && mediaName(type) === sdpType ? parseSdp(bodyText(request)) : undefined;
  return sdp !== undefined && messageMedia(sdp) !== undefined ? undefined : refusals.noMessaging;
}

function importanceOf(priority: string | undefined): Invitation['importance'] {
  switch (priority?.toLowerCase() ?? '') {
    case 'emergency':
      return 'Emergency';
    case 'urgent':
      return 'Urgent';
    default:
      return 'Normal';
  }
}
