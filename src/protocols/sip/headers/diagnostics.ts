import { parseDigits, quote, trimBlanks } from '../lexical.ts';
import { formatParams, type Param, param, parseParams } from './params.ts';

/** The value of ms-diagnostics and ms-diagnostics-public: why a Microsoft server refused ([MS-OCER]). */
export interface Diagnostics {
  readonly code: number;
  readonly reason?: string;
  /** The server that says so. */
  readonly source?: string;
  /** The others, as they came. */
  readonly params: readonly Param[];
}

export function parseDiagnostics(value: string): Diagnostics | undefined {
  const semicolon = value.indexOf(';');
  const code = parseDigits(trimBlanks(semicolon < 0 ? value : value.slice(0, semicolon)), 99_999_999);
  const all = semicolon < 0 ? [] : parseParams(value, semicolon);
  if (code === undefined || all === undefined) return undefined;
  const reason = param(all, 'reason');
  const source = param(all, 'source');
  const params = all.filter(({ name }) => name !== 'reason' && name !== 'source');
  return { code, ...(reason !== undefined && { reason }), ...(source !== undefined && { source }), params };
}

export function formatDiagnostics({ code, reason, source, params }: Diagnostics): string {
  const texts = Object.entries({ reason, source }).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value, quoted: true as const }],
  );
  return `${code}${formatParams([...texts, ...params])}`;
}

/** A value of Warning: three digits, who warns, and a text (RFC 3261 section 20.43). */
export function formatWarning(code: number, agent: string, text: string): string {
  return `${code} ${agent} ${quote(text)}`;
}
