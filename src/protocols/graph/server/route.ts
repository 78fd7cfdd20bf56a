import type { Static, TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { badRequest } from '../errors.ts';
import type { TokenClaims } from './auth.ts';
import type { Operation } from './permissions.ts';
import type { Query } from './query.ts';

/** One request that has passed authentication and the permission table. */
export interface Call {
  readonly claims: TokenClaims;
  /** Decoded path parameters; without `user` the path spoke of `/me` or of nobody. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: Query;
  /** Parsed JSON, unchecked. */
  readonly body: unknown;
  /** `https://host:port/v1.0`, as the client wrote it. */
  readonly base: string;
  /** Path without version and query, as the client wrote it: what a next link repeats. */
  readonly path: string;
  /** The raw `Authorization` header, for requests inside a batch. */
  readonly authorization: string;
  /** `Prefer: include-unknown-enum-members` */
  readonly unknownEnumMembers: boolean;
}

export interface Answer {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  readonly operation: Operation;
  handle(call: Call): Answer | Promise<Answer>;
}

/** Reads the value from an unknown body, or throws a 400 that names the field. */
export type BodyReader<T> = (body: unknown) => T;

/** For a path parameter that the route's own template names. */
export function param(call: Call, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw badRequest(`The path names no ${name}`);
  return value;
}

export function bodyReader<S extends TSchema>(schema: S): BodyReader<Static<S>> {
  const validator: Validator<Record<never, never>, S> = Compile(schema);
  return (body) => {
    if (body === undefined) throw badRequest('Empty Payload. JSON content expected.');
    if (validator.Check(body)) return body as Static<S>;
    const [first] = validator.Errors(body);
    throw badRequest(`Invalid request body: ${describe(first)}`);
  };
}

function describe(error: { instancePath: string; message: string } | undefined): string {
  if (error === undefined) return 'it does not have the expected shape';
  const field = error.instancePath.slice(1).replaceAll('/', '.');
  return field === '' ? error.message : `'${field}' ${error.message}`;
}
