import type { RefusalId } from '../../core/refusals.ts';
import type { DeliveryOutcome } from '../../gateway/connector.ts';
import { describeFailure, type GraphFailure } from '../../protocols/graph/client/result.ts';

/**
 * What a failed request was for. `prepare`: nothing of it is shown to anybody, so it may be done again. `write`:
 * it may have shown the message.
 */
export type Stage = 'prepare' | 'write';

type FailedOutcome = Exclude<DeliveryOutcome, { readonly kind: 'delivered' }>;
type Rule = readonly [kind: FailedOutcome['kind'], refusal: RefusalId];

const away: Rule = ['transient', 'unreachable'];
const open: Rule = ['uncertain', 'uncertain'];

/** Graph's statuses. Those left out mean that the gateway asked wrongly. */
const byStatus: Readonly<Record<number, Rule | Readonly<Record<Stage, Rule>>>> = {
  401: ['refused', 'link-refused'],
  403: ['refused', 'not-allowed'],
  404: { prepare: ['refused', 'no-such-person'], write: ['transient', 'session-ended'] },
  408: { prepare: away, write: open },
  409: away,
  412: away,
  413: ['refused', 'too-long'],
  423: away,
  429: ['transient', 'throttled'],
  500: { prepare: away, write: open },
  502: { prepare: away, write: open },
  503: away,
  504: { prepare: away, write: open },
};
const strange: Rule = ['refused', 'unexpected-answer'];

/** What a failed request means for the message it was made for. `person`: whom the refusal is about. */
export function outcomeOf(failure: GraphFailure, stage: Stage, person: string): FailedOutcome {
  const [kind, id] = ruleOf(failure, stage);
  const refusal = { id, side: 'teams', person, detail: describeFailure(failure) } as const;
  const afterMs = waitOf(failure);
  return kind === 'transient' && afterMs !== undefined ? { kind, refusal, afterMs } : { kind, refusal };
}

function ruleOf(failure: GraphFailure, stage: Stage): Rule {
  switch (failure.kind) {
    case 'answered': {
      const rule = byStatus[failure.status] ?? strange;
      return isPlain(rule) ? rule : rule[stage];
    }
    case 'no-token':
      return failure.failure.kind === 'refused' ? ['refused', 'link-refused'] : away;
    case 'unreachable':
    case 'aborted':
      return away;
    case 'interrupted':
    case 'malformed':
      return stage === 'write' ? open : away;
  }
}

function isPlain(rule: Rule | Readonly<Record<Stage, Rule>>): rule is Rule {
  return Array.isArray(rule);
}

function waitOf(failure: GraphFailure): number | undefined {
  if (failure.kind === 'answered') return failure.retryAfterMs;
  if (failure.kind === 'no-token' && failure.failure.kind === 'unavailable')
    return failure.failure.retryAfterMs;
  return undefined;
}

/** The linked account was refused: the gateway's own may still write. */
export function isLinkRefused(failure: GraphFailure): boolean {
  if (failure.kind === 'no-token') return failure.failure.kind === 'refused';
  return failure.kind === 'answered' && failure.status === 401;
}

export function isNotFound(failure: GraphFailure): boolean {
  return failure.kind === 'answered' && failure.status === 404;
}
