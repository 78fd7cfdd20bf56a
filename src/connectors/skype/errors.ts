import type { RefusalId } from '../../core/refusals.ts';
import {
  ApplicationStopped,
  ConnectionFailed,
  RequestFailed,
  SignInRefused,
  UnexpectedAnswer,
} from '../../protocols/ucwa/client/client.ts';
import type { Reason, Subcode } from '../../protocols/ucwa/errors.ts';

/**
 * Why something at a pool did not happen. `ended`: the session was over before, nothing was shown, and a new session
 * may do better at once. The others are as in `DeliveryOutcome`.
 */
export interface Failure {
  readonly kind: 'refused' | 'transient' | 'uncertain' | 'ended';
  readonly id: RefusalId;
  /** Codes of the network, never text of a message. */
  readonly detail: string;
  readonly afterMs?: number;
}

type Rule = readonly [Failure['kind'], RefusalId];

const ended: Rule = ['ended', 'session-ended'];
const offline: Rule = ['refused', 'offline'];
const declined: Rule = ['refused', 'declined'];
const noAnswer: Rule = ['refused', 'no-answer'];
const forbidden: Rule = ['refused', 'not-allowed'];
const strange: Rule = ['refused', 'unexpected-answer'];
const full: Rule = ['transient', 'throttled'];
const unreachable: Rule = ['transient', 'unreachable'];

/** What each subcode says of an invitation, a message or the request that starts one. */
export const bySubcode = {
  AlreadyExists: strange,
  AnonymousNotAllowed: forbidden,
  APIVersionNotSupported: strange,
  ApplicationNotFound: ended,
  AutoAccepted: strange,
  Busy: declined,
  CallbackChannelError: unreachable,
  CallTerminated: ended,
  Canceled: noAnswer,
  ConnectedElsewhere: declined,
  ConversationNotFound: ended,
  Declined: declined,
  Denied: forbidden,
  DerivedConversation: ended,
  DeserializationFailure: strange,
  DestinationNotFound: ['refused', 'no-such-person'],
  DoNotDisturb: ['refused', 'do-not-disturb'],
  Ejected: ended,
  Ended: ended,
  EscalationFailed: ended,
  Expired: noAnswer,
  FederationRequired: forbidden,
  Forwarded: declined,
  InactiveApplicationExpired: unreachable,
  InviteesOnly: forbidden,
  LimitExceeded: full,
  MakeMeAvailableRequired: unreachable,
  MigrationInProgress: unreachable,
  Missed: noAnswer,
  ModalityNotSupported: offline,
  NotAcceptable: offline,
  NotAllowed: forbidden,
  OperationNotSupported: forbidden,
  ParameterValidationFailure: strange,
  PGetReplaced: unreachable,
  ProvisioningDataUnavailable: unreachable,
  Redirected: declined,
  Removed: ended,
  RepliedWithOtherModality: declined,
  TemporarilyUnavailable: offline,
  ThreadIdAlreadyExists: ended,
  Timeout: noAnswer,
  TooManyApplications: full,
  TooManyContacts: full,
  TooManyConversations: full,
  TooManyGroups: full,
  TooManyOnlineMeetings: full,
  TooManyParticipants: full,
  Unavailable: offline,
  Unreachable: unreachable,
  UnsupportedMediaType: strange,
  UserAgentNotAllowed: forbidden,
} as const satisfies Record<Subcode | 'PGetReplaced', Rule>;

const byCode = new Map<string, Rule>(
  Object.entries<Rule>({
    BadRequest: strange,
    ClientTimeout: unreachable,
    Conflict: ended,
    EntityTooLarge: ['refused', 'too-long'],
    Forbidden: forbidden,
    GatewayTimeout: noAnswer,
    Gone: unreachable,
    Informational: strange,
    LocalFailure: unreachable,
    NotAcceptable: offline,
    NotFound: ['refused', 'no-such-person'],
    RemoteFailure: offline,
    ServiceFailure: strange,
    ServiceUnavailable: unreachable,
    Timeout: noAnswer,
    TooManyRequests: full,
    UnsupportedMediaType: strange,
  }),
);

/** An operation that the pool accepted and then reported as failed: it certainly was not shown. */
export function failureOfReason(reason: Reason | undefined): Failure {
  const rule = subcodeRule(reason?.subcode) ?? byCode.get(reason?.code ?? '') ?? strange;
  return of(rule, `${reason?.code ?? 'no reason'}/${reason?.subcode ?? 'none'}`);
}

/**
 * A request that failed. `writes` says whether it could have shown something: then no answer, or a fault of the
 * server, leaves it open whether it did.
 */
export function failureOfError(error: unknown, writes: boolean): Failure {
  const open: Rule = writes ? ['uncertain', 'uncertain'] : unreachable;
  if (error instanceof ConnectionFailed) return of(error.sent === 'no' ? unreachable : open, error.code);
  if (error instanceof SignInRefused) return of(['refused', 'link-refused'], error.error);
  if (error instanceof ApplicationStopped) {
    const gone = error.end.kind === 'gone';
    return of(gone ? forbidden : unreachable, gone ? `Gone/${error.end.subcode}` : error.end.kind);
  }
  if (error instanceof UnexpectedAnswer) return of(writes ? open : strange, error.message);
  if (error instanceof RequestFailed) return failureOfRequest(error, open);
  return of(open, error instanceof Error ? error.name : 'unknown');
}

function failureOfRequest(error: RequestFailed, open: Rule): Failure {
  const rule = ((): Rule => {
    switch (error.status) {
      case 401:
        return ['refused', 'link-refused'];
      case 404:
        return subcodeRule(error.reason?.subcode) ?? ended;
      case 503:
        return unreachable;
      case 413:
        return ['refused', 'too-long'];
      case 429:
        return full;
      case 408:
      case 500:
      case 502:
      case 504:
        return open;
      default:
        return subcodeRule(error.reason?.subcode) ?? byCode.get(error.reason?.code ?? '') ?? strange;
    }
  })();
  return {
    ...of(rule, error.message),
    ...(error.afterMs === undefined ? {} : { afterMs: error.afterMs }),
  };
}

function subcodeRule(subcode: string | undefined): Rule | undefined {
  return isKnown(subcode) ? bySubcode[subcode] : undefined;
}

function isKnown(subcode: string | undefined): subcode is keyof typeof bySubcode {
  return subcode !== undefined && Object.hasOwn(bySubcode, subcode);
}

function of([kind, id]: Rule, detail: string): Failure {
  return { kind, id, detail };
}
