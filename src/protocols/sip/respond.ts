import type { Fault } from './fault.ts';
import { formatNameAddr, parseNameAddr, tagOf } from './headers/name-addr.ts';
import { type Header, noBody, type SipRequest, type SipResponse } from './message.ts';
import { reasonPhrase } from './status.ts';

export interface ResponseParts {
  readonly reason?: string;
  /** The tag for a To that has none yet; none is added to a 100. */
  readonly toTag?: string;
  readonly headers?: readonly Header[];
  readonly body?: Uint8Array;
}

/**
 * A response as RFC 3261 section 8.2.6 makes it: Via, From, To, Call-ID and CSeq are the request's own lines,
 * untouched; Timestamp goes into a 100, Record-Route into what may set up a dialog.
 */
export function respond(request: SipRequest, status: number, parts: ResponseParts = {}): SipResponse {
  const headers: Header[] = [];
  for (const each of request.headers) {
    switch (each.name) {
      case 'Via':
      case 'From':
      case 'Call-ID':
      case 'CSeq':
        headers.push(each);
        break;
      case 'To':
        headers.push(parts.toTag === undefined || status === 100 ? each : withTag(each, parts.toTag));
        break;
      case 'Timestamp':
        if (status === 100) headers.push(each);
        break;
      case 'Record-Route':
        if (status > 100 && status < 300) headers.push(each);
        break;
      default:
    }
  }
  return {
    kind: 'response',
    status,
    reason: parts.reason ?? reasonPhrase(status),
    headers: parts.headers === undefined ? headers : [...headers, ...parts.headers],
    body: parts.body ?? noBody,
  };
}

function withTag(to: Header, tag: string): Header {
  const address = parseNameAddr(to.value);
  if (address === undefined || tagOf(address) !== undefined) return to;
  return {
    name: 'To',
    value: formatNameAddr({ ...address, params: [...address.params, { name: 'tag', value: tag }] }),
  };
}

/** The answer to a faulty request. Its reason phrase names the field, never what stood in it. */
export function refuse(request: SipRequest, fault: Fault, toTag: string): SipResponse {
  const reason =
    fault.status === 400 ? `Bad Request (${fault.field}: ${fault.detail})` : reasonPhrase(fault.status);
  return respond(request, fault.status, { reason, toTag, headers: fault.headers ?? [] });
}
