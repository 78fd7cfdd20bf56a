/** The two networks, as the gateway reaches them: each through a front of its own. */
export type Network = 'teams' | 'skype';

/** A process that can be killed or stopped. */
export type Victim = 'gateway' | 'pools' | 'graph' | 'front of teams' | 'front of skype';

/** What goes wrong at a front, between the gateway and a network. */
export type FrontFault =
  /** So many of the connections there are now end with a reset. */
  | { readonly kind: 'cut'; readonly share: number }
  /** The connections there are now fall silent both ways, and end with a reset after `ms`. */
  | { readonly kind: 'half-open'; readonly ms: number }
  /** For `forMs` every answer comes `ms` late. */
  | { readonly kind: 'delay'; readonly ms: number; readonly forMs: number }
  /** The next requests are carried out, and their answers are lost: cut off, or in their place a proxy's error. */
  | {
      readonly kind: 'swallow';
      readonly requests: number;
      readonly of: 'writes' | 'all';
      readonly how: 'cut' | 502 | 504;
    }
  /** The next requests are refused without being carried out. */
  | {
      readonly kind: 'refuse';
      readonly requests: number;
      readonly status: 429 | 503;
      readonly retryAfterSeconds: number;
    };

/** What becomes of the next change notifications on their way from Graph to the gateway. */
export interface NotificationFault {
  readonly kind: 'notifications';
  readonly posts: number;
  /** `lost`: Graph is told that they were taken. `late`: another one overtakes them. */
  readonly how: 'lost' | 'twice' | 'late';
}

export type Fault =
  | { readonly kind: 'kill'; readonly what: Exclude<Victim, 'graph'>; readonly downMs: number }
  /** The process stands still (SIGSTOP) and goes on: its clock has jumped then, and it was silent. */
  | { readonly kind: 'stop'; readonly what: 'gateway' | 'pools' | 'graph'; readonly ms: number }
  | { readonly kind: 'at the front'; readonly network: Network; readonly fault: FrontFault }
  | NotificationFault
  /** The gateway's wall clock jumps, and is set right after `ms`. */
  | { readonly kind: 'clock'; readonly byMs: number; readonly ms: number }
  /** The gateway's disk takes nothing more. */
  | { readonly kind: 'disk full'; readonly ms: number };

/** One line for people. */
export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
      return `kill ${fault.what}, down for ${fault.downMs} ms`;
    case 'stop':
      return `stop ${fault.what} for ${fault.ms} ms`;
    case 'notifications':
      return `${fault.posts} notifications ${fault.how}`;
    case 'clock':
      return `the clock jumps by ${fault.byMs} ms, and back after ${fault.ms} ms`;
    case 'disk full':
      return `disk full for ${fault.ms} ms`;
    case 'at the front':
      return `${fault.network}: ${describeFrontFault(fault.fault)}`;
  }
}

function describeFrontFault(fault: FrontFault): string {
  switch (fault.kind) {
    case 'cut':
      return `cut ${Math.round(fault.share * 100)} % of the connections`;
    case 'half-open':
      return `connections half-open for ${fault.ms} ms`;
    case 'delay':
      return `answers ${fault.ms} ms late for ${fault.forMs} ms`;
    case 'swallow':
      return `answers to ${fault.requests} ${fault.of === 'writes' ? 'writes' : 'requests'} lost (${fault.how})`;
    case 'refuse':
      return `${fault.requests} requests refused with ${fault.status}, Retry-After ${fault.retryAfterSeconds}`;
  }
}
