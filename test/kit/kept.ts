import type { KeptStore } from '../../src/gateway/ledger.ts';

/** A kept store that ends with the test; values go through JSON, as they do in a ledger. */
export function memoryKept(): KeptStore {
  const kinds = new Map<string, Map<string, string>>();
  return {
    async list(kind) {
      return [...(kinds.get(kind) ?? [])].map(([key, json]) => ({ key, value: JSON.parse(json) as unknown }));
    },
    async keys(kind) {
      return [...(kinds.get(kind)?.keys() ?? [])];
    },
    async get(kind, key) {
      const json = kinds.get(kind)?.get(key);
      return json === undefined ? undefined : { key, value: JSON.parse(json) as unknown };
    },
    async put(kind, key, value) {
      const of = kinds.get(kind) ?? new Map<string, string>();
      kinds.set(kind, of.set(key, JSON.stringify(value)));
    },
    async remove(kind, key) {
      kinds.get(kind)?.delete(key);
    },
  };
}
