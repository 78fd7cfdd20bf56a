import type { SipUri } from '../../../core/people.ts';
import { formatNameAddr } from '../../../protocols/sip/headers/name-addr.ts';
import type { Header, SipRequest } from '../../../protocols/sip/message.ts';
import { makeRequest } from '../../../protocols/sip/request.ts';
import { escapeUser } from '../../../protocols/sip/uri.ts';
import { epidOf, type Names } from './names.ts';

export type Dialect = 'microsoft' | 'simple';

/** Whom an endpoint is of, and what it calls itself. */
export interface Self {
  /** `sip:frank@contoso.example`. */
  readonly uri: SipUri;
  /** `frank@contoso.example`. */
  readonly address: string;
  readonly domain: string;
  /** A UUID, the same for this account at every start. */
  readonly instance: string;
  readonly epid: string;
  /** Tells this endpoint's Contact from all others that share the connection. */
  readonly opaque: string;
  /** Where requests for this endpoint are to go. */
  readonly contactUri: string;
}

export interface SelfOptions {
  readonly sip: SipUri;
  readonly instance: string;
  readonly localName: string;
  readonly transport: 'tls' | 'tcp';
}

export function selfOf({ sip, instance, localName, transport }: SelfOptions): Self {
  const address = sip.slice('sip:'.length);
  const at = address.lastIndexOf('@');
  const opaque = instance.replaceAll('-', '');
  const user = escapeUser(address.slice(0, at));
  return {
    uri: sip,
    address,
    domain: address.slice(at + 1),
    instance,
    epid: epidOf(instance),
    opaque,
    contactUri: `sip:${user}@${localName};transport=${transport};ms-opaque=${opaque}`,
  };
}

/** The value of From, with Microsoft's name for the endpoint. */
export function fromOf(self: Self, tag: string): string {
  return formatNameAddr({
    display: '',
    uri: self.uri,
    params: [
      { name: 'tag', value: tag },
      { name: 'epid', value: self.epid },
    ],
  });
}

export const contactOf = (self: Self): Header => ({ name: 'Contact', value: `<${self.contactUri}>` });

export interface RequestOutside {
  readonly method: string;
  readonly to: string;
  readonly headers?: readonly Header[];
  readonly body?: Uint8Array;
  /** Unless given, a fresh one. */
  readonly callId?: string;
  readonly tag?: string;
  readonly cseq?: number;
}

/** A request of this endpoint outside of any dialog. */
export function requestOf(self: Self, names: Names, request: RequestOutside): SipRequest {
  return makeRequest({
    method: request.method,
    uri: request.method === 'REGISTER' ? `sip:${self.domain}` : request.to,
    from: fromOf(self, request.tag ?? names.tag()),
    to: `<${request.to}>`,
    callId: request.callId ?? names.callId(),
    cseq: request.cseq ?? 1,
    headers: [...(request.headers ?? []), { name: 'User-Agent', value: 'Isthmus' }],
    ...(request.body === undefined ? {} : { body: request.body }),
  });
}
