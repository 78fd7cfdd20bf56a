import type { Side } from '../../src/core/people.ts';

/** What somebody wrote, as their own network answered. */
export interface Written {
  readonly token: string;
  /** Couple and direction: within it order holds. */
  readonly lane: string;
  readonly to: Side;
  /**
   * `accepted`: the network said that it has it. `refused`: it told the writer that it has not brought it. `open`: it
   * said neither, because it died.
   */
  readonly fate: 'accepted' | 'refused' | 'open';
}

/** What one client shows of a direction, oldest first, as tokens. */
export interface Shown {
  readonly lane: string;
  readonly tokens: readonly string[];
  /** Those that came with the time they were written, because the gateway found them late. */
  readonly late: ReadonlySet<string>;
}

/** What a sender was told by the gateway, in the client they wrote in. */
export interface Told {
  readonly token: string;
  /** `uncertain`: it says that the message may have been shown. */
  readonly what: 'failed' | 'uncertain';
}

/** All that the clients of both networks have to say after a soak. */
export interface Evidence {
  /** In the order written, within a lane. */
  readonly written: readonly Written[];
  readonly shown: readonly Shown[];
  readonly told: readonly Told[];
  /** Messages that the gateway itself says are still under way. */
  readonly underWay: ReadonlySet<string>;
}
