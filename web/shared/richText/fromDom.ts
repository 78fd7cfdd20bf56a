import { type RichNode, type RichTag, richTags } from './tree.ts';

/** As much of a DOM node as is read here, so that tests need no browser. */
export interface DomNode {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly nodeValue: string | null;
  readonly childNodes: Iterable<DomNode>;
  getAttribute?(name: string): string | null;
}

const elementNode = 1;
const textNode = 3;
/** Deeper nesting than any person writes; what lies below is left out. */
const maxDepth = 32;

const sameTag: Readonly<Record<string, RichTag>> = {
  ...Object.fromEntries(richTags.map((tag) => [tag, tag])),
  b: 'strong',
  i: 'em',
  strike: 's',
  del: 's',
  h1: 'strong',
  h2: 'strong',
  h3: 'strong',
};

/** Their content is not for readers. Everything else unknown is drawn as its children. */
const dropped: ReadonlySet<string> = new Set([
  'script',
  'style',
  'template',
  'iframe',
  'object',
  'embed',
  'noscript',
  'title',
  'svg',
  'math',
  'head',
  'textarea',
  'select',
]);

/** Reduces parsed markup to {@link RichNode}s: an allow-list of tags, no attributes but a checked link target. */
export function fromDom(nodes: Iterable<DomNode>, depth = 0): readonly RichNode[] {
  const result: RichNode[] = [];
  for (const node of nodes) {
    if (node.nodeType === textNode) {
      if (node.nodeValue) result.push({ kind: 'text', text: node.nodeValue });
    } else if (node.nodeType === elementNode) result.push(...fromElement(node, depth));
  }
  return result;
}

function fromElement(node: DomNode, depth: number): readonly RichNode[] {
  const name = node.nodeName.toLowerCase();
  if (dropped.has(name)) return [];
  if (name === 'br') return [{ kind: 'break' }];
  if (name === 'img') return [{ kind: 'image', alt: node.getAttribute?.('alt') || 'image' }];
  if (name === 'emoji') return [{ kind: 'text', text: node.getAttribute?.('alt') ?? '' }];
  if (depth >= maxDepth) return [];
  const children = fromDom(node.childNodes, depth + 1);
  if (name === 'a') {
    const href = safeHref(node.getAttribute?.('href') ?? '');
    return href === undefined ? children : [{ kind: 'link', href, children }];
  }
  if (name === 'at') return [{ kind: 'element', tag: 'strong', children }];
  const tag = Object.hasOwn(sameTag, name) ? sameTag[name] : undefined;
  return tag === undefined ? children : [{ kind: 'element', tag, children }];
}

/** The address if it is http, https or mailto; undefined for every other scheme and for what is no address. */
export function safeHref(href: string): string | undefined {
  try {
    const url = new URL(href.trim());
    return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}
