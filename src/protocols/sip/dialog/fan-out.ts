import type { SipResponse } from '../message.ts';

/**
 * One INVITE sent on to several endpoints side by side: the response context of RFC 3261 section 16.7, for a server
 * that forks an invitation to all endpoints of a person. `Branch` is whatever the caller knows an endpoint by.
 */
export interface FanOut<Branch> {
  readonly branches: readonly BranchState<Branch>[];
  /** `answered` and `refused`: the caller got its final response. */
  readonly outcome: 'waiting' | 'cancelled' | 'answered' | 'refused';
}

interface BranchState<Branch> {
  readonly branch: Branch;
  readonly final: SipResponse | 'timeout' | undefined;
}

export type FanOutEvent<Branch> =
  | { readonly kind: 'response'; readonly branch: Branch; readonly response: SipResponse }
  /** The branch ended without final response. */
  | { readonly kind: 'failure'; readonly branch: Branch }
  /** The caller took the invitation back, or its time is over. */
  | { readonly kind: 'cancel' };

export type FanOutAction<Branch> =
  | { readonly kind: 'progress'; readonly branch: Branch; readonly response: SipResponse }
  | { readonly kind: 'answered'; readonly branch: Branch; readonly response: SipResponse }
  /** The best of all refusals; `undefined` if no branch ever gave one: 408, or 487 where the caller cancelled. */
  | { readonly kind: 'refused'; readonly response: SipResponse | undefined; readonly status: number }
  | { readonly kind: 'cancel'; readonly branch: Branch }
  /** A branch answered although another was first: it is to be acknowledged and hung up. */
  | { readonly kind: 'hangUp'; readonly branch: Branch; readonly response: SipResponse };

export interface FanOutStep<Branch> {
  readonly fanOut: FanOut<Branch>;
  readonly actions: readonly FanOutAction<Branch>[];
}

/** `branches` must not be empty and holds each branch once. */
export function startFanOut<Branch>(branches: readonly Branch[]): FanOut<Branch> {
  return { branches: branches.map((branch) => ({ branch, final: undefined })), outcome: 'waiting' };
}

export function decide<Branch>(fanOut: FanOut<Branch>, event: FanOutEvent<Branch>): FanOutStep<Branch> {
  switch (event.kind) {
    case 'cancel':
      if (fanOut.outcome !== 'waiting') return { fanOut, actions: [] };
      return { fanOut: { ...fanOut, outcome: 'cancelled' }, actions: cancelOpen(fanOut) };
    case 'failure':
      return finished(fanOut, event.branch, 'timeout');
    case 'response':
      return responded(fanOut, event.branch, event.response);
  }
}

function responded<Branch>(
  fanOut: FanOut<Branch>,
  branch: Branch,
  response: SipResponse,
): FanOutStep<Branch> {
  const { status } = response;
  if (status < 200) {
    const worthwhile = status > 100 && fanOut.outcome === 'waiting';
    return { fanOut, actions: worthwhile ? [{ kind: 'progress', branch, response }] : [] };
  }
  if (status >= 300) return finished(fanOut, branch, response);
  const known = fanOut.branches.find((each) => each.branch === branch);
  const isRepeated = typeof known?.final === 'object' && known.final.status < 300;
  if (fanOut.outcome === 'answered' || fanOut.outcome === 'refused') {
    if (isRepeated) return { fanOut, actions: [] };
    return { fanOut: close(fanOut, branch, response), actions: [{ kind: 'hangUp', branch, response }] };
  }
  const next = { ...close(fanOut, branch, response), outcome: 'answered' as const };
  const cancels = fanOut.outcome === 'waiting' ? cancelOpen(next) : [];
  return { fanOut: next, actions: [{ kind: 'answered', branch, response }, ...cancels] };
}

function finished<Branch>(
  fanOut: FanOut<Branch>,
  branch: Branch,
  final: SipResponse | 'timeout',
): FanOutStep<Branch> {
  if (fanOut.branches.every((each) => each.branch !== branch || each.final !== undefined))
    return { fanOut, actions: [] };
  const next = close(fanOut, branch, final);
  if (next.outcome === 'answered' || next.outcome === 'refused') return { fanOut: next, actions: [] };
  if (next.branches.every((each) => each.final !== undefined)) {
    return { fanOut: { ...next, outcome: 'refused' }, actions: [best(next)] };
  }
  const isDecisive = typeof final === 'object' && final.status >= 600 && next.outcome === 'waiting';
  if (!isDecisive) return { fanOut: next, actions: [] };
  return { fanOut: { ...next, outcome: 'cancelled' }, actions: cancelOpen(next) };
}

function close<Branch>(
  fanOut: FanOut<Branch>,
  branch: Branch,
  final: SipResponse | 'timeout',
): FanOut<Branch> {
  return {
    ...fanOut,
    branches: fanOut.branches.map((each) => (each.branch === branch ? { branch, final } : each)),
  };
}

const cancelOpen = <Branch>({ branches }: FanOut<Branch>): readonly FanOutAction<Branch>[] =>
  branches.filter(({ final }) => final === undefined).map(({ branch }) => ({ kind: 'cancel', branch }));

/** A 6xx first; otherwise the lowest class, and in 4xx what lets the caller try again better (section 16.7 step 6). */
function best<Branch>({ branches, outcome }: FanOut<Branch>): FanOutAction<Branch> {
  const finals = branches.flatMap(({ final }) => (typeof final === 'object' ? [final] : []));
  const response = finals.toSorted((a, b) => rank(a.status) - rank(b.status))[0];
  return { kind: 'refused', response, status: response?.status ?? (outcome === 'cancelled' ? 487 : 408) };
}

const helpful = [401, 407, 415, 420, 484];

function rank(status: number): number {
  if (status >= 600) return 0;
  const detail = helpful.includes(status) ? 0 : status === 408 || status === 487 ? 50 : 10;
  return Math.floor(status / 100) * 100 + detail;
}
