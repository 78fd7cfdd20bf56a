/** What went wrong and what the person at the screen can do about it; both are whole sentences. */
export interface Trouble {
  readonly what: string;
  readonly cure: string;
}

/** An error that a page shows as it is. */
export class TroubleError extends Error {
  override name = 'TroubleError';
  readonly trouble: Trouble;
  constructor(trouble: Trouble, options?: ErrorOptions) {
    super(trouble.what, options);
    this.trouble = trouble;
  }
}

export function troubleOf(error: unknown): Trouble {
  if (error instanceof TroubleError) return error.trouble;
  if (error instanceof TypeError && /fetch|network|load/i.test(error.message))
    return unreachable('The server');
  return { what: inWords(error), cure: 'Load the page again; if it stays, look at the console page.' };
}

export function unreachable(name: string): Trouble {
  return { what: `${name} cannot be reached.`, cure: 'Check that Isthmus is running, then try again.' };
}

export function inWords(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
