import type { Refusal } from '../../core/refusals.ts';
import type { DeliveryOutcome } from '../../gateway/connector.ts';
import type { Failure } from './errors.ts';

/** A failure as the gateway knows it; `person` is whom it is about. */
export function outcomeOf(failure: Failure, person: string): Exclude<DeliveryOutcome, { kind: 'delivered' }> {
  const refusal = refusalOf(failure, person);
  switch (failure.kind) {
    case 'refused':
    case 'uncertain':
      return { kind: failure.kind, refusal };
    case 'ended':
    case 'transient': {
      const { afterMs } = failure;
      return { kind: 'transient', refusal, ...(afterMs === undefined ? {} : { afterMs }) };
    }
  }
}

export function refusalOf({ id, detail }: Failure, person: string): Refusal {
  return { id, side: 'skype', person, detail };
}

export function refused(id: Refusal['id'], person: string, detail?: string): DeliveryOutcome {
  return {
    kind: 'refused',
    refusal: { id, side: 'skype', person, ...(detail === undefined ? {} : { detail }) },
  };
}
