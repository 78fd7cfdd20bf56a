import type { Capabilities } from '../../gateway/connector.ts';
import { maxMessageBytes } from '../../protocols/graph/client/messages.ts';

/** Bytes kept free for the author's name before the text, where the gateway's own account writes. */
export const nameBytes = 512;

/** HTML alone: Graph mangles what is sent as plain text. */
export const capabilities: Omit<Capabilities, 'endpointLeaseMs'> = {
  maxBodyBytes: maxMessageBytes - nameBytes,
  canFind: true,
  formats: ['html'],
};
