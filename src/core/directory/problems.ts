export const fields = ['id', 'displayName', 'objectId', 'mode', 'home', 'sip', 'pool'] as const;
/** A column of the file, and the key in YAML. */
export type Field = (typeof fields)[number];

/** What is wrong with one row. */
export interface DirectoryProblem {
  /** 1 for the first person of the file, headings not counted. */
  readonly row: number;
  /** Who it is about, as far as the row says; for a message. */
  readonly person: string | undefined;
  /** A {@link Field}, the name of a column that is none, or undefined for the row as a whole. */
  readonly field: string | undefined;
  /** What is wrong and what to do; follows the field's name in a sentence. */
  readonly because: string;
}
