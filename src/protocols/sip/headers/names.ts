/**
 * Header names. The parser turns every known name, whatever its case, and every compact form into the form
 * written here, so that the rest of the library compares names with `===`.
 */
const names = [
  ...['Accept', 'Accept-Encoding', 'Accept-Language', 'Alert-Info', 'Allow', 'Allow-Events'],
  ...['Authentication-Info', 'Authorization', 'Call-ID', 'Call-Info', 'Contact', 'Content-Disposition'],
  ...['Content-Encoding', 'Content-Language', 'Content-Length', 'Content-Transfer-Encoding', 'Content-Type'],
  ...['CSeq', 'Date', 'Error-Info', 'Event', 'Expires', 'From', 'Identity', 'In-Reply-To', 'Max-Forwards'],
  ...['MIME-Version', 'Min-Expires', 'Organization', 'P-Asserted-Identity', 'P-Preferred-Identity', 'Path'],
  ...['Priority', 'Privacy', 'Proxy-Authenticate', 'Proxy-Authentication-Info', 'Proxy-Authorization'],
  ...['Proxy-Require', 'RAck', 'Reason', 'Record-Route', 'Refer-To', 'Referred-By', 'Replaces', 'Reply-To'],
  ...['Request-Disposition', 'Require', 'Retry-After', 'Route', 'RSeq', 'Server', 'Service-Route'],
  ...[
    'Session-Expires',
    'SIP-ETag',
    'SIP-If-Match',
    'Subject',
    'Subscription-State',
    'Supported',
    'Timestamp',
  ],
  ...['To', 'Unsupported', 'User-Agent', 'Via', 'Warning', 'WWW-Authenticate'],
  ...['Message-Id', 'Ms-Conversation-ID', 'ms-diagnostics', 'ms-diagnostics-public', 'ms-keep-alive'],
  ...['ms-piggyback-cseq', 'ms-endpoint-location-data', 'Ms-Sender', 'ms-text-format', 'ms-user-logon-data'],
];

/** RFC 3261 section 7.3.3 and the registrations made since. */
const compact: Readonly<Record<string, string>> = {
  a: 'Accept-Contact',
  b: 'Referred-By',
  c: 'Content-Type',
  d: 'Request-Disposition',
  e: 'Content-Encoding',
  f: 'From',
  i: 'Call-ID',
  j: 'Reject-Contact',
  k: 'Supported',
  l: 'Content-Length',
  m: 'Contact',
  o: 'Event',
  r: 'Refer-To',
  s: 'Subject',
  t: 'To',
  u: 'Allow-Events',
  v: 'Via',
  x: 'Session-Expires',
};

const known = new Map<string, string>();
for (const name of names) known.set(name, name).set(name.toLowerCase(), name);
for (const [letter, name] of Object.entries(compact)) {
  known.set(letter, name).set(letter.toUpperCase(), name).set(name.toLowerCase(), name).set(name, name);
}

/** The one spelling of a known header name; `undefined` for a name that this library does not know. */
export function knownName(written: string): string | undefined {
  return known.get(written) ?? known.get(written.toLowerCase());
}
