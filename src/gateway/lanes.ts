/**
 * Serial loops, one a key: inside a lane one item is worked on at a time, in the order pushed; lanes run side by
 * side and know nothing of each other. A lane exists while it has work.
 */
export interface Lanes<T> extends AsyncDisposable {
  push(key: string, item: T): void;
  /** Items pushed and not yet done, over all lanes. */
  readonly size: number;
  /** Resolves when every lane is empty. */
  settled(): Promise<void>;
}

/**
 * `work` gets a signal that aborts when the lanes are disposed: then the item at hand should stop soon, and those
 * behind it are not begun. What `work` throws is passed to `onError` and the lane goes on.
 */
export function createLanes<T>(
  work: (item: T, signal: AbortSignal) => Promise<void>,
  onError: (error: unknown) => void,
): Lanes<T> {
  const lanes = new Map<string, T[]>();
  const controller = new AbortController();
  const { signal } = controller;
  let size = 0;
  let whenSettled = Promise.withResolvers<void>();
  whenSettled.resolve();

  async function loop(key: string, queue: T[]): Promise<void> {
    for (let item = queue.shift(); item !== undefined && !signal.aborted; item = queue.shift()) {
      try {
        await work(item, signal);
      } catch (error) {
        if (!signal.aborted) onError(error);
      }
      size--;
    }
    lanes.delete(key);
    if (lanes.size === 0) whenSettled.resolve();
  }

  return {
    push(key, item) {
      if (signal.aborted) return;
      size++;
      const queue = lanes.get(key);
      if (queue) {
        queue.push(item);
        return;
      }
      if (lanes.size === 0) whenSettled = Promise.withResolvers<void>();
      const fresh = [item];
      lanes.set(key, fresh);
      void loop(key, fresh);
    },
    get size() {
      return size;
    },
    settled: () => whenSettled.promise,
    async [Symbol.asyncDispose]() {
      controller.abort(new Error('the gateway is stopping'));
      await whenSettled.promise;
    },
  };
}
