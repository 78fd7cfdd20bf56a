import type { Reason } from '../errors.ts';
import type { CallEnd, SendOutcome } from './backend.ts';

/**
 * How an end of a call is told in an event. The documentation lists codes and subcodes and pairs none of
 * them: these pairs follow their meaning, and the SIP answer behind each.
 */
const callReasons: Readonly<Record<CallEnd, Reason>> = {
  unknown: reason('NotFound', 'DestinationNotFound', 'Nobody has that address here.'),
  notAllowed: reason('Forbidden', 'NotAllowed', 'The other side may not be called from here.'),
  offline: reason('RemoteFailure', 'TemporarilyUnavailable', 'The other side is not signed in.'),
  unreachable: reason('RemoteFailure', 'Unreachable', 'The server of the other side does not answer.'),
  doNotDisturb: reason('RemoteFailure', 'DoNotDisturb', 'The other side does not want to be disturbed.'),
  busy: reason('RemoteFailure', 'Busy', 'The other side can take no further call.'),
  declined: reason('RemoteFailure', 'Declined', 'The invitation was declined.'),
  noAnswer: reason('Timeout', 'Timeout', 'Nobody answered.'),
  missed: reason('RemoteFailure', 'Missed', 'The invitation was not answered in time.'),
  cancelledByMe: reason('LocalFailure', 'Canceled', 'The invitation was cancelled.'),
  cancelledByPeer: reason('RemoteFailure', 'Canceled', 'The caller gave up.'),
  connectedElsewhere: reason('Informational', 'ConnectedElsewhere', 'Another endpoint answered.'),
  endedByMe: reason('Informational', 'Ended', 'The conversation was ended here.'),
  endedByPeer: reason('Informational', 'Ended', 'The other side has left.'),
  silence: reason('Informational', 'Expired', 'The conversation ended after a long silence.'),
};

const sendReasons: Readonly<Record<Exclude<SendOutcome, 'delivered'>, Reason>> = {
  timeout: reason('Timeout', 'Timeout', 'The other side did not fetch the message in time.'),
  ended: reason('Gone', 'Ended', 'The conversation ended before the message was taken.'),
  unreachable: reason('RemoteFailure', 'Unreachable', 'The server of the other side does not answer.'),
};

export function reasonOfCallEnd(end: CallEnd): Reason {
  return callReasons[end];
}

export function reasonOfSend(outcome: Exclude<SendOutcome, 'delivered'>): Reason {
  return sendReasons[outcome];
}

function reason(code: string, subcode: string, message: string): Reason {
  return { code, subcode, message };
}
