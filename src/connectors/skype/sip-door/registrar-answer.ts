import { parseContacts } from '../../../protocols/sip/headers/name-addr.ts';
import { param } from '../../../protocols/sip/headers/params.ts';
import { parseDigits } from '../../../protocols/sip/lexical.ts';
import { header, headerLines, type SipResponse } from '../../../protocols/sip/message.ts';
import { parseUri, uriParam } from '../../../protocols/sip/uri.ts';
import { defaultPorts, type Target } from './locate.ts';
import type { Self } from './self.ts';

/** What a 2xx to REGISTER grants, s: the Expires of our own Contact, or of the whole answer. */
export function grantedSeconds(
  response: SipResponse,
  self: Pick<Self, 'opaque' | 'instance'>,
): number | undefined {
  for (const { uri, params } of contactsOf(response)) {
    const isOurs =
      uri.includes(self.opaque) || param(params, '+sip.instance')?.includes(self.instance) === true;
    const seconds = isOurs ? parseDigits(param(params, 'expires') ?? '', 86_400 * 30) : undefined;
    if (seconds !== undefined) return seconds;
  }
  return parseDigits(header(response, 'Expires') ?? '', 86_400 * 30);
}

/** Front ends of one redirection that are used; a pool names the primary registrar and its backup. */
const mostHomes = 4;

/**
 * Where a 3xx to REGISTER sends an endpoint, by `q`, the best first (a Microsoft pool names the person's registrar with 0.7
 * and its backup with 0.3). Empty for any other answer. Who spoke over TLS is followed over TLS alone, and who did not, to
 * the same host alone: nobody is led into the open.
 */
export function homesOf(response: SipResponse, from: Target, transport: 'tls' | 'tcp'): readonly Target[] {
  if (response.status !== 301 && response.status !== 302 && response.status !== 305) return [];
  const named = contactsOf(response).flatMap(({ uri, params }) => {
    const target = targetOf(uri, transport);
    const mayFollow = target && (transport === 'tls' || target.host === from.host);
    return mayFollow ? [{ target, q: qualityOf(param(params, 'q')) }] : [];
  });
  return named
    .toSorted((a, b) => b.q - a.q)
    .slice(0, mostHomes)
    .map(({ target }, priority) => ({ ...target, priority, weight: 1 }));
}

function contactsOf(response: SipResponse) {
  return headerLines(response, 'Contact').flatMap((line) => {
    const contacts = parseContacts(line);
    return contacts?.kind === 'list' ? contacts.contacts : [];
  });
}

function targetOf(
  text: string,
  transport: 'tls' | 'tcp',
): { readonly host: string; readonly port: number } | undefined {
  const uri = parseUri(text);
  if (uri?.kind !== 'sip') return undefined;
  const named = uri.scheme === 'sips' ? 'tls' : uriParam(uri, 'transport')?.toLowerCase();
  if (named !== undefined && named !== transport) return undefined;
  const host = uri.host.replace(/^\[|\]$/g, '').toLowerCase();
  return { host, port: uri.port ?? defaultPorts[transport] };
}

/** 1 where nothing is said (RFC 3261 section 10.2.1.2); what cannot be read counts as the worst. */
function qualityOf(text: string | undefined): number {
  if (text === undefined) return 1;
  return /^(?:0(?:\.\d{1,3})?|1(?:\.0{1,3})?)$/.test(text) ? Number(text) : 0;
}
