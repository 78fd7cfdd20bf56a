/** Message text as data: the only shapes that a page ever draws, whatever a network sent. */
export type RichNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'break' }
  | { readonly kind: 'image'; readonly alt: string }
  | { readonly kind: 'link'; readonly href: string; readonly children: readonly RichNode[] }
  | { readonly kind: 'element'; readonly tag: RichTag; readonly children: readonly RichNode[] };

export const richTags = [
  'p',
  'div',
  'span',
  'strong',
  'em',
  'u',
  's',
  'code',
  'pre',
  'blockquote',
  'ul',
  'ol',
  'li',
] as const;
export type RichTag = (typeof richTags)[number];

export const blockTags: ReadonlySet<RichTag> = new Set(['p', 'div', 'pre', 'blockquote', 'ul', 'ol', 'li']);

export function textOf(nodes: readonly RichNode[]): string {
  return nodes.map(nodeText).join('');
}

function nodeText(node: RichNode): string {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'break':
      return '\n';
    case 'image':
      return node.alt;
    case 'link':
    case 'element':
      return textOf(node.children);
  }
}

/** The text, one entry a paragraph or line, trimmed, empty ones left out. */
export function paragraphsOf(nodes: readonly RichNode[]): readonly string[] {
  const lines = [''];
  const walk = (list: readonly RichNode[]): void => {
    for (const node of list) {
      if (node.kind === 'break') lines.push('');
      else if (node.kind === 'link') walk(node.children);
      else if (node.kind === 'element') {
        const block = blockTags.has(node.tag);
        if (block) lines.push('');
        walk(node.children);
        if (block) lines.push('');
      } else lines[lines.length - 1] += nodeText(node);
    }
  };
  walk(nodes);
  return lines
    .flatMap((line) => line.split('\n'))
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '');
}

/** One line for lists and toasts, cut at `max` characters. */
export function preview(nodes: readonly RichNode[], max = 140): string {
  const line = paragraphsOf(nodes).join(' ');
  return line.length > max
    ? `${line
        .slice(0, max - 1)
        .toWellFormed()
        .replace(/\uFFFD$/, '')}…`
    : line;
}

/** Plain text, line ends kept. */
export function fromPlainText(text: string): readonly RichNode[] {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/\n+$/, '')
    .split('\n')
    .flatMap((line, index): RichNode[] => {
      const node: RichNode[] = line === '' ? [] : [{ kind: 'text', text: line }];
      return index === 0 ? node : [{ kind: 'break' }, ...node];
    });
}
