/** What a link such as `message`, `plainMessage` or `htmlMessage` carries in place of an address. */
export interface DataContent {
  readonly contentType: 'text/plain' | 'text/html';
  readonly text: string;
}

const shape = /^data:([^;,]*)((?:;[^,]*)?),(.*)$/s;
const kept = /[!'()~]/g;

/**
 * The form real pools send: `data:text/plain;charset=utf-8,Hi+Tosh%0d%0a`. Form encoding, so a space is `+`
 * and a plus sign `%2b`; the text is UTF-8.
 */
export function encodeDataUri(content: DataContent): string {
  const encoded = encodeURIComponent(content.text.toWellFormed())
    .replace(kept, (char) => `%${char.charCodeAt(0).toString(16)}`)
    .replaceAll('%20', '+');
  return `data:${content.contentType};charset=utf-8,${encoded}`;
}

/**
 * Reads both forms seen on the wire, form-encoded and base64. Undefined if `uri` is no data URI of text, or
 * its bytes are not what it says.
 */
export function decodeDataUri(uri: string): DataContent | undefined {
  const parts = shape.exec(uri);
  if (!parts) return undefined;
  const [, mediaType = '', parameters = '', data = ''] = parts;
  const contentType = textType(mediaType);
  if (!contentType) return undefined;
  const flags = parameters
    .toLowerCase()
    .split(';')
    .map((flag) => flag.trim());
  const text = flags.includes('base64') ? fromBase64(data) : fromForm(data);
  return text === undefined ? undefined : { contentType, text };
}

function textType(mediaType: string): DataContent['contentType'] | undefined {
  switch (mediaType.trim().toLowerCase()) {
    case 'text/plain':
    case '':
      return 'text/plain';
    case 'text/html':
      return 'text/html';
    default:
      return undefined;
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function fromBase64(data: string): string | undefined {
  try {
    const base64 = decodeURIComponent(data).replace(/\s+/g, '');
    if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(base64)) return undefined;
    return strictUtf8.decode(Buffer.from(base64, 'base64'));
  } catch {
    return undefined;
  }
}

function fromForm(data: string): string | undefined {
  try {
    return decodeURIComponent(data.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
