import type { Header } from './message.ts';

/**
 * Why a message is not taken. It names the field and never quotes what the peer wrote.
 * A faulty request is answered with `status`; a faulty response is dropped, whatever `status` says.
 */
export interface Fault {
  readonly status: number;
  /** A header that this library knows, `unknown header`, `headers`, `start line` or `body`. */
  readonly field: string;
  readonly detail: string;
  /** What the answer carries besides (`Unsupported`, `Accept`, `Allow` …). */
  readonly headers?: readonly Header[];
}

export function badRequest(field: string, detail: string): Fault {
  return { status: 400, field, detail };
}
