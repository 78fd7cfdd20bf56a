import { delayMs, isRefused, type Pressure, pressureOf } from '../core/pressure.ts';
import type { LedgerSize } from './ledger.ts';

export interface LoadOptions {
  /** Messages under way before further ones are refused for now. */
  readonly mostUnderWay: number;
  /** The same of their texts together, in bytes of UTF-8. */
  readonly mostBytesUnderWay: number;
  readonly ledgerSize: () => LedgerSize;
}

/** What the gateway has taken upon itself, against what it may. */
export interface Load {
  /** A message is being taken, or was left by an earlier run. */
  hold(bytes: number): void;
  /** It has its end, or was not taken. */
  release(bytes: number): void;
  readonly pressure: Pressure;
  /** Whether nothing more is taken for now. */
  readonly isFull: boolean;
  /** How long a network is kept waiting before it is told that something was taken, ms. */
  readonly delayMs: number;
}

/** A ledger may well be nearly full for months: only its last part counts. */
const ledgerCountsFrom = 0.8;

export function createLoad(options: LoadOptions): Load {
  let messages = 0;
  let bytes = 0;

  function pressure(): Pressure {
    const { bytes: kept, mostBytes } = options.ledgerSize();
    return pressureOf([
      { of: messages, most: options.mostUnderWay },
      { of: bytes, most: options.mostBytesUnderWay },
      {
        of: Math.max(0, kept - mostBytes * ledgerCountsFrom),
        most: mostBytes * (1 - ledgerCountsFrom),
      },
    ]);
  }

  return {
    hold(size) {
      messages += 1;
      bytes += size;
    },
    release(size) {
      messages -= 1;
      bytes -= size;
    },
    get pressure() {
      return pressure();
    },
    get isFull() {
      return isRefused(pressure());
    },
    get delayMs() {
      return delayMs(pressure());
    },
  };
}
