import { isTokenCode, skipBlanks, splitList, trimBlanks } from '../lexical.ts';
import { parseHostPort } from '../uri.ts';
import { formatParams, type Param, param, parseParams } from './params.ts';

export interface Via {
  /** Upper case: `UDP`, `TCP`, `TLS` … */
  readonly transport: string;
  /** Who sent it: the sent-by of RFC 3261 section 20.42. */
  readonly host: string;
  readonly port?: number;
  readonly params: readonly Param[];
}

/** What a branch of RFC 3261 starts with. */
export const branchCookie = 'z9hG4bK';

/** `undefined` where the value breaks the grammar or speaks another version than 2.0. */
export function parseVia(value: string): Via | undefined {
  const version = protocolEnd(value);
  if (version < 0) return undefined;
  let at = skipBlanks(value, version);
  const transportStart = at;
  while (isTokenCode(value.charCodeAt(at))) at++;
  const transport = value.slice(transportStart, at);
  const sentByStart = skipBlanks(value, at);
  if (transport === '' || sentByStart === at) return undefined;
  const semicolon = value.indexOf(';', sentByStart);
  const sentBy = trimBlanks(value.slice(sentByStart, semicolon < 0 ? value.length : semicolon));
  const place = parseHostPort(sentBy.includes(' ') ? sentBy.replace(/ *: */, ':') : sentBy);
  const params = semicolon < 0 ? [] : parseParams(value, semicolon);
  if (place === undefined || params === undefined) return undefined;
  return { transport: transport.toUpperCase(), ...place, params };
}

/** Where the transport starts: behind `SIP/2.0/`, with any blanks around the slashes. -1 for another protocol. */
function protocolEnd(value: string): number {
  if (value.startsWith('SIP/2.0/')) return 8;
  return /^SIP[ \t]*\/[ \t]*2\.0[ \t]*\//i.exec(value)?.[0].length ?? -1;
}

/** All values of one Via line, topmost first. */
export function parseVias(value: string): readonly Via[] | undefined {
  const parts = splitList(value);
  if (parts === undefined || parts.length === 0) return undefined;
  const vias: Via[] = [];
  for (const part of parts) {
    const via = parseVia(trimBlanks(part));
    if (via === undefined) return undefined;
    vias.push(via);
  }
  return vias;
}

export function formatVia({ transport, host, port, params }: Via): string {
  return `SIP/2.0/${transport} ${host}${port === undefined ? '' : `:${port}`}${formatParams(params)}`;
}

/** `undefined` for a Via without branch, as RFC 2543 elements and Microsoft's clients send it. */
export function branchOf(via: Via): string | undefined {
  return param(via.params, 'branch');
}
