/** What operators did about one person, in the words of the people file. */
export interface Edit {
  readonly id: string;
  /** The id where nobody says a name. */
  readonly name: string;
  readonly kind: 'edited' | 'added' | 'removed';
  /** Unix ms; undefined where an earlier version of the gateway kept no time. */
  readonly at: number | undefined;
  readonly given: Readonly<Record<string, string>>;
  /** What the people file or a tenant says; undefined where neither names the person. */
  readonly source: Readonly<Record<string, string>> | undefined;
}
