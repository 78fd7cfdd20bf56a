import type { Capabilities } from '../../gateway/connector.ts';

/**
 * No document states the longest message of a pool; SfB's own clients stop at some 8,000 characters. What is left
 * below that is room for the author's name where the gateway's own account writes.
 * Text alone: whether a session takes HTML is known only after the first message has been sent.
 */
export const capabilities: Capabilities = {
  maxBodyBytes: 7_900,
  canFind: false,
  formats: ['text'],
  /** UCWA gives a client no say: an application that fetches no events for so long ends, unless the pool is told otherwise. */
  endpointLeaseMs: 15 * 60_000,
};
