import { fromDom } from './fromDom.ts';
import { fromPlainText, type RichNode } from './tree.ts';

export type ParseHtml = (html: string) => readonly RichNode[];

/** DOMParser's documents are inert: nothing in them runs or loads. */
export const parseHtml: ParseHtml = (html) =>
  fromDom(new DOMParser().parseFromString(html, 'text/html').body.childNodes);

/** A body as either network sends it. */
export function parseBody(format: 'text' | 'html', content: string, parse: ParseHtml): readonly RichNode[] {
  return format === 'html' ? parse(content) : fromPlainText(content);
}
