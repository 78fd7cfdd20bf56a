import type { Side } from '../core/people.ts';
import type { LinkStatus } from './connector.ts';
import type { LedgerCounts } from './ledger.ts';

/** The gateway at a glance, for the console. */
export interface GatewayStatus {
  /** Unix ms. */
  readonly startedAt: number;
  readonly underWay: number;
  /** How much of what it may hold it holds: from 0.5 on it slows the networks, from 1 on it refuses. */
  readonly pressure: number;
  readonly ledger: LedgerCounts;
  readonly links: Readonly<Record<Side, readonly LinkStatus[]>>;
}
