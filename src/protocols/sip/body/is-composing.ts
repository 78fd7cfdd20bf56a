import { parseDigits } from '../lexical.ts';
import { child, childText, readXml, writeXml, type XmlElement } from './xml.ts';

export const isComposingType = 'application/im-iscomposing+xml';

/** RFC 3994. */
export interface IsComposing {
  readonly state: 'active' | 'idle';
  /** Seconds within which an active state is told again; without news for so long it is idle. */
  readonly refresh?: number;
  readonly contentType?: string;
}

const namespace = 'urn:ietf:params:xml:ns:im-iscomposing';

export function parseIsComposing(text: string): IsComposing | undefined {
  const root = rootOf(text);
  if (root?.name !== 'isComposing' || root.namespace !== namespace) return undefined;
  const state = childText(root, 'state');
  const refresh = parseDigits(childText(root, 'refresh') ?? '', 86_400);
  const contentType = childText(root, 'contenttype');
  return {
    state: state === 'active' ? 'active' : 'idle',
    ...(refresh !== undefined && { refresh }),
    ...(contentType !== undefined && { contentType }),
  };
}

export function formatIsComposing({ state, refresh, contentType }: IsComposing): string {
  return writeXml({
    name: 'isComposing',
    attributes: { xmlns: namespace },
    content: [
      { name: 'state', content: state },
      ...(contentType === undefined ? [] : [{ name: 'contenttype', content: contentType }]),
      ...(refresh === undefined ? [] : [{ name: 'refresh', content: String(refresh) }]),
    ],
  });
}

/** Microsoft's typing notice, `application/xml` in an INFO: `type` or `idle`. */
export function parseKeyboardActivity(text: string): 'type' | 'idle' | undefined {
  const root = rootOf(text);
  if (root?.name !== 'KeyboardActivity') return undefined;
  const status = child(root, 'status')?.attributes['status'];
  return status === 'type' || status === 'idle' ? status : undefined;
}

export function formatKeyboardActivity(status: 'type' | 'idle'): string {
  return writeXml({ name: 'KeyboardActivity', content: [{ name: 'status', attributes: { status } }] });
}

function rootOf(text: string): XmlElement | undefined {
  const outcome = readXml(text, { size: 8192, depth: 8, elements: 50 });
  return outcome.kind === 'element' ? outcome.root : undefined;
}
