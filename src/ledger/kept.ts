import { mostKeptBytes, mostKeptKeyBytes } from '../gateway/ledger.ts';

/** The value as the ledger keeps it. Throws what {@link KeptStore.put} rejects with; never with the value in its words. */
export function keptJson(kind: string, key: string, value: unknown): string {
  const name = `kept ${kind}`;
  if (Buffer.byteLength(kind) + Buffer.byteLength(key) > mostKeptKeyBytes)
    throw new RangeError(`${name}: the kind and key have more than ${mostKeptKeyBytes} bytes`);
  const json = stringify(name, value);
  const bytes = Buffer.byteLength(json);
  if (bytes > mostKeptBytes)
    throw new RangeError(`${name}: the value has ${bytes} bytes, at most ${mostKeptBytes} are kept`);
  return json;
}

function stringify(name: string, value: unknown): string {
  try {
    const json: string | undefined = JSON.stringify(value);
    if (json !== undefined) return json;
  } catch {
    // Falls through: a cycle or a bigint is as little JSON as a function is.
  }
  throw new TypeError(`${name}: the value is no JSON`);
}
