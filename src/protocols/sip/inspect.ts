import type { Fault } from './fault.ts';
import { accepts, mediaName, parseAccept, parseMediaType } from './headers/content-type.ts';
import { parseNameAddr } from './headers/name-addr.ts';
import { tokensOf } from './headers/tokens.ts';
import { parseVias } from './headers/via.ts';
import { header, headerLines, type SipRequest, type SipResponse } from './message.ts';
import { knownMethods } from './methods.ts';
import { parseUri } from './uri.ts';

/** What a user agent server can do (RFC 3261 section 8.2). */
export interface Capabilities {
  readonly methods: readonly string[];
  /** URI schemes of the Request-URI, lower case. */
  readonly schemes: readonly string[];
  /** Option tags for Require, lower case. */
  readonly extensions: readonly string[];
  /** Bodies that are understood, `type/subtype` in lower case; `undefined` takes all and leaves them to others. */
  readonly contentTypes?: readonly string[];
  /** Bodies that answers to INVITE hold; a request that accepts none of them gets 406. */
  readonly answers?: readonly string[];
}

/** Inspects a request in the order of RFC 3261 section 8.2: the fault to answer with, or `undefined`. */
export function inspectRequest(request: SipRequest, can: Capabilities): Fault | undefined {
  return (
    inspectMethod(request, can) ??
    inspectScheme(request, can) ??
    inspectRequire(request, can) ??
    inspectContent(request, can) ??
    inspectAccept(request, can)
  );
}

function inspectMethod({ method }: SipRequest, { methods }: Capabilities): Fault | undefined {
  if (methods.includes(method)) return undefined;
  const headers = [{ name: 'Allow', value: methods.join(', ') }];
  return knownMethods.has(method)
    ? { status: 405, field: 'start line', detail: 'method not allowed', headers }
    : { status: 501, field: 'start line', detail: 'unknown method', headers };
}

const schemeOf = (text: string): string => text.slice(0, text.indexOf(':')).toLowerCase();

function inspectScheme(request: SipRequest, { schemes }: Capabilities): Fault | undefined {
  if (!schemes.includes(schemeOf(request.uri))) {
    return { status: 416, field: 'start line', detail: 'unsupported URI scheme' };
  }
  if (request.method !== 'REGISTER') return undefined;
  const to = parseNameAddr(header(request, 'To') ?? '');
  return to === undefined || parseUri(to.uri)?.kind !== 'sip'
    ? { status: 400, field: 'To', detail: 'an address-of-record must be a SIP URI' }
    : undefined;
}

function inspectRequire(request: SipRequest, { extensions }: Capabilities): Fault | undefined {
  if (request.method === 'ACK' || request.method === 'CANCEL') return undefined;
  const unsupported = tokensOf(request, 'Require').filter((tag) => !extensions.includes(tag.toLowerCase()));
  if (unsupported.length === 0) return undefined;
  const headers = [{ name: 'Unsupported', value: unsupported.join(', ') }];
  return { status: 420, field: 'Require', detail: 'unsupported extension', headers };
}

function inspectContent(request: SipRequest, { contentTypes }: Capabilities): Fault | undefined {
  if (contentTypes === undefined || request.body.length === 0) return undefined;
  const type = parseMediaType(header(request, 'Content-Type') ?? '');
  if (type !== undefined && contentTypes.includes(mediaName(type))) return undefined;
  const headers = [{ name: 'Accept', value: contentTypes.join(', ') }];
  return { status: 415, field: 'Content-Type', detail: 'unsupported body', headers };
}

function inspectAccept(request: SipRequest, { answers }: Capabilities): Fault | undefined {
  if (answers === undefined || request.method !== 'INVITE') return undefined;
  const lines = headerLines(request, 'Accept');
  if (lines.length === 0) return undefined;
  const ranges = lines.flatMap((line) => parseAccept(line) ?? []);
  return answers.some((name) => accepts(ranges, name))
    ? undefined
    : { status: 406, field: 'Accept', detail: 'accepts nothing that an answer could hold' };
}

/** A response with a second Via is meant for somebody else; an endpoint drops it (RFC 3261 section 8.1.3.3). */
export function isForEndpoint(response: SipResponse): boolean {
  const [first, ...more] = headerLines(response, 'Via');
  return first !== undefined && more.length === 0 && parseVias(first)?.length === 1;
}
