import type { InvitationEvent } from './events.ts';

/** An invitation of ours, from its request on. */
export interface OwnInvitation {
  readonly operationId: string;
  conversation: string | undefined;
  threadId: string | undefined;
  /** Where it is taken back, once an event has said so. */
  cancel: string | undefined;
  /** It is to be taken back as soon as it is known where. */
  unwanted: boolean;
}

/** Those whose end the pool has not told yet. */
export interface OwnInvitations {
  /** Its request is about to be made. */
  begin(operationId: string, threadId: string | undefined): OwnInvitation;
  get(operationId: string): OwnInvitation | undefined;
  /** Its event may have come before the answer to its request, or in place of it. */
  note(event: InvitationEvent): void;
  /** Nobody waits for its end any more. */
  leave(invitation: OwnInvitation): void;
  /** The pool surely has not got it. */
  forget(operationId: string): void;
  forgetAll(): void;
}

/** Of those that nobody waits for, as many are known as may still ring: whether the pool has got them it may never say. */
const mostLeft = 1_000;

export function createOwnInvitations(takeBack: (href: string) => void): OwnInvitations {
  const awaited = new Map<string, OwnInvitation>();
  const left = new Map<string, OwnInvitation>();

  const get = (operationId: string): OwnInvitation | undefined =>
    awaited.get(operationId) ?? left.get(operationId);

  const forget = (operationId: string): void => {
    awaited.delete(operationId);
    left.delete(operationId);
  };

  return {
    begin(operationId, threadId) {
      const invitation: OwnInvitation = {
        operationId,
        conversation: undefined,
        threadId,
        cancel: undefined,
        unwanted: false,
      };
      awaited.set(operationId, invitation);
      return invitation;
    },
    get,
    note({ type, operationId, conversation, threadId, cancel }) {
      const ours = operationId === undefined ? undefined : get(operationId);
      if (!ours) return;
      ours.conversation = conversation ?? ours.conversation;
      ours.threadId = threadId ?? ours.threadId;
      ours.cancel = cancel ?? ours.cancel;
      if (type === 'completed') forget(ours.operationId);
      else if (ours.unwanted && ours.cancel !== undefined) takeBack(ours.cancel);
    },
    leave(invitation) {
      if (!awaited.delete(invitation.operationId)) return;
      left.set(invitation.operationId, invitation);
      const [oldest] = left.keys();
      if (left.size > mostLeft && oldest !== undefined) left.delete(oldest);
    },
    forget,
    forgetAll() {
      awaited.clear();
      left.clear();
    },
  };
}
