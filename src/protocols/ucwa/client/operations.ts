import type { Reason } from '../errors.ts';

/** How an operation ended; `lost` if the channel that would have told was lost first. */
export type Completion =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly reason: Reason | undefined }
  | { readonly kind: 'lost' };

export interface Operation extends Disposable {
  readonly id: string;
  readonly completion: Promise<Completion>;
  /** Where it stands, as far as an answer or an event has told. */
  readonly href: string | undefined;
  /** Tells where the operation stands (`Location` of the 201), for servers whose events name no operation id. */
  located(href: string): void;
}

interface Pending {
  readonly settle: (completion: Completion) => void;
  href: string | undefined;
  readonly scope: string | undefined;
}

/** Of the ends that no request has been joined with, the newest: in a busy application some request is always under way. */
const mostEarly = 1_000;

/**
 * Joins requests that start an operation with the events that end it. The event may name the operation id, the
 * address or both, and may come before the request's own answer.
 */
export interface Operations {
  /** @param scope a name under which {@link loseAll} finds it (the conversation) */
  begin(id: string, scope?: string): Operation;
  complete(href: string, id: string | undefined, completion: Completion): void;
  /** Ends all operations, or those of one scope, as lost. */
  loseAll(scope?: string): void;
}

export function createOperations(): Operations {
  const pending = new Map<string, Pending>();
  /** Ends seen while some request had no answer yet; forgotten as soon as none is left that could be meant. */
  const early = new Map<string, Completion>();

  const forgetEarly = (): void => {
    for (const operation of pending.values()) if (operation.href === undefined) return;
    early.clear();
  };

  const keepEarly = (href: string, completion: Completion): void => {
    early.set(href, completion);
    const [oldest] = early.keys();
    if (early.size > mostEarly && oldest !== undefined) early.delete(oldest);
  };

  return {
    begin(id, scope) {
      const { promise, resolve } = Promise.withResolvers<Completion>();
      const operation: Pending = { settle: resolve, href: undefined, scope };
      pending.set(id, operation);
      return {
        id,
        completion: promise,
        get href() {
          return operation.href;
        },
        located(href) {
          operation.href = href;
          const completion = early.get(href);
          if (completion) resolve(completion);
          early.delete(href);
          forgetEarly();
        },
        [Symbol.dispose]() {
          pending.delete(id);
          forgetEarly();
        },
      };
    },
    complete(href, id, completion) {
      const named = id === undefined ? undefined : pending.get(id);
      if (named) {
        named.href ??= href;
        return named.settle(completion);
      }
      let someUnanswered = false;
      for (const operation of pending.values()) {
        if (operation.href === href) return operation.settle(completion);
        someUnanswered ||= operation.href === undefined;
      }
      if (someUnanswered && id === undefined) keepEarly(href, completion);
    },
    loseAll(scope) {
      for (const operation of pending.values()) {
        if (scope === undefined || operation.scope === scope) operation.settle({ kind: 'lost' });
      }
    },
  };
}
