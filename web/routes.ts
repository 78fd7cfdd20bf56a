/** The addresses of the pages. The gateway answers each with the same document. */
export type PageName = 'split' | 'teams' | 'skype' | 'console';

const byPath: Readonly<Record<string, PageName>> = {
  '/': 'split',
  '/split': 'split',
  '/teams': 'teams',
  '/skype': 'skype',
  '/console': 'console',
};

/** Which page an address names, with or without a trailing slash; undefined for an address of no page. */
export function pageAt(pathname: string): PageName | undefined {
  const path = pathname.replace(/\/+$/, '').replace(/\.html$/, '') || '/';
  return Object.hasOwn(byPath, path) ? byPath[path] : undefined;
}
