import { isToken, splitList, trimBlanks } from '../lexical.ts';
import { formatParams, type Param, parseParams } from './params.ts';

export interface MediaType {
  /** Lower case, `*` for any in Accept. */
  readonly type: string;
  /** Lower case, `*` for any in Accept. */
  readonly subtype: string;
  readonly params: readonly Param[];
}

export function parseMediaType(value: string): MediaType | undefined {
  const semicolon = value.indexOf(';');
  const full = semicolon < 0 ? value : value.slice(0, semicolon);
  const slash = full.indexOf('/');
  const type = trimBlanks(full.slice(0, slash));
  const subtype = trimBlanks(full.slice(slash + 1));
  if (slash < 1 || !isToken(type) || !isToken(subtype)) return undefined;
  const params = semicolon < 0 ? [] : parseParams(value, semicolon);
  return params === undefined
    ? undefined
    : { type: type.toLowerCase(), subtype: subtype.toLowerCase(), params };
}

export function formatMediaType({ type, subtype, params }: MediaType): string {
  return `${type}/${subtype}${formatParams(params)}`;
}

/** `type/subtype` without parameters. */
export function mediaName({ type, subtype }: MediaType): string {
  return `${type}/${subtype}`;
}

/** The value of Accept; parts that are no media range make it `undefined`. An empty value accepts nothing. */
export function parseAccept(value: string): readonly MediaType[] | undefined {
  const ranges: MediaType[] = [];
  for (const part of splitList(value) ?? ['']) {
    const range = parseMediaType(part);
    if (range === undefined) return undefined;
    ranges.push(range);
  }
  return ranges;
}

/** Whether one of the ranges takes `name` (`type/subtype`, lower case). */
export function accepts(ranges: readonly MediaType[], name: string): boolean {
  const [type, subtype] = name.split('/');
  return ranges.some(
    (range) =>
      (range.type === '*' || range.type === type) && (range.subtype === '*' || range.subtype === subtype),
  );
}
