import type { Side } from '../core/people.ts';
import type { LinkStatus } from './connector.ts';
import type { LedgerCounts } from './ledger.ts';

/** The gateway at a glance, for the console. */
export interface GatewayStatus {
  /** Unix ms. */
  readonly startedAt: number;
  readonly underWay: number;
  readonly ledger: LedgerCounts;
  readonly links: Readonly<Record<Side, readonly LinkStatus[]>>;
}
