import { parseCSeq } from '../headers/cseq.ts';
import { header, type SipRequest, type SipResponse } from '../message.ts';
import type { Timing } from '../transaction/timing.ts';
import { ackIn, type DialogAction, decide as decideDialog } from './decide.ts';
import type { Dialog } from './dialog.ts';
import type { RequestParts } from './in-dialog.ts';

/**
 * An INVITE session on its dialog: answers that are repeated until their ACK comes, re-INVITEs that may cross, and
 * BYE (RFC 3261 sections 13.3.1.4, 14, 15). The dialog's own rules stay in `decide.ts`.
 */
export interface Session {
  readonly dialog: Dialog;
  /** Our INVITE inside the dialog that has no final response yet. */
  readonly ours: 'none' | 'pending';
  readonly theirs: TheirInvite;
}

type TheirInvite =
  | { readonly phase: 'none' }
  /** It came; we have not answered. */
  | { readonly phase: 'pending'; readonly cseq: number }
  /** We said 2xx; no ACK yet. A BYE of ours must wait for it (RFC 3261 section 15). */
  | {
      readonly phase: 'accepted';
      readonly cseq: number;
      readonly response: SipResponse;
      readonly interval: number;
      readonly bye?: RequestParts;
    };

export type SessionTimer = 'repeat' | 'noAck';

export type SessionEvent =
  /** We sent a 2xx to the peer's INVITE. */
  | { readonly kind: 'accepted'; readonly response: SipResponse }
  /** We refused the peer's re-INVITE. */
  | { readonly kind: 'declined' }
  | { readonly kind: 'timer'; readonly timer: SessionTimer }
  | { readonly kind: 'send'; readonly parts: RequestParts }
  | { readonly kind: 'received'; readonly request: SipRequest }
  /** Any response to a request of ours inside the dialog. */
  | { readonly kind: 'answered'; readonly request: SipRequest; readonly response: SipResponse }
  | { readonly kind: 'unanswered'; readonly request: SipRequest };

export type SessionAction =
  | Exclude<DialogAction, { kind: 'refuse' }>
  | {
      readonly kind: 'refuse';
      readonly request: SipRequest;
      readonly status: 481 | 491 | 500;
      readonly retryAfter?: number;
    }
  | { readonly kind: 'ack'; readonly request: SipRequest }
  | { readonly kind: 'repeat'; readonly response: SipResponse }
  | { readonly kind: 'start'; readonly timer: SessionTimer; readonly ms: number }
  | { readonly kind: 'stop'; readonly timer: SessionTimer }
  /** The peer was asking at the same time (491): ask again after a random time between these, in ms. */
  | { readonly kind: 'askAgain'; readonly fromMs: number; readonly toMs: number };

export interface SessionStep {
  readonly session: Session;
  readonly actions: readonly SessionAction[];
}

/** A session whose INVITE was ours and is answered and acknowledged. */
export function startAsCaller(dialog: Dialog): Session {
  return { dialog, ours: 'none', theirs: { phase: 'none' } };
}

/** A session whose INVITE, with this CSeq number, is the peer's and waits for our answer. */
export function startAsCallee(dialog: Dialog, cseq: number): Session {
  return { dialog, ours: 'none', theirs: { phase: 'pending', cseq } };
}

export function decide(session: Session, event: SessionEvent, timing: Timing): SessionStep {
  switch (event.kind) {
    case 'accepted':
      return accepted(session, event.response, timing);
    case 'declined':
      return session.theirs.phase === 'pending' ? go({ ...session, theirs: { phase: 'none' } }) : go(session);
    case 'timer':
      return expired(session, event.timer, timing);
    case 'send':
      return send(session, event.parts);
    case 'received':
      return received(session, event.request);
    case 'answered':
      return answered(session, event.request, event.response);
    case 'unanswered':
      return inDialog({ ...session, ours: 'none' }, { kind: 'unanswered' });
  }
}

const go = (session: Session, ...actions: readonly SessionAction[]): SessionStep => ({ session, actions });

const stopTimers: readonly SessionAction[] = [
  { kind: 'stop', timer: 'repeat' },
  { kind: 'stop', timer: 'noAck' },
];

/** Hands an event to the dialog; timers of a session whose dialog ended are stopped. */
function inDialog(session: Session, event: Parameters<typeof decideDialog>[1]): SessionStep {
  const { dialog, actions } = decideDialog(session.dialog, event);
  const isOver = dialog.state === 'terminated' && session.dialog.state !== 'terminated';
  const next: Session = isOver ? { dialog, ours: 'none', theirs: { phase: 'none' } } : { ...session, dialog };
  return go(next, ...actions, ...(isOver && session.theirs.phase === 'accepted' ? stopTimers : []));
}

function accepted(session: Session, response: SipResponse, timing: Timing): SessionStep {
  if (session.theirs.phase !== 'pending') return go(session);
  const { cseq } = session.theirs;
  const dialog: Dialog =
    session.dialog.state === 'early' ? { ...session.dialog, state: 'confirmed' } : session.dialog;
  return go(
    { ...session, dialog, theirs: { phase: 'accepted', cseq, response, interval: timing.t1 } },
    { kind: 'start', timer: 'repeat', ms: timing.t1 },
    { kind: 'start', timer: 'noAck', ms: 64 * timing.t1 },
  );
}

function expired(session: Session, timer: SessionTimer, timing: Timing): SessionStep {
  const { theirs } = session;
  if (theirs.phase !== 'accepted') return go(session);
  if (timer === 'noAck') return inDialog(session, { kind: 'send', parts: theirs.bye ?? { method: 'BYE' } });
  const interval = Math.min(theirs.interval * 2, timing.t2);
  return go(
    { ...session, theirs: { ...theirs, interval } },
    { kind: 'repeat', response: theirs.response },
    { kind: 'start', timer: 'repeat', ms: interval },
  );
}

function send(session: Session, parts: RequestParts): SessionStep {
  const isInvite = parts.method === 'INVITE';
  if (isInvite && (session.ours !== 'none' || session.theirs.phase !== 'none'))
    return go(session, { kind: 'notSent' });
  if (parts.method === 'BYE' && session.theirs.phase === 'accepted') {
    return go({ ...session, theirs: { ...session.theirs, bye: parts } });
  }
  const step = inDialog(session, { kind: 'send', parts });
  const wasSent = step.actions.some(({ kind }) => kind === 'send');
  return isInvite && wasSent ? { ...step, session: { ...step.session, ours: 'pending' } } : step;
}

function received(session: Session, request: SipRequest): SessionStep {
  if (request.method === 'ACK') return acknowledged(session, request);
  if (request.method !== 'INVITE') return inDialog(session, { kind: 'received', request });
  if (session.dialog.state !== 'terminated') {
    if (session.ours === 'pending') return go(session, { kind: 'refuse', request, status: 491 });
    if (session.theirs.phase === 'pending')
      return go(session, { kind: 'refuse', request, status: 500, retryAfter: 5 });
    if (session.theirs.phase === 'accepted') return go(session, { kind: 'refuse', request, status: 491 });
  }
  const step = inDialog(session, { kind: 'received', request });
  const isNew = step.actions.some(({ kind }) => kind === 'deliver');
  return isNew
    ? { ...step, session: { ...step.session, theirs: { phase: 'pending', cseq: numberOf(request) } } }
    : step;
}

/** COMPAT: SIPE's ACK may carry another number than its INVITE; the only answer that waits is meant. */
function acknowledged(session: Session, request: SipRequest): SessionStep {
  if (session.theirs.phase !== 'accepted') return go(session);
  const { bye } = session.theirs;
  const open: Session = { ...session, theirs: { phase: 'none' } };
  const step = bye === undefined ? go(open) : inDialog(open, { kind: 'send', parts: bye });
  return go(step.session, ...stopTimers, { kind: 'deliver', request }, ...step.actions);
}

function answered(session: Session, request: SipRequest, response: SipResponse): SessionStep {
  if (response.status < 200) return go(session);
  if (request.method !== 'INVITE')
    return inDialog(session, { kind: 'answered', method: request.method, response });
  const { session: next, actions } = inDialog(
    { ...session, ours: 'none' },
    { kind: 'answered', method: 'INVITE', response },
  );
  if (response.status < 300)
    return go(next, ...actions, { kind: 'ack', request: ackIn(next.dialog, numberOf(request)) });
  return response.status === 491 ? go(next, ...actions, askAgain(next.dialog)) : go(next, ...actions);
}

/** Who owns the Call-ID waits longer, so that the two do not meet again (RFC 3261 section 14.1). */
const askAgain = ({ madeBy }: Dialog): SessionAction =>
  madeBy === 'us'
    ? { kind: 'askAgain', fromMs: 2100, toMs: 4000 }
    : { kind: 'askAgain', fromMs: 0, toMs: 2000 };

const numberOf = (request: SipRequest): number => parseCSeq(header(request, 'CSeq') ?? '')?.number ?? 0;
