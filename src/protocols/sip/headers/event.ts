import { isToken, parseDigits, trimBlanks } from '../lexical.ts';
import { formatParams, type Param, param, parseParams } from './params.ts';

/** A value of the form `token;params`: Event, Subscription-State, Content-Disposition, Session-Expires … */
export interface TokenParams {
  readonly token: string;
  readonly params: readonly Param[];
}

export function parseTokenParams(value: string): TokenParams | undefined {
  const semicolon = value.indexOf(';');
  const token = trimBlanks(semicolon < 0 ? value : value.slice(0, semicolon));
  if (!isToken(token)) return undefined;
  const params = semicolon < 0 ? [] : parseParams(value, semicolon);
  return params === undefined ? undefined : { token, params };
}

export function formatTokenParams({ token, params }: TokenParams): string {
  return `${token}${formatParams(params)}`;
}

/** The value of Event; `package` compares by case (RFC 6665 section 8.2.1). */
export interface EventPackage {
  readonly package: string;
  readonly id?: string;
}

export function parseEvent(value: string): EventPackage | undefined {
  const parsed = parseTokenParams(value);
  if (parsed === undefined) return undefined;
  const id = param(parsed.params, 'id');
  return id === undefined ? { package: parsed.token } : { package: parsed.token, id };
}

export function formatEvent(event: EventPackage): string {
  return event.id === undefined ? event.package : `${event.package};id=${event.id}`;
}

/** The value of Subscription-State. Numbers are in seconds; those out of range are left out. */
export interface SubscriptionState {
  /** `active`, `pending`, `terminated` in lower case, or an extension. */
  readonly state: string;
  readonly reason?: string;
  readonly expires?: number;
  readonly retryAfter?: number;
}

const maxSeconds = 2 ** 32 - 1;

export function parseSubscriptionState(value: string): SubscriptionState | undefined {
  const parsed = parseTokenParams(value);
  if (parsed === undefined) return undefined;
  const reason = param(parsed.params, 'reason');
  const expires = parseDigits(param(parsed.params, 'expires') ?? '', maxSeconds);
  const retryAfter = parseDigits(param(parsed.params, 'retry-after') ?? '', maxSeconds);
  return {
    state: parsed.token.toLowerCase(),
    ...(reason !== undefined && { reason: reason.toLowerCase() }),
    ...(expires !== undefined && { expires }),
    ...(retryAfter !== undefined && { retryAfter }),
  };
}

export function formatSubscriptionState({ state, reason, expires, retryAfter }: SubscriptionState): string {
  return [
    state,
    ...(reason === undefined ? [] : [`reason=${reason}`]),
    ...(expires === undefined ? [] : [`expires=${expires}`]),
    ...(retryAfter === undefined ? [] : [`retry-after=${retryAfter}`]),
  ].join(';');
}
