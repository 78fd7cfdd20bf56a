import { badRequest, type Fault } from './fault.ts';
import { parseMediaType } from './headers/content-type.ts';
import { parseCSeq } from './headers/cseq.ts';
import { parseDate } from './headers/date.ts';
import { parseEvent, parseSubscriptionState } from './headers/event.ts';
import { parseContacts, parseNameAddr, parseNameAddrs } from './headers/name-addr.ts';
import { parseMaxForwards } from './headers/numbers.ts';
import { parseTokens } from './headers/tokens.ts';
import { branchCookie, branchOf, parseVias } from './headers/via.ts';
import type { SipMessage, SipRequest } from './message.ts';
import { knownMethods } from './methods.ts';
import { parseUri } from './uri.ts';

interface Rule {
  /** May stand once only; each such rule has its own bit, 0 for the others. */
  readonly bit: number;
  readonly valid: (value: string) => boolean;
}

const isCallId = (value: string): boolean => value !== '' && !/\s/.test(value);

const isNameAddr = (value: string): boolean => {
  const address = parseNameAddr(value);
  return address !== undefined && parseUri(address.uri) !== undefined;
};

const areNameAddrs = (value: string): boolean => (parseNameAddrs(value)?.length ?? 0) > 0;

const areVias = (value: string): boolean =>
  parseVias(value)?.every((via) => branchOf(via) !== branchCookie) ?? false;

const isContact = (value: string): boolean => {
  const contacts = parseContacts(value);
  if (contacts === undefined) return false;
  return contacts.kind === 'all' || contacts.contacts.every(({ uri }) => parseUri(uri) !== undefined);
};

const bits = { from: 1, to: 2, callId: 4, cseq: 8 };
const mandatory = bits.from | bits.to | bits.callId | bits.cseq;

/**
 * One row a header. Expires is not here: a value out of range counts as missing, it does not spoil the request
 * (RFC 3261 section 20.19). Credentials are not here either: unknown schemes are answered with a challenge.
 */
const rules: ReadonlyMap<string, Rule> = new Map([
  ['Via', { bit: 0, valid: areVias }],
  ['From', { bit: bits.from, valid: isNameAddr }],
  ['To', { bit: bits.to, valid: isNameAddr }],
  ['Call-ID', { bit: bits.callId, valid: isCallId }],
  ['CSeq', { bit: bits.cseq, valid: (value) => parseCSeq(value) !== undefined }],
  ['Max-Forwards', { bit: 16, valid: (value) => parseMaxForwards(value) !== undefined }],
  ['Content-Type', { bit: 32, valid: (value) => parseMediaType(value) !== undefined }],
  ['Date', { bit: 64, valid: (value) => parseDate(value) !== undefined }],
  ['Event', { bit: 128, valid: (value) => parseEvent(value) !== undefined }],
  ['Subscription-State', { bit: 256, valid: (value) => parseSubscriptionState(value) !== undefined }],
  ['Expires', { bit: 512, valid: () => true }],
  ['Contact', { bit: 0, valid: isContact }],
  ['Route', { bit: 0, valid: areNameAddrs }],
  ['Record-Route', { bit: 0, valid: areNameAddrs }],
  ['Require', { bit: 0, valid: (value) => parseTokens(value) !== undefined }],
  ['Proxy-Require', { bit: 0, valid: (value) => parseTokens(value) !== undefined }],
]);

/**
 * Reads the headers that every element acts upon. The first fault, or `undefined`.
 * COMPAT: Max-Forwards and a From tag may be missing, and a Via may have no branch (RFC 2543; Microsoft's clients).
 */
export function checkMessage(message: SipMessage): Fault | undefined {
  let seen = 0;
  let vias = 0;
  let cseqValue = '';
  for (const { name, value } of message.headers) {
    // Only the topmost Via line is acted upon; an endpoint hands the others back as they came.
    if (name === 'Via' && vias++ > 0) continue;
    const rule = rules.get(name);
    if (rule === undefined) continue;
    if ((seen & rule.bit) !== 0) return badRequest(name, 'given more than once');
    seen |= rule.bit;
    if (!rule.valid(value)) return badRequest(name, 'malformed or out of range');
    if (name === 'CSeq') cseqValue = value;
  }
  if (vias === 0) return badRequest('Via', 'missing');
  if ((seen & mandatory) !== mandatory) return badRequest(firstMissing(seen), 'missing');
  if (message.kind === 'response') return undefined;
  const cseq = parseCSeq(cseqValue);
  if (cseq !== undefined && cseq.method !== message.method) return methodMismatch(message);
  return checkRequestUri(message.uri);
}

function firstMissing(seen: number): string {
  if ((seen & bits.callId) === 0) return 'Call-ID';
  if ((seen & bits.from) === 0) return 'From';
  return (seen & bits.to) === 0 ? 'To' : 'CSeq';
}

/** An unknown method is the better reason: it says what would have to change (RFC 4475 section 3.1.2.18). */
function methodMismatch(request: SipRequest): Fault {
  return knownMethods.has(request.method)
    ? badRequest('CSeq', 'names another method than the start line')
    : { status: 501, field: 'start line', detail: 'unknown method' };
}

function checkRequestUri(text: string): Fault | undefined {
  const uri = parseUri(text);
  if (uri === undefined) return badRequest('start line', 'Request-URI malformed');
  if (uri.kind === 'sip' && uri.headers.length > 0)
    return badRequest('start line', 'Request-URI with headers');
  return undefined;
}
