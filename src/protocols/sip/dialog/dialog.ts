import { parseCSeq } from '../headers/cseq.ts';
import { type NameAddr, parseContacts, parseNameAddr, parseNameAddrs, tagOf } from '../headers/name-addr.ts';
import { header, headerLines, type SipMessage, type SipRequest, type SipResponse } from '../message.ts';

/** A dialog as plain data (RFC 3261 section 12). */
export interface Dialog {
  readonly state: 'early' | 'confirmed' | 'terminated';
  /** Who sent the request that made it. */
  readonly madeBy: 'us' | 'peer';
  readonly callId: string;
  readonly localTag: string;
  /** Empty where the peer knows no tags (RFC 2543). */
  readonly remoteTag: string;
  /** Our name and URI, with the parameters that From and To carry besides the tag (`epid`). */
  readonly local: NameAddr;
  readonly remote: NameAddr;
  /** Of our last request; 0 before the first. */
  readonly localCSeq: number;
  /** Of the peer's last request; `undefined` before the first. */
  readonly remoteCSeq: number | undefined;
  /** Where requests go: the peer's Contact URI. */
  readonly remoteTarget: string;
  /** Route header values, first hop first. */
  readonly routes: readonly string[];
}

/** What tells a dialog from all others of one connection. */
export type DialogId = Pick<Dialog, 'callId' | 'localTag' | 'remoteTag'>;

export function dialogKey({ callId, localTag, remoteTag }: DialogId): string {
  return JSON.stringify([callId, localTag, remoteTag]);
}

/** The dialog that a request of the peer belongs to; `undefined` for a request outside of any (no To tag). */
export function dialogIdOf(request: SipRequest): DialogId | undefined {
  const localTag = tagOf(address(request, 'To'));
  if (localTag === undefined) return undefined;
  return {
    callId: header(request, 'Call-ID') ?? '',
    localTag,
    remoteTag: tagOf(address(request, 'From')) ?? '',
  };
}

/** The dialog that a response to our request speaks of; `undefined` where its To has no tag. */
export function dialogIdOfResponse(response: SipResponse): DialogId | undefined {
  const remoteTag = tagOf(address(response, 'To'));
  if (remoteTag === undefined) return undefined;
  return {
    callId: header(response, 'Call-ID') ?? '',
    localTag: tagOf(address(response, 'From')) ?? '',
    remoteTag,
  };
}

/**
 * The dialog that a 101 to 299 makes out of our request. `undefined` for a provisional response without To tag
 * (100, or an RFC 2543 peer), and for any other status.
 */
export function dialogFromResponse(request: SipRequest, response: SipResponse): Dialog | undefined {
  const { status } = response;
  const to = address(response, 'To');
  const from = address(request, 'From');
  if (status <= 100 || status >= 300 || to === undefined || from === undefined) return undefined;
  const remoteTag = tagOf(to);
  if (remoteTag === undefined && status < 200) return undefined;
  return {
    state: status < 200 ? 'early' : 'confirmed',
    madeBy: 'us',
    callId: header(request, 'Call-ID') ?? '',
    localTag: tagOf(from) ?? '',
    remoteTag: remoteTag ?? '',
    local: withoutTag(from),
    remote: withoutTag(to),
    localCSeq: parseCSeq(header(request, 'CSeq') ?? '')?.number ?? 0,
    remoteCSeq: undefined,
    remoteTarget: contactUri(response) ?? request.uri,
    routes: recordRoutes(response).toReversed(),
  };
}

export interface CalleeOptions {
  readonly localTag: string;
  /** Of the response that makes it: below 200 it is early. */
  readonly status: number;
  /** COMPAT: SIPE counts its CSeq from 1 again behind the INVITE; the first request in the dialog sets the count. */
  readonly cseqRestarts?: boolean;
}

/** The dialog that our answer makes out of the peer's request; `undefined` where the request has no usable Contact. */
export function dialogFromRequest(request: SipRequest, options: CalleeOptions): Dialog | undefined {
  const to = address(request, 'To');
  const from = address(request, 'From');
  const remoteTarget = contactUri(request);
  if (to === undefined || from === undefined || remoteTarget === undefined) return undefined;
  return {
    state: options.status < 200 ? 'early' : 'confirmed',
    madeBy: 'peer',
    callId: header(request, 'Call-ID') ?? '',
    localTag: options.localTag,
    remoteTag: tagOf(from) ?? '',
    local: withoutTag(to),
    remote: withoutTag(from),
    localCSeq: 0,
    remoteCSeq: options.cseqRestarts === true ? undefined : parseCSeq(header(request, 'CSeq') ?? '')?.number,
    remoteTarget,
    routes: recordRoutes(request),
  };
}

/** The URI of the first Contact. */
export function contactUri(message: SipMessage): string | undefined {
  const value = header(message, 'Contact');
  const contacts = value === undefined ? undefined : parseContacts(value);
  return contacts?.kind === 'list' ? contacts.contacts[0]?.uri : undefined;
}

const address = (message: SipMessage, name: 'From' | 'To'): NameAddr | undefined =>
  parseNameAddr(header(message, name) ?? '');

const withoutTag = (from: NameAddr): NameAddr => ({
  ...from,
  params: from.params.filter(({ name }) => name !== 'tag'),
});

function recordRoutes(message: SipMessage): readonly string[] {
  return headerLines(message, 'Record-Route')
    .flatMap((line) => parseNameAddrs(line) ?? [])
    .map(routeValue);
}

/** Parameters of the header itself (SfB puts a `tag` there) are no part of a Route. */
const routeValue = ({ uri }: NameAddr): string => `<${uri}>`;
