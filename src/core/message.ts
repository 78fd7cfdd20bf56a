/** What somebody wrote, reduced at the edge: `html` holds only the safe subset that `core/text` lets through. */
export type Body =
  | { readonly format: 'text'; readonly text: string }
  | { readonly format: 'html'; readonly html: string };
