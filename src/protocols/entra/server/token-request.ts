import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { EntraError } from './entra-error.ts';

const Field = Type.Optional(Type.String({ maxLength: 16_384 }));

const TokenRequest = Type.Object({
  grant_type: Field,
  client_id: Field,
  client_secret: Field,
  client_assertion: Field,
  client_assertion_type: Field,
  scope: Field,
  username: Field,
  password: Field,
  refresh_token: Field,
  code: Field,
  redirect_uri: Field,
  code_verifier: Field,
  client_info: Field,
});

/** A token request's form; every field is checked by the grant that needs it. */
export type TokenRequest = Static<typeof TokenRequest>;
const check = Compile(TokenRequest);

/** @throws {EntraError} 90014 naming the field, 9002313 */
export function parseTokenRequest(form: unknown): TokenRequest {
  if (check.Check(form)) return form;
  const [first] = check.Errors(form);
  throw new EntraError(90014, first?.instancePath.slice(1) ?? 'body');
}

/** @throws {EntraError} 900144 naming the field */
export function required(request: TokenRequest, field: keyof TokenRequest): string {
  const value = request[field];
  if (value === undefined || value === '') throw new EntraError(900144, field);
  return value;
}
