const size = 32;

/** Which counts of one nonce or association were used: the highest, and 32 below it. Each may be used once. */
export class ReplayWindow {
  #highest: number;
  /** Bit n: the count n + 1 below the highest. */
  #below = 0;

  constructor(first: number) {
    this.#highest = first;
  }

  /** False for a count that was used before, or that is too far behind to know. */
  take(count: number): boolean {
    const ahead = count - this.#highest;
    if (ahead > 0) {
      // A shift by 32 would be one by 0.
      const kept = ahead >= size ? 0 : this.#below << ahead;
      this.#below = ahead > size ? 0 : (kept | (1 << (ahead - 1))) >>> 0;
      this.#highest = count;
      return true;
    }
    const bit = -ahead - 1;
    if (bit < 0 || bit >= size || (this.#below & (1 << bit)) !== 0) return false;
    this.#below = (this.#below | (1 << bit)) >>> 0;
    return true;
  }
}
