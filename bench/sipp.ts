import { findProgram } from '../scripts/program.mjs';

/** How sipp is to talk to a server: whether it has to prove who it is, and with which password. */
export interface SippTarget {
  readonly host: string;
  readonly port: number;
  readonly domain: string;
  readonly password: string | undefined;
  /** Whether a text reaches its receiver under the Call-ID of its sender, as through a proxy, or under a new one. */
  readonly keepsCallIds: boolean;
}

/** The program, or undefined where it is not installed (`sip-tester` of Debian). */
export function findSipp(): string | undefined {
  return findProgram('sipp');
}

const text = 'Hello, this is a text of an ordinary length for a conversation.';
const xml = (inside: string): string =>
  `<?xml version="1.0" encoding="ISO-8859-1" ?>\n<!DOCTYPE scenario SYSTEM "sipp.dtd">\n<scenario name="bench">\n${inside}</scenario>\n`;

const send = (lines: readonly string[], body = '', attributes = ''): string =>
  `<send${attributes}><![CDATA[\n\n${[...lines, 'Content-Length: [len]', '', body].join('\n')}\n]]></send>\n`;

interface Requested {
  readonly method: string;
  readonly uri: string;
  readonly to: string;
  /** Of a dialog; without it To has no tag. */
  readonly inDialog?: boolean;
  readonly headers?: readonly string[];
  readonly body?: string;
}

function request(
  user: string,
  domain: string,
  { method, uri, to, inDialog, headers = [], body }: Requested,
): string {
  return send(
    [
      `${method} ${uri} SIP/2.0`,
      'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]x[cseq]',
      'Max-Forwards: 70',
      `From: <sip:${user}@${domain}>;tag=[pid]T[call_number]`,
      `To: <${to}>${inDialog ? '[peer_tag_param]' : ''}`,
      'Call-ID: [call_id]',
      `CSeq: [cseq] ${method}`,
      ...headers,
    ],
    body,
  );
}

/** A user of the file that goes along with a scenario, and what proves them. */
const anyUser = { name: '[field0]', proof: '[field1]' };

const proofOf = (name: string, { domain, password }: SippTarget): string =>
  `[authentication username=${name}@${domain} password=${password ?? ''}]`;

/** Users `p1` and so on, for scenarios of {@link anyUser}. */
export function usersFile(count: number, target: SippTarget): string {
  const lines = Array.from(
    { length: count },
    (_, index) => `p${index + 1};${proofOf(`p${index + 1}`, target)}`,
  );
  return `SEQUENTIAL\n${lines.join('\n')}\n`;
}

/** Signs one user in: with Digest where a password is known. */
function register(user: string, proof: string, { domain, password }: SippTarget, extension?: string): string {
  const registration = (headers: readonly string[]): string =>
    request(user, domain, {
      method: 'REGISTER',
      uri: `sip:${domain}`,
      to: `sip:${user}@${domain}`,
      headers: [
        `Contact: <sip:${user}@[local_ip]:[local_port];transport=[transport]>`,
        'Expires: 3600',
        ...(extension === undefined ? [] : [`Supported: ${extension}`]),
        ...headers,
      ],
    });
  if (password === undefined) return `${registration([])}<recv response="200"/>\n`;
  return [
    registration([]),
    '<recv response="407" auth="true"/>\n',
    registration([proof]),
    '<recv response="200"/>\n',
  ].join('');
}

/** Does something over and over, `times` in all, in one call. */
function loop(times: number, inside: string): string {
  return `<label id="1"/>
${inside}<nop><action><add assign_to="n" value="1"/><test assign_to="done" variable="n" compare="greater_than_equal" value="${times}"/></action></nop>
<nop next="2" test="done"/>
<nop next="1"/>
<label id="2"/>
`;
}

/** `next`: how the scenario goes on; `loop` and `end` are inside of a dialog, whose To has a tag already. */
const ok = (headers: readonly string[] = [], body = '', next?: 'first' | 'loop' | 'end'): string =>
  send(
    [
      'SIP/2.0 200 OK',
      '[last_Via:]',
      '[last_From:]',
      next === undefined || next === 'first' ? '[last_To:];tag=[pid]R[call_number]' : '[last_To:]',
      '[last_Call-ID:]',
      '[last_CSeq:]',
      '[last_Record-Route:]',
      ...headers,
    ],
    body,
    next === 'loop' || next === 'first' ? ' next="1"' : '',
  );

const sdp =
  'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=message 5060 sip null\na=accept-types:text/plain';

export interface Scenarios {
  /** One user, who signs in and takes whatever comes. */
  readonly receiver: { readonly main: string; readonly outOfCall: string };
  /** Many users, who sign in and send. */
  readonly sender: string;
}

const receiver = 'p0';

/** Each text stands alone (RFC 3428). */
export function pagerScenarios(target: SippTarget, texts: number): Scenarios {
  const { domain } = target;
  const message = request(anyUser.name, domain, {
    method: 'MESSAGE',
    uri: `sip:${receiver}@${domain}`,
    to: `sip:${receiver}@${domain}`,
    headers: ['Content-Type: text/plain'],
    body: text,
  });
  return {
    receiver: {
      main: xml(`${register(receiver, proofOf(receiver, target), target)}<pause milliseconds="600000"/>\n`),
      outOfCall: xml(
        target.keepsCallIds
          ? `<label id="1"/>\n<recv request="MESSAGE"/>\n${ok([], '', 'first')}`
          : `<recv request="MESSAGE"/>\n${ok()}`,
      ),
    },
    sender: xml(
      `${register(anyUser.name, anyUser.proof, target)}${loop(texts, `${message}<recv response="200"/>\n`)}`,
    ),
  };
}

/** Each sender opens a session, and the texts go in it. */
export function sessionScenarios(target: SippTarget, texts: number): Scenarios {
  const { domain } = target;
  const contact = `Contact: <sip:${anyUser.name}@[local_ip]:[local_port];transport=[transport]>`;
  const to = `sip:${receiver}@${domain}`;
  const inside = { uri: '[next_url]', to, inDialog: true };
  const routed = (method: string, headers: readonly string[] = [], body = ''): string =>
    request(anyUser.name, domain, { method, ...inside, headers: ['[routes]', ...headers], body });
  const invite = request(anyUser.name, domain, {
    method: 'INVITE',
    uri: to,
    to,
    headers: [contact, 'Content-Type: application/sdp'],
    body: sdp,
  });
  const optional = (status: number): string => `<recv response="${status}" optional="true"/>\n`;
  return {
    receiver: {
      // By this a pool knows a client that takes sessions.
      main: xml(
        `${register(receiver, proofOf(receiver, target), target, 'msrtc-event-categories')}<pause milliseconds="600000"/>\n`,
      ),
      outOfCall: xml(
        `<recv request="INVITE"/>
${ok([`Contact: <sip:${receiver}@[local_ip]:[local_port];transport=[transport]>`, 'Content-Type: application/sdp'], sdp)}<recv request="ACK"/>
<label id="1"/>
<recv request="BYE" optional="true" next="2"/>
<recv request="MESSAGE"/>
${ok([], '', 'loop')}<label id="2"/>
${ok([], '', 'end')}`,
      ),
    },
    sender: xml(
      `${register(anyUser.name, anyUser.proof, target)}${invite}${optional(100)}${optional(180)}<recv response="200" rrs="true"/>
${routed('ACK')}${loop(texts, `${routed('MESSAGE', ['Content-Type: text/plain'], text)}<recv response="200"/>\n`)}${routed('BYE')}<recv response="200"/>\n`,
    ),
  };
}
