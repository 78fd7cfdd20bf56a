import type { Clock } from '../clock.ts';
import type { MessageFormat } from '../types.ts';
import type { BackendEndpoint } from './backend.ts';
import type { ChannelEvent, EventChannel, Urgency } from './event-channel.ts';
import type { Limits } from './limits.ts';
import type { Paths } from './paths.ts';

/** What the parts of an application see of the whole. */
export interface ApplicationScope {
  readonly paths: Paths;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly endpoint: BackendEndpoint;
  readonly channel: EventChannel;
  readonly modalities: readonly string[];
  readonly formats: readonly MessageFormat[];
  /** Name of the property that a PUT has to bring back. */
  readonly putGuardName: string;
  emit(
    sender: 'me' | 'people' | 'communication',
    urgency: Urgency,
    event: ChannelEvent['event'],
    coalesceBy?: string,
  ): void;
  conversationOver(id: string): void;
}
