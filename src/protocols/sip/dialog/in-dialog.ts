import { formatCSeq } from '../headers/cseq.ts';
import { formatNameAddr, type NameAddr, parseNameAddr } from '../headers/name-addr.ts';
import { type Header, noBody, type SipRequest } from '../message.ts';
import { parseUri, uriParam } from '../uri.ts';
import type { Dialog } from './dialog.ts';

export interface RequestParts {
  readonly method: string;
  /** Contact, Content-Type and whatever else the method wants. */
  readonly headers?: readonly Header[];
  readonly body?: Uint8Array;
}

/** A request inside the dialog with the given CSeq number, without Via (RFC 3261 section 12.2.1.1). */
export function inDialogRequest(dialog: Dialog, cseq: number, parts: RequestParts): SipRequest {
  const { uri, routes } = route(dialog);
  return {
    kind: 'request',
    method: parts.method,
    uri,
    headers: [
      ...routes.map((value) => ({ name: 'Route', value })),
      { name: 'Max-Forwards', value: '70' },
      { name: 'From', value: tagged(dialog.local, dialog.localTag) },
      { name: 'To', value: tagged(dialog.remote, dialog.remoteTag) },
      { name: 'Call-ID', value: dialog.callId },
      { name: 'CSeq', value: formatCSeq({ number: cseq, method: parts.method }) },
      ...(parts.headers ?? []),
    ],
    body: parts.body ?? noBody,
  };
}

function tagged(address: NameAddr, tag: string): string {
  const params = tag === '' ? address.params : [{ name: 'tag', value: tag }, ...address.params];
  return formatNameAddr({ ...address, params });
}

/** A first hop without `lr` is a strict router of RFC 2543: it gets the Request-URI, the target goes last. */
function route({ remoteTarget, routes }: Dialog): { uri: string; routes: readonly string[] } {
  const [first, ...more] = routes;
  const firstUri = first === undefined ? undefined : parseNameAddr(first)?.uri;
  const parsed = firstUri === undefined ? undefined : parseUri(firstUri);
  if (firstUri === undefined || parsed?.kind !== 'sip' || uriParam(parsed, 'lr') !== undefined) {
    return { uri: remoteTarget, routes };
  }
  return { uri: firstUri, routes: [...more, `<${remoteTarget}>`] };
}
