import { Tokenizer } from 'htmlparser2';

export type Attributes = ReadonlyMap<string, string>;

export interface HtmlHandler {
  /** Entities decoded, nothing else done. */
  text(text: string): void;
  /** Names in lower case. Every `open` has its `close`, properly nested, also for void and unclosed elements. */
  open(name: string, attributes: Attributes): void;
  close(name: string): void;
}

/** An element nested deeper than this is not opened; its content counts as its parent's. */
const maxDepth = 100;
/** A longer attribute value is not kept. */
const maxAttribute = 4096;
const maxAttributes = 32;

const voidElements = new Set([
  'br',
  'hr',
  'img',
  'input',
  'link',
  'meta',
  'wbr',
  'col',
  'area',
  'base',
  'embed',
  'source',
  'track',
]);

/**
 * Reads HTML as events in linear time whatever it holds: the tokenizer is the library's, the stack of open elements is
 * ours, because the library's own is searched and moved in full for every tag.
 */
export function readHtml(html: string, handler: HtmlHandler): void {
  const open: string[] = [];
  let tag = '';
  let attributes = new Map<string, string>();
  let attribute = '';
  let value = '';

  const begin = (selfClosing: boolean): void => {
    if (voidElements.has(tag) || selfClosing) {
      handler.open(tag, attributes);
      handler.close(tag);
    } else if (open.length < maxDepth) {
      open.push(tag);
      handler.open(tag, attributes);
    }
  };
  const end = (name: string): void => {
    const at = open.lastIndexOf(name);
    if (at < 0) return;
    for (const element of open.splice(at).reverse()) handler.close(element);
  };
  const addToValue = (part: string): void => {
    if (value.length <= maxAttribute) value += part;
  };

  const tokenizer = new Tokenizer(
    { decodeEntities: true, recognizeSelfClosing: true },
    {
      ontext: (from, to) => handler.text(html.slice(from, to)),
      ontextentity: (point) => handler.text(String.fromCodePoint(point)),
      onopentagname: (from, to) => {
        tag = html.slice(from, to).toLowerCase();
        attributes = new Map();
      },
      onattribname: (from, to) => {
        attribute = html.slice(from, to).toLowerCase();
        value = '';
      },
      onattribdata: (from, to) => addToValue(html.slice(from, to)),
      onattribentity: (point) => addToValue(String.fromCodePoint(point)),
      onattribend: () => {
        if (value.length <= maxAttribute && attributes.size < maxAttributes && !attributes.has(attribute))
          attributes.set(attribute, value);
      },
      onopentagend: () => begin(false),
      onselfclosingtag: () => begin(true),
      onclosetag: (from, to) => end(html.slice(from, to).toLowerCase()),
      oncdata: () => {},
      oncomment: () => {},
      ondeclaration: () => {},
      onprocessinginstruction: () => {},
      onend: () => {
        for (const element of open.splice(0).reverse()) handler.close(element);
      },
    },
  );
  tokenizer.write(html);
  tokenizer.end();
}
