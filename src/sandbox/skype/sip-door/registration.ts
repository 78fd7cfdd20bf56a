import { type ExpiryRules, expiresOf, grantExpiry } from '../../../protocols/sip/events/expiry.ts';
import { epidOf, parseContacts, parseNameAddr } from '../../../protocols/sip/headers/name-addr.ts';
import { parseSeconds } from '../../../protocols/sip/headers/numbers.ts';
import { param } from '../../../protocols/sip/headers/params.ts';
import { hasToken } from '../../../protocols/sip/headers/tokens.ts';
import { type Header, header, type SipRequest } from '../../../protocols/sip/message.ts';

/** What a REGISTER asks for. */
export interface Registration {
  /** Tells the endpoint from the person's others. */
  readonly key: string;
  /** Where requests to the endpoint go. */
  readonly contact: string;
  readonly epid: string | undefined;
  readonly instance: string | undefined;
  /**
   * `microsoft` takes sessions and enhanced presence, `simple` pager-mode messages (RFC 3428) and PIDF.
   */
  readonly kind: 'microsoft' | 'simple';
  /** Seconds; 0 signs out. `undefined`: whatever the server gives. */
  readonly expires: number | undefined;
}

export type RegistrationRequest =
  | { readonly kind: 'register'; readonly registration: Registration }
  /** All endpoints that this connection registered for the person leave. */
  | { readonly kind: 'leaveAll' }
  /** Asks what is registered, and changes nothing. */
  | { readonly kind: 'query' }
  | { readonly kind: 'faulty' };

/** Without a wish endpoints are registered for two hours, as Microsoft's servers do. */
export const registrationExpiry: ExpiryRules = { min: 60, max: 7_200, byDefault: 7_200 };

export const grantRegistration = (asked: number | undefined) => grantExpiry(asked, registrationExpiry);

export function readRegistration(request: SipRequest): RegistrationRequest {
  const line = header(request, 'Contact');
  if (line === undefined) return { kind: 'query' };
  const contacts = parseContacts(line);
  if (contacts === undefined) return { kind: 'faulty' };
  if (contacts.kind === 'all') return expiresOf(request) === 0 ? { kind: 'leaveAll' } : { kind: 'faulty' };
  const [contact] = contacts.contacts;
  const from = parseNameAddr(header(request, 'From') ?? '');
  if (contact === undefined || from === undefined) return { kind: 'faulty' };
  const epid = epidOf(from);
  const instance = param(contact.params, '+sip.instance');
  const own = param(contact.params, 'expires');
  return {
    kind: 'register',
    registration: {
      key: instance ?? epid ?? contact.uri,
      contact: contact.uri,
      epid,
      instance,
      kind: isMicrosoft(request, epid) ? 'microsoft' : 'simple',
      expires: own === undefined ? expiresOf(request) : parseSeconds(own),
    },
  };
}

const isMicrosoft = (request: SipRequest, epid: string | undefined): boolean =>
  epid !== undefined ||
  hasToken(request, 'Supported', 'gruu-10') ||
  hasToken(request, 'Supported', 'msrtc-event-categories');

/** What the 200 says. Events are listed without blanks and extensions one a line: SIPE compares texts. */
export function registrationHeaders(
  { contact, instance, kind }: Registration,
  seconds: number,
  gruu: string,
): readonly Header[] {
  const own = instance === undefined ? '' : `;+sip.instance="${instance}";gruu="${gruu}"`;
  const bound = seconds === 0 ? [] : [{ name: 'Contact', value: `<${contact}>;expires=${seconds}${own}` }];
  if (kind === 'simple') return [...bound, { name: 'Expires', value: String(seconds) }];
  return [
    ...bound,
    { name: 'Expires', value: String(seconds) },
    { name: 'Supported', value: 'msrtc-event-categories' },
    { name: 'Supported', value: 'adhoclist' },
    {
      name: 'Allow-Events',
      value: 'vnd-microsoft-roaming-contacts,vnd-microsoft-roaming-self,presence',
    },
    {
      name: 'ms-keep-alive',
      value: `UAS; tcp=no; hop-hop=yes; end-end=no; timeout=${keepAliveSeconds}`,
    },
  ];
}

/** Of silence, after which a client is to send a keep-alive. */
export const keepAliveSeconds = 300;
