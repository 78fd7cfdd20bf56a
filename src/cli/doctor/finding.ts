/** What one look at an installation found. `cure` is for the administrator who reads it. */
export type Finding =
  | { readonly state: 'right' | 'not checked'; readonly subject: string; readonly found: string }
  | {
      readonly state: 'doubtful' | 'wrong';
      readonly subject: string;
      readonly found: string;
      readonly cure: string;
    };

export function right(subject: string, found: string): Finding {
  return { state: 'right', subject, found };
}

export function notChecked(subject: string, found: string): Finding {
  return { state: 'not checked', subject, found };
}

/** It works now, and will not for long or not for everybody. */
export function doubtful(subject: string, found: string, cure: string): Finding {
  return { state: 'doubtful', subject, found, cure };
}

/** It does not work. */
export function wrong(subject: string, found: string, cure: string): Finding {
  return { state: 'wrong', subject, found, cure };
}
