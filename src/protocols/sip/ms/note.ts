import { children, type XmlElement, type XmlNode } from '../body/xml.ts';

/** The content of the category `note`: what a person says beside the picture. */
export interface Note {
  /** `personal`, or `OOF` for an out-of-office text of the calendar. */
  readonly type: string;
  readonly text: string;
}

const namespace = 'http://schemas.microsoft.com/2006/09/sip/note';

/** `undefined` for a note without a body, as one that was taken away. */
export function readNote(element: XmlElement): Note | undefined {
  const [body] = children(element, 'body');
  return body && { type: body.attributes['type'] ?? 'personal', text: body.text };
}

export function noteNode({ type, text }: Note): XmlNode {
  return {
    name: 'note',
    attributes: { xmlns: namespace },
    content: [{ name: 'body', attributes: { type, uri: '' }, content: text }],
  };
}
