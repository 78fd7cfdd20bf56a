/** What a peer may send. Beyond it a message is refused before it is held in memory. */
export interface SipLimits {
  /** Characters of the start line. */
  readonly startLine: number;
  /** Bytes of start line and headers together. */
  readonly head: number;
  /** Header lines. */
  readonly headers: number;
  /** Characters of one header value, unfolded. */
  readonly headerValue: number;
  /** Bytes of the body. */
  readonly body: number;
}

export const defaultLimits: SipLimits = {
  startLine: 4096,
  head: 65_536,
  headers: 256,
  headerValue: 32_768,
  body: 1_048_576,
};
