import sanitize from 'sanitize-html';
import type { ItemBody } from '../../protocols/graph/resources.ts';

const options: sanitize.IOptions = {
  allowedTags: [
    ...['p', 'div', 'span', 'br', 'hr', 'blockquote', 'pre', 'code', 'codeblock', 'h1', 'h2', 'h3'],
    ...['b', 'strong', 'i', 'em', 'u', 's', 'strike', 'del', 'sub', 'sup', 'a', 'ul', 'ol', 'li'],
    ...[
      'table',
      'thead',
      'tbody',
      'tr',
      'td',
      'th',
      'img',
      'at',
      'attachment',
      'emoji',
      'systemeventmessage',
    ],
  ],
  allowedAttributes: {
    a: ['href', 'title', 'rel', 'target'],
    img: ['src', 'alt', 'title', 'width', 'height', 'itemid', 'itemtype'],
    at: ['id'],
    attachment: ['id'],
    emoji: ['id', 'alt', 'title'],
    td: ['colspan', 'rowspan'],
    th: ['colspan', 'rowspan'],
    '*': ['itemscope', 'itemprop', 'itemtype', 'itemid'],
  },
  allowedSchemes: ['http', 'https', 'mailto', 'tel', 'sip'],
  allowedSchemesByTag: { img: ['http', 'https'] },
  allowProtocolRelative: false,
};

/** What Teams keeps of a message: plain text as it is, HTML without anything that could run or load code. */
export function sanitise(body: ItemBody): ItemBody {
  if (body.contentType === 'text' || !/[<>&]/.test(body.content)) return body;
  return { contentType: 'html', content: sanitize(body.content, options) };
}
