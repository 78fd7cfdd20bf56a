export interface MessageData {
  readonly format: 'text' | 'html';
  readonly content: string;
}

/** `data:text/plain;charset=utf-8,…` of a text, percent-encoded so that no character has a second meaning. */
export function textToDataUri(text: string): string {
  return `data:text/plain;charset=utf-8,${encodeURIComponent(text)}`;
}

/**
 * Reads a message link. Percent-encoded text is form style, so `+` is a space; base64 is UTF-8. Undefined for
 * what is no data address.
 */
export function readDataUri(href: string): MessageData | undefined {
  const match = /^data:([^;,]*)((?:;[^;,]*)*),(.*)$/is.exec(href);
  if (!match) return undefined;
  const [, type = '', parameters = '', data = ''] = match;
  const format = type.trim().toLowerCase() === 'text/html' ? 'html' : 'text';
  const content = /;base64$/i.test(parameters) ? fromBase64(data) : fromForm(data);
  return content === undefined ? undefined : { format, content };
}

function fromForm(data: string): string {
  const spaced = data.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

function fromBase64(data: string): string | undefined {
  try {
    const binary = atob(decodeURIComponent(data));
    return new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
