import { safeHref } from './fromDom.ts';
import type { RichNode } from './tree.ts';

const address = /\bhttps?:\/\/[^\s<>"]+/g;
/** What ends a sentence rather than an address. */
const trailing = /[.,;:!?'")\]}…]+$/;

/** Makes links of the web addresses that stand in plain text, as both products do. The text stays the same. */
export function linkify(nodes: readonly RichNode[]): readonly RichNode[] {
  return nodes.flatMap(linkifyNode);
}

function linkifyNode(node: RichNode): readonly RichNode[] {
  switch (node.kind) {
    case 'text':
      return linkifyText(node.text);
    case 'element':
      return [{ ...node, children: linkify(node.children) }];
    case 'link':
    case 'break':
    case 'image':
      return [node];
  }
}

function linkifyText(text: string): readonly RichNode[] {
  const result: RichNode[] = [];
  let done = 0;
  for (const match of text.matchAll(address)) {
    const shown = match[0].replace(trailing, '');
    const href = safeHref(shown);
    if (href === undefined) continue;
    if (match.index > done) result.push({ kind: 'text', text: text.slice(done, match.index) });
    result.push({ kind: 'link', href, children: [{ kind: 'text', text: shown }] });
    done = match.index + shown.length;
  }
  if (done < text.length) result.push({ kind: 'text', text: text.slice(done) });
  return result;
}
