import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { type Answer, type GraphClient, refusal, shaped } from './graph-client.ts';
import type { GraphResult, TokenSource } from './result.ts';

/** Most requests in one batch. */
export const maxBatch = 20;

export interface BatchStep<T> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly answer: Answer<T>;
}

const answers = Compile(
  Type.Object({
    responses: Type.Array(
      Type.Object({
        id: Type.String(),
        status: Type.Integer({ minimum: 100, maximum: 599 }),
        headers: Type.Optional(Type.Record(Type.String(), Type.String())),
        body: Type.Optional(Type.Unknown()),
      }),
    ),
  }),
);

/**
 * Several independent requests at once, at most {@link maxBatch}; one result for each, in their order. The
 * outer result fails when the batch itself did.
 */
export async function batch<T>(
  graph: GraphClient,
  as: TokenSource,
  steps: readonly BatchStep<T>[],
  signal: AbortSignal,
): Promise<GraphResult<readonly GraphResult<T>[]>> {
  if (steps.length > maxBatch) throw new RangeError(`a batch holds at most ${maxBatch} requests`);
  const requests = steps.map(({ method, path, body }, index) => ({
    id: String(index + 1),
    method,
    url: path,
    ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
  }));
  const result = await graph.call(as, {
    method: 'POST',
    path: '/$batch',
    body: { requests },
    answer: shaped(answers),
    signal,
  });
  if (!result.ok) return result;
  const byId = new Map(result.value.responses.map((response) => [response.id, response]));
  const results = steps.map(({ answer }, index): GraphResult<T> => {
    const response = byId.get(String(index + 1));
    if (response === undefined) return malformed(200, 'the batch has no answer to this request');
    const { status, headers = {}, body } = response;
    if (status < 200 || status > 299)
      return { ok: false, failure: refusal(status, lowerCased(headers), body) };
    const value = answer(body);
    return value === undefined ? malformed(status, 'unexpected shape of the body') : { ok: true, value };
  });
  return { ok: true, value: results };
}

function malformed(status: number, detail: string): GraphResult<never> {
  return { ok: false, failure: { kind: 'malformed', status, detail } };
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
