/** Lets so many in at a time; the others wait in the order in which they came. */
export interface Gate {
  /** Resolves when it is the caller's turn; dispose it to leave. Rejects with the signal's reason. */
  enter(signal?: AbortSignal): Promise<Disposable>;
}

export function createGate(width: number): Gate {
  let inside = 0;
  const waiting = new Set<() => void>();

  const pass = (): Disposable => {
    inside += 1;
    let left = false;
    return {
      [Symbol.dispose]() {
        if (left) return;
        left = true;
        inside -= 1;
        const [next] = waiting;
        if (!next) return;
        waiting.delete(next);
        next();
      },
    };
  };

  return {
    enter(signal) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      if (inside < width) return Promise.resolve(pass());
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          waiting.delete(enter);
          reject(signal?.reason);
        };
        const enter = (): void => {
          signal?.removeEventListener('abort', leave);
          resolve(pass());
        };
        waiting.add(enter);
        signal?.addEventListener('abort', leave, { once: true });
      });
    },
  };
}
