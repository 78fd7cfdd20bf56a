import { formatDiagnostics } from '../../../protocols/sip/headers/diagnostics.ts';
import type { Header } from '../../../protocols/sip/message.ts';
import type { ServerTransaction } from '../../../protocols/sip/transaction/server.ts';
import type { SessionEnd } from '../leg.ts';

/** Why a request is not done: a status, and the words of [MS-OCER] that clients show or log. */
export interface Refusal {
  readonly status: number;
  /** The number of ms-diagnostics. */
  readonly code: number;
  /** Never quotes what the peer wrote. */
  readonly reason: string;
  readonly headers?: readonly Header[];
}

const refusal = (status: number, code: number, reason: string, headers?: readonly Header[]): Refusal => ({
  status,
  code,
  reason,
  ...(headers && { headers }),
});

export const refusals = {
  unknownPerson: refusal(404, 1003, 'User does not exist'),
  wrongPassword: refusal(403, 4002, 'The user name or the password is wrong'),
  notYou: refusal(403, 4003, 'From is not the person who signed in'),
  notRegistered: refusal(403, 4005, 'Register first'),
  tooManyEndpoints: refusal(403, 4006, 'The person has too many endpoints already'),
  tooMany: refusal(503, 4007, 'Too much is open on this connection', [{ name: 'Retry-After', value: '5' }]),
  noSuchDialog: refusal(481, 1009, 'The session or subscription is not known'),
  badDocument: refusal(400, 1018, 'The body cannot be read'),
  badEvent: refusal(489, 1010, 'There is no such event package'),
  noMessaging: refusal(488, 52_012, 'Instant messaging alone is possible here'),
  noConference: refusal(488, 52_013, 'Group conversations are not possible here'),
  unsupportedText: refusal(415, 52_014, 'Plain text and HTML alone are shown here', [
    { name: 'Accept', value: 'text/plain, text/html, multipart/alternative' },
  ]),
  serverFault: refusal(500, 1, 'Something went wrong in the server'),
  down: refusal(503, 1007, 'The server cannot serve the request now'),
} as const satisfies Readonly<Record<string, Refusal>>;

/** What a caller is told of an invitation that came to nothing. */
export function refusalOf(end: SessionEnd): Refusal {
  switch (end) {
    case 'unknown':
      return refusals.unknownPerson;
    case 'notAllowed':
      return refusal(403, 1027, 'The two organisations are not federated');
    case 'offline':
      return refusal(480, 15_030, 'The person is not signed in anywhere');
    case 'unreachable':
      return refusal(504, 1007, 'The pool of the person cannot be reached');
    case 'doNotDisturb':
      return refusal(486, 13_004, 'The person does not want to be disturbed');
    case 'busy':
      return refusal(486, 13_005, 'No endpoint of the person takes another conversation');
    case 'declined':
      return refusal(603, 13_006, 'The person declined');
    case 'noAnswer':
    case 'missed':
      return refusal(408, 13_007, 'Nobody answered');
    case 'cancelledByMe':
    case 'cancelledByPeer':
    case 'connectedElsewhere':
    case 'endedByMe':
    case 'endedByPeer':
    case 'silence':
      return refusal(487, 13_008, 'The invitation was taken back');
  }
}

/** Answers; `source` is this server's name. */
export function refuseWith(
  transaction: ServerTransaction,
  { status, code, reason, headers = [] }: Refusal,
  source: string,
): void {
  const all = [
    { name: 'ms-diagnostics', value: formatDiagnostics({ code, reason, source, params: [] }) },
    { name: 'ms-diagnostics-public', value: formatDiagnostics({ code, reason, params: [] }) },
    ...headers,
  ];
  transaction.respond(status, { headers: all });
}
