import { Link, makeStyles, tokens } from '@fluentui/react-components';
import { Fragment, type ReactNode } from 'react';
import { linkify } from './linkify.ts';
import type { RichNode } from './tree.ts';

const useStyles = makeStyles({
  root: {
    overflowWrap: 'anywhere',
    whiteSpace: 'pre-wrap',
    // Each paragraph reads in the direction of its own first letter.
    unicodeBidi: 'plaintext',
    textAlign: 'start',
    '& p, & li, & blockquote, & pre': { unicodeBidi: 'plaintext', textAlign: 'start' },
    '& p, & ul, & ol, & blockquote, & pre': { margin: 0 },
    '& ul, & ol': { paddingLeft: tokens.spacingHorizontalXL },
    '& p + p, & p + blockquote, & blockquote + p': { marginTop: tokens.spacingVerticalXS },
    '& blockquote': {
      paddingLeft: tokens.spacingHorizontalS,
      borderLeft: `3px solid ${tokens.colorNeutralStroke1}`,
      color: tokens.colorNeutralForeground2,
    },
    '& pre, & code': { fontFamily: tokens.fontFamilyMonospace, whiteSpace: 'pre-wrap' },
  },
});

/** Draws message text. React escapes every string; no markup from a network reaches the document. */
export function RichText({ nodes }: { readonly nodes: readonly RichNode[] }): ReactNode {
  return (
    <div className={useStyles().root} dir="auto">
      {draw(linkify(nodes))}
    </div>
  );
}

function draw(nodes: readonly RichNode[]): ReactNode {
  // The list never changes order under one message: an index is its name.
  // biome-ignore lint/suspicious/noArrayIndexKey: see above
  return nodes.map((node, index) => <Fragment key={index}>{drawOne(node)}</Fragment>);
}

function drawOne(node: RichNode): ReactNode {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'break':
      return <br />;
    case 'image':
      return <em>[{node.alt}]</em>;
    case 'link':
      return (
        <Link href={node.href} target="_blank" rel="noopener noreferrer" inline>
          {draw(node.children)}
        </Link>
      );
    case 'element': {
      const Tag = node.tag;
      return <Tag>{draw(node.children)}</Tag>;
    }
  }
}
