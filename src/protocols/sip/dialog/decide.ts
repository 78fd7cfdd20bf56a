import { maxCSeq, parseCSeq } from '../headers/cseq.ts';
import { header, type SipRequest, type SipResponse } from '../message.ts';
import { contactUri, type Dialog } from './dialog.ts';
import { inDialogRequest, type RequestParts } from './in-dialog.ts';

export type DialogEvent =
  /** We want to send. ACK is not sent this way: it repeats the number of its INVITE (`ackIn`). */
  | { readonly kind: 'send'; readonly parts: RequestParts }
  /** The peer sent a request with the tags of this dialog. */
  | { readonly kind: 'received'; readonly request: SipRequest }
  /** A final response to a request that we sent inside this dialog. */
  | { readonly kind: 'answered'; readonly method: string; readonly response: SipResponse }
  /** No final response came to a request that we sent inside this dialog. */
  | { readonly kind: 'unanswered' }
  /** The 2xx that confirms an early dialog was sent or came; it sets the route set and the target anew. */
  | { readonly kind: 'confirmed'; readonly by: Dialog };

export type DialogAction =
  | { readonly kind: 'send'; readonly request: SipRequest }
  /** The request is in order: act on it and answer it. */
  | { readonly kind: 'deliver'; readonly request: SipRequest }
  | { readonly kind: 'refuse'; readonly request: SipRequest; readonly status: 481 | 500 }
  /** `lost`: the peer no longer knows the dialog, or does not answer. */
  | { readonly kind: 'ended'; readonly by: 'us' | 'peer' | 'lost' }
  /** Nothing was sent: the dialog is over. */
  | { readonly kind: 'notSent' };

export interface DialogStep {
  readonly dialog: Dialog;
  readonly actions: readonly DialogAction[];
}

/** Methods whose Contact moves the remote target (RFC 3261 section 12.2, 3311, 6665). */
const targetRefreshing: ReadonlySet<string> = new Set(['INVITE', 'UPDATE', 'SUBSCRIBE', 'NOTIFY', 'REFER']);

/** What happens inside one dialog. Pure: order of CSeq, target refresh, and how it ends (RFC 3261 section 12.2). */
export function decide(dialog: Dialog, event: DialogEvent): DialogStep {
  switch (event.kind) {
    case 'send':
      return send(dialog, event.parts);
    case 'received':
      return received(dialog, event.request);
    case 'answered':
      return answered(dialog, event.method, event.response);
    case 'unanswered':
      return end(dialog, 'lost');
    case 'confirmed':
      return confirmed(dialog, event.by);
  }
}

/** The ACK of a 2xx to our INVITE, which had the number `cseq` (RFC 3261 section 13.2.2.4). */
export function ackIn(dialog: Dialog, cseq: number): SipRequest {
  return inDialogRequest(dialog, cseq, { method: 'ACK' });
}

function send(dialog: Dialog, parts: RequestParts): DialogStep {
  if (dialog.state === 'terminated' || dialog.localCSeq >= maxCSeq)
    return { dialog, actions: [{ kind: 'notSent' }] };
  const localCSeq = dialog.localCSeq + 1;
  const next = { ...dialog, localCSeq };
  const action: DialogAction = { kind: 'send', request: inDialogRequest(next, localCSeq, parts) };
  return parts.method === 'BYE' ? end(next, 'us', action) : { dialog: next, actions: [action] };
}

function received(dialog: Dialog, request: SipRequest): DialogStep {
  if (dialog.state === 'terminated') return { dialog, actions: refusal(request, 481) };
  const cseq = parseCSeq(header(request, 'CSeq') ?? '')?.number ?? 0;
  if (request.method === 'ACK') return { dialog, actions: [{ kind: 'deliver', request }] };
  if (dialog.remoteCSeq !== undefined && cseq <= dialog.remoteCSeq)
    return { dialog, actions: refusal(request, 500) };
  const next = refresh({ ...dialog, remoteCSeq: cseq }, request.method, contactUri(request));
  const action: DialogAction = { kind: 'deliver', request };
  return request.method === 'BYE' ? end(next, 'peer', action) : { dialog: next, actions: [action] };
}

/** BENOTIFY cannot be refused: nobody waits for its answer. */
const refusal = (request: SipRequest, status: 481 | 500): readonly DialogAction[] =>
  request.method === 'ACK' || request.method === 'BENOTIFY' ? [] : [{ kind: 'refuse', request, status }];

function answered(dialog: Dialog, method: string, response: SipResponse): DialogStep {
  const { status } = response;
  if (status === 481 || status === 408) return end(dialog, 'lost');
  if (status < 200 || status >= 300) return { dialog, actions: [] };
  return { dialog: refresh(dialog, method, contactUri(response)), actions: [] };
}

function refresh(dialog: Dialog, method: string, contact: string | undefined): Dialog {
  if (contact === undefined || !targetRefreshing.has(method)) return dialog;
  return { ...dialog, remoteTarget: contact };
}

function confirmed(dialog: Dialog, by: Dialog): DialogStep {
  if (dialog.state !== 'early') return { dialog, actions: [] };
  const { remoteTarget, routes } = by;
  return { dialog: { ...dialog, state: 'confirmed', remoteTarget, routes }, actions: [] };
}

function end(dialog: Dialog, by: 'us' | 'peer' | 'lost', ...before: readonly DialogAction[]): DialogStep {
  if (dialog.state === 'terminated') return { dialog, actions: [] };
  return { dialog: { ...dialog, state: 'terminated' }, actions: [...before, { kind: 'ended', by }] };
}
