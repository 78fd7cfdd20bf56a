import type { End } from '../core/conversation/delivery.ts';
import type { ConversationId, MessageId, PersonId } from '../core/ids.ts';
import type { Side } from '../core/people.ts';
import type { Presence } from '../core/presence/presence.ts';
import type { Refusal } from '../core/refusals.ts';
import type { Taken } from './connector.ts';

/** Everything of note that happens in the gateway. Events carry ids and reasons, never message text or secrets. */
export type GatewayEvent =
  | {
      readonly kind: 'message-taken';
      readonly side: Side;
      readonly result: Taken;
      readonly message: MessageId;
    }
  | { readonly kind: 'intake-refused'; readonly side: Side; readonly refusal: Refusal }
  | { readonly kind: 'attempt'; readonly message: MessageId; readonly side: Side; readonly attempt: number }
  | {
      readonly kind: 'message-ended';
      readonly message: MessageId;
      readonly conversation: ConversationId;
      readonly from: Side;
      readonly end: End;
      /** From intake to the end, ms. */
      readonly tookMs: number;
    }
  | { readonly kind: 'sender-told'; readonly message: MessageId; readonly side: Side }
  | {
      readonly kind: 'sender-not-told';
      readonly message: MessageId;
      readonly side: Side;
      readonly refusal: Refusal;
    }
  | {
      readonly kind: 'presence-published';
      readonly person: PersonId;
      readonly side: Side;
      readonly presence: Presence;
    }
  | {
      readonly kind: 'presence-not-published';
      readonly person: PersonId;
      readonly side: Side;
      readonly refusal: Refusal;
    }
  /** Messages that no notification had told of, found by reading. */
  | {
      readonly kind: 'read-back-found';
      readonly side: Side;
      readonly messages: number;
      readonly after: 'gap' | 'silence';
    }
  | { readonly kind: 'edge-refused'; readonly side: Side; readonly refusal: Refusal }
  | { readonly kind: 'recovered'; readonly messages: number; readonly notices: number }
  /** So many texts were erased, and messages removed, for their age. */
  | { readonly kind: 'forgotten'; readonly erased: number; readonly removed: number }
  /** So many people are others in the directory than before. */
  | { readonly kind: 'people-changed'; readonly people: number }
  /** A change to the directory that was not made; the people stay as they were. */
  | { readonly kind: 'people-refused'; readonly problems: readonly string[] }
  /** The users of a tenant could not be read; they stay as they were read last. */
  | {
      readonly kind: 'people-not-read';
      readonly tenant: string;
      readonly detail: string;
      readonly againInMs: number;
    }
  /** A defect of the gateway itself; the message it concerns, if any, is not lost. */
  | { readonly kind: 'fault'; readonly where: string; readonly error: unknown };

/** Counts and logs; called synchronously, must not throw or wait. */
export type Report = (event: GatewayEvent) => void;
