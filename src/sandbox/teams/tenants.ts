import type { GraphBackend } from '../../protocols/graph/server/backend.ts';
import type { Change } from '../../protocols/graph/server/notifier/change.ts';
import type { Clock } from '../clock.ts';
import { people as everybody, type SandboxPerson } from '../world.ts';
import type { ChatState } from './chat-state.ts';
import { type ChatLimits, Chats } from './chats.ts';
import { Directory } from './directory.ts';
import { Messages } from './messages.ts';
import { Presences } from './presence/presences.ts';
import { Throttling } from './throttling.ts';

export interface TeamsTenantsOptions {
  readonly clock: Clock;
  /** Told of everything that happens, right after it did; usually the notifier's `publish`. */
  readonly emit: (change: Change) => void;
  /** Default: the people of the sandbox. */
  readonly people?: readonly SandboxPerson[];
  /** `documented` enforces Graph's published limits. Default `none`: only what `throttle.order` asks for. */
  readonly throttleLimits?: 'none' | 'documented';
  /** Default 100,000 chats, and 10,000 messages in each. */
  readonly limits?: Partial<ChatLimits>;
}

/** The Teams side of the sandbox, in memory. Disposing it stops its timers. */
export interface TeamsTenants extends GraphBackend, Disposable {
  readonly directory: Directory;
  readonly chats: Chats;
  readonly messages: Messages;
  readonly presence: Presences;
  readonly throttle: Throttling;
}

export function createTeamsTenants(options: TeamsTenantsOptions): TeamsTenants {
  const { clock, emit, people = everybody, throttleLimits = 'none' } = options;
  const limits: ChatLimits = { maxChats: 100_000, maxMessagesPerChat: 10_000, ...options.limits };
  const tenantOf = new Map(people.map(({ objectId, tenant }) => [objectId, tenant.id]));
  const states = new Map<string, ChatState>();
  const messages = new Messages(clock, emit, states);
  const presence = new Presences(clock, (userId) => tenantOf.get(userId) ?? '', emit);
  return {
    directory: new Directory(people),
    chats: new Chats(clock, limits, emit, states, messages),
    messages,
    presence,
    throttle: new Throttling(clock, throttleLimits),
    [Symbol.dispose]: () => presence[Symbol.dispose](),
  };
}
