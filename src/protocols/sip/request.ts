import { type Header, noBody, type SipRequest } from './message.ts';

export interface RequestFields {
  readonly method: string;
  readonly uri: string;
  /** Header values, tag included (`formatNameAddr` makes them). */
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly cseq: number;
  /** Contact, Route, Event, Content-Type … */
  readonly headers?: readonly Header[];
  readonly body?: Uint8Array;
}

/** A request outside of a dialog, without Via: `Transactions` adds ours (RFC 3261 section 8.1.1). */
export function makeRequest({
  method,
  uri,
  from,
  to,
  callId,
  cseq,
  headers,
  body,
}: RequestFields): SipRequest {
  return {
    kind: 'request',
    method,
    uri,
    headers: [
      { name: 'Max-Forwards', value: '70' },
      { name: 'From', value: from },
      { name: 'To', value: to },
      { name: 'Call-ID', value: callId },
      { name: 'CSeq', value: `${cseq} ${method}` },
      ...(headers ?? []),
    ],
    body: body ?? noBody,
  };
}
