import { parseDigits } from '../lexical.ts';
import { child, children, childText, readXml, writeXml, type XmlElement } from './xml.ts';

export const imdnType = 'message/imdn+xml';

/** What became of a message (RFC 5438 section 7.2). */
export type Disposition =
  | { readonly of: 'delivery'; readonly status: 'delivered' | 'failed' | 'forbidden' | 'error' }
  | { readonly of: 'display'; readonly status: 'displayed' | 'forbidden' | 'error' }
  | { readonly of: 'processing'; readonly status: 'processed' | 'stored' | 'forbidden' | 'error' };

export interface Imdn {
  readonly messageId: string;
  /** As written, an RFC 3339 time. */
  readonly dateTime: string;
  readonly recipient?: string;
  readonly disposition: Disposition;
}

const namespace = 'urn:ietf:params:xml:ns:imdn';
const limits = { size: 16_384, depth: 16, elements: 200 };

const dispositions: readonly Disposition[] = [
  ...(['delivered', 'failed', 'forbidden', 'error'] as const).map((status) => ({
    of: 'delivery' as const,
    status,
  })),
  ...(['displayed', 'forbidden', 'error'] as const).map((status) => ({ of: 'display' as const, status })),
  ...(['processed', 'stored', 'forbidden', 'error'] as const).map((status) => ({
    of: 'processing' as const,
    status,
  })),
];

/** `undefined` for what is no imdn, or speaks of no disposition that is known. */
export function parseImdn(text: string): Imdn | undefined {
  const root = rootOf(text);
  if (root?.name !== 'imdn' || root.namespace !== namespace) return undefined;
  const messageId = childText(root, 'message-id');
  const disposition = dispositions.find(({ of, status }) => {
    const said = child(root, `${of}-notification`);
    const statusElement = said === undefined ? undefined : child(said, 'status');
    return statusElement !== undefined && child(statusElement, status) !== undefined;
  });
  if (messageId === undefined || disposition === undefined) return undefined;
  const recipient = childText(root, 'recipient-uri');
  const dateTime = childText(root, 'datetime') ?? '';
  return { messageId, dateTime, ...(recipient !== undefined && { recipient }), disposition };
}

export function formatImdn({ messageId, dateTime, recipient, disposition }: Imdn): string {
  return writeXml({
    name: 'imdn',
    attributes: { xmlns: namespace },
    content: [
      { name: 'message-id', content: messageId },
      { name: 'datetime', content: dateTime },
      ...(recipient === undefined ? [] : [{ name: 'recipient-uri', content: recipient }]),
      {
        name: `${disposition.of}-notification`,
        content: [{ name: 'status', content: [{ name: disposition.status }] }],
      },
    ],
  });
}

/** Microsoft's `application/ms-imdn+xml`: who of a conference did not get the message with that Message-Id. */
export interface MsImdn {
  readonly messageId: string;
  readonly recipients: readonly { readonly uri: string; readonly status: number }[];
}

export function parseMsImdn(text: string): MsImdn | undefined {
  const root = rootOf(text);
  const messageId = root === undefined ? undefined : childText(root, 'message-id');
  if (root?.name !== 'imdn' || messageId === undefined) return undefined;
  const recipients = children(root, 'recipient').flatMap((recipient) => {
    const uri = recipient.attributes['uri'];
    const status = parseDigits(childText(recipient, 'status') ?? '', 699);
    return uri === undefined || status === undefined ? [] : [{ uri, status }];
  });
  return { messageId, recipients };
}

export function formatMsImdn({ messageId, recipients }: MsImdn): string {
  return writeXml({
    name: 'imdn',
    content: [
      { name: 'message-id', content: messageId },
      ...recipients.map(({ uri, status }) => ({
        name: 'recipient',
        attributes: { uri },
        content: [{ name: 'status', content: String(status) }],
      })),
    ],
  });
}

function rootOf(text: string): XmlElement | undefined {
  const outcome = readXml(text, limits);
  return outcome.kind === 'element' ? outcome.root : undefined;
}
