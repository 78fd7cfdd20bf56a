/** How many requests each person has in progress. */
export class Outstanding {
  readonly #limit: number;
  readonly #counts = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  fits(address: string, places: number): boolean {
    return (this.#counts.get(address) ?? 0) + places <= this.#limit;
  }

  /** Undefined if that would be too many; disposing what is returned gives the places back. */
  reserve(address: string, places = 1): Disposable | undefined {
    if (!this.fits(address, places)) return undefined;
    this.#counts.set(address, (this.#counts.get(address) ?? 0) + places);
    let reserved = places;
    return {
      [Symbol.dispose]: () => {
        const left = (this.#counts.get(address) ?? 0) - reserved;
        reserved = 0;
        if (left > 0) this.#counts.set(address, left);
        else this.#counts.delete(address);
      },
    };
  }
}
