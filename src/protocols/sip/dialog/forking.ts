import { parseCSeq } from '../headers/cseq.ts';
import { header, type SipRequest, type SipResponse } from '../message.ts';
import { ackIn, decide as decideDialog } from './decide.ts';
import { type Dialog, dialogFromResponse } from './dialog.ts';

/**
 * Our INVITE and the dialogs that its forks make (RFC 3261 sections 12.1.2, 13.2.2). The first 2xx wins; a later
 * 2xx of another fork is acknowledged and hung up.
 */
export interface Forks {
  readonly invite: SipRequest;
  /** Early dialogs by the peer's tag, in order of appearance. */
  readonly early: readonly Dialog[];
  readonly outcome: 'waiting' | 'answered' | 'failed';
  /** The dialog that won. */
  readonly winner: Dialog | undefined;
}

export type ForkEvent =
  | { readonly kind: 'response'; readonly response: SipResponse }
  /** The INVITE's transaction ended without final response. */
  | { readonly kind: 'failure' };

export type ForkAction =
  /** A new early dialog, or news of a known one. */
  | { readonly kind: 'progress'; readonly dialog: Dialog; readonly response: SipResponse }
  | { readonly kind: 'answered'; readonly dialog: Dialog; readonly response: SipResponse }
  /** A request for the wire that has no transaction: an ACK. */
  | { readonly kind: 'ack'; readonly request: SipRequest }
  /** A BYE for a fork that lost. */
  | { readonly kind: 'bye'; readonly request: SipRequest }
  /** An early dialog is over. */
  | { readonly kind: 'gone'; readonly dialog: Dialog }
  | { readonly kind: 'refused'; readonly response: SipResponse }
  | { readonly kind: 'failed' };

export interface ForkStep {
  readonly forks: Forks;
  readonly actions: readonly ForkAction[];
}

/** Early dialogs that are kept; a peer that makes up tags without end gets no more. */
const maxEarly = 32;

export function startForks(invite: SipRequest): Forks {
  return { invite, early: [], outcome: 'waiting', winner: undefined };
}

export function decide(forks: Forks, event: ForkEvent): ForkStep {
  if (event.kind === 'failure')
    return forks.outcome === 'waiting' ? fail(forks, { kind: 'failed' }) : stay(forks);
  const { response } = event;
  if (response.status < 200) return forks.outcome === 'waiting' ? progress(forks, response) : stay(forks);
  if (response.status < 300) return answered(forks, response);
  return forks.outcome === 'waiting' ? fail(forks, { kind: 'refused', response }) : stay(forks);
}

const stay = (forks: Forks): ForkStep => ({ forks, actions: [] });

function progress(forks: Forks, response: SipResponse): ForkStep {
  const dialog = dialogFromResponse(forks.invite, response);
  if (dialog === undefined) return stay(forks);
  const known = forks.early.find(({ remoteTag }) => remoteTag === dialog.remoteTag);
  if (response.status === 199) {
    if (known === undefined) return stay(forks);
    const early = forks.early.filter((each) => each !== known);
    return {
      forks: { ...forks, early },
      actions: [{ kind: 'gone', dialog: { ...known, state: 'terminated' } }],
    };
  }
  if (known !== undefined) return { forks, actions: [{ kind: 'progress', dialog: known, response }] };
  if (forks.early.length >= maxEarly) return stay(forks);
  return {
    forks: { ...forks, early: [...forks.early, dialog] },
    actions: [{ kind: 'progress', dialog, response }],
  };
}

function answered(forks: Forks, response: SipResponse): ForkStep {
  const dialog = dialogFromResponse(forks.invite, response);
  if (dialog === undefined) return stay(forks);
  const cseq = parseCSeq(header(forks.invite, 'CSeq') ?? '')?.number ?? 0;
  const ack: ForkAction = { kind: 'ack', request: ackIn(dialog, cseq) };
  if (forks.winner?.remoteTag === dialog.remoteTag) return { forks, actions: [ack] };
  if (forks.outcome !== 'waiting') return { forks, actions: [ack, ...hangUp(dialog)] };
  const losers = forks.early.filter(({ remoteTag }) => remoteTag !== dialog.remoteTag);
  return {
    forks: { ...forks, early: [], outcome: 'answered', winner: dialog },
    actions: [ack, { kind: 'answered', dialog, response }, ...losers.map(gone)],
  };
}

function hangUp(dialog: Dialog): readonly ForkAction[] {
  const { actions } = decideDialog(dialog, { kind: 'send', parts: { method: 'BYE' } });
  return actions.flatMap((action) =>
    action.kind === 'send' ? [{ kind: 'bye', request: action.request }] : [],
  );
}

const gone = (dialog: Dialog): ForkAction => ({ kind: 'gone', dialog: { ...dialog, state: 'terminated' } });

function fail(forks: Forks, last: ForkAction): ForkStep {
  return {
    forks: { ...forks, early: [], outcome: 'failed' },
    actions: [...forks.early.map(gone), last],
  };
}
