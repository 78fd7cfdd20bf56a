/** A terminal's Ctrl-C reaches the process from the terminal and again from `npm`: within this time it is one wish. */
const oneWishMs = 1000;

/**
 * Aborts at the first SIGINT or SIGTERM, or when the parent that holds the IPC channel is gone. Whoever asks a second
 * time gets an immediate end.
 */
export function stopSignal(process: NodeJS.Process): AbortSignal {
  const controller = new AbortController();
  let asked = 0;
  const ask = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted && Date.now() - asked > oneWishMs) process.exit(130);
    if (controller.signal.aborted) return;
    asked = Date.now();
    controller.abort(signal);
  };
  if (process.channel) {
    // The terminal's Ctrl-C reaches child and parent alike; the parent ends the child when it has no more use for it.
    process.on('SIGINT', () => undefined);
    process.on('disconnect', () => controller.abort('disconnect'));
  } else process.on('SIGINT', ask);
  process.on('SIGTERM', ask);
  process.on('SIGHUP', ask);
  return controller.signal;
}

/** Resolves when the signal has aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
