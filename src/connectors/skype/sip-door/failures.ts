import { parseDiagnostics } from '../../../protocols/sip/headers/diagnostics.ts';
import { parseDigits } from '../../../protocols/sip/lexical.ts';
import { header, type SipResponse } from '../../../protocols/sip/message.ts';
import type { Failure } from '../errors.ts';
import type { Answer } from './link.ts';

/** What was asked: a final refusal of each means something else. */
export type Asked = 'invite' | 'message' | 'other';

type Rule = readonly [Failure['kind'], Failure['id']];

const unreachable: Rule = ['transient', 'unreachable'];
const strange: Rule = ['refused', 'unexpected-answer'];
const noSuchPerson: Rule = ['refused', 'no-such-person'];
const notTaken: Rule = ['refused', 'not-allowed'];

/**
 * What each final status says. A SIP refusal is certain: who refused has shown nothing. Only 504 and a 408 to a MESSAGE
 * leave it open, because a server says them in place of somebody further on.
 */
const byStatus = new Map<number, Rule>([
  [400, strange],
  [401, ['refused', 'link-refused']],
  [403, notTaken],
  [404, noSuchPerson],
  [405, strange],
  [406, strange],
  [407, ['refused', 'link-refused']],
  [410, noSuchPerson],
  [413, ['refused', 'too-long']],
  [415, strange],
  [416, noSuchPerson],
  [423, unreachable],
  [429, ['transient', 'throttled']],
  [430, unreachable],
  [433, notTaken],
  [480, ['refused', 'offline']],
  [481, ['ended', 'session-ended']],
  [484, noSuchPerson],
  [485, noSuchPerson],
  [486, ['refused', 'do-not-disturb']],
  [487, ['refused', 'no-answer']],
  [488, ['refused', 'offline']],
  [491, ['transient', 'session-ended']],
  [500, ['refused', 'unexpected-answer']],
  [501, notTaken],
  [502, unreachable],
  [503, unreachable],
  [513, ['refused', 'too-long']],
  [600, ['refused', 'do-not-disturb']],
  [603, ['refused', 'declined']],
  [604, noSuchPerson],
  [606, notTaken],
]);

/** A final answer other than 2xx, or none, in the words of this connector. */
export function failureOfAnswer(answer: Answer, asked: Asked): Failure {
  if (answer.kind === 'response') return failureOfResponse(answer.response, asked);
  if (!answer.sent) return of(unreachable, 'the connection was closed before the request was sent');
  const detail = answer.why === 'timeout' ? 'no answer' : 'the connection was lost before the answer';
  return asked === 'other' ? of(unreachable, detail) : of(['uncertain', 'uncertain'], detail);
}

export function failureOfResponse(response: SipResponse, asked: Asked): Failure {
  const { status } = response;
  const seconds = parseDigits(header(response, 'Retry-After')?.match(/^\d+/)?.[0] ?? '', 86_400);
  return {
    ...of(ruleOf(status, asked), detailOf(response)),
    ...(seconds === undefined ? {} : { afterMs: seconds * 1000 }),
  };
}

function ruleOf(status: number, asked: Asked): Rule {
  if (status === 408) return asked === 'other' ? unreachable : ['refused', 'no-answer'];
  if (status === 504) return asked === 'other' ? unreachable : ['uncertain', 'uncertain'];
  const known = byStatus.get(status);
  if (known) return known;
  return status >= 500 && status < 600 ? unreachable : strange;
}

/** Status and Microsoft's own code; the reason phrases are the network's words and stay out. */
function detailOf(response: SipResponse): string {
  const said = header(response, 'ms-diagnostics') ?? header(response, 'ms-diagnostics-public');
  const code = said === undefined ? undefined : parseDiagnostics(said)?.code;
  return `SIP ${response.status}${code === undefined ? '' : `, ms-diagnostics ${code}`}`;
}

function of([kind, id]: Rule, detail: string): Failure {
  return { kind, id, detail };
}

export const sessionEnded: Failure = { kind: 'ended', id: 'session-ended', detail: 'the session is over' };

export const endpointLost: Failure = {
  kind: 'transient',
  id: 'unreachable',
  detail: 'the endpoint is not registered',
};
