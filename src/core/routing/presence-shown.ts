import type { CoexistenceMode, Home, Side } from '../people.ts';
import { isSfbMode, type Scope } from './facts.ts';

export interface WatchFacts {
  readonly scope: Scope;
  /** The client in which the watcher looks. */
  readonly watcherClient: Side;
  readonly publisher: { readonly mode: CoexistenceMode; readonly home: Home };
  /** The side to which the thread is routed in whose window the presence stands, if it stands in one. */
  readonly threadLands?: Side;
}

export interface Shown {
  readonly shows: Side;
  readonly rule:
    | 'thread'
    | 'publisher-teams-only'
    | 'publisher-sfb'
    | 'publisher-in-teams-alone'
    | 'islands-teams'
    | 'islands-sfb';
  /** A sentence for a person. */
  readonly because: string;
}

/** Which of the publisher's two presences the watcher is shown. */
export function presenceShown({ scope, watcherClient, publisher, threadLands }: WatchFacts): Shown {
  if (threadLands !== undefined)
    return {
      shows: threadLands,
      rule: 'thread',
      because: 'In a thread, the presence of the side to which it is routed is shown.',
    };
  if (publisher.mode === 'TeamsOnly')
    return {
      shows: 'teams',
      rule: 'publisher-teams-only',
      because: 'The publisher is TeamsOnly, so everybody is shown the presence in Teams.',
    };
  if (isSfbMode(publisher.mode))
    return {
      shows: 'skype',
      rule: 'publisher-sfb',
      because:
        "The publisher's mode keeps presence in Skype for Business, so everybody is shown the presence there.",
    };
  if (publisher.home === 'none')
    return {
      shows: 'teams',
      rule: 'publisher-in-teams-alone',
      because:
        'The publisher is not enabled for Skype for Business, so the only presence is the one in Teams.',
    };
  if (scope === 'inTenant' && watcherClient === 'teams')
    return {
      shows: 'teams',
      rule: 'islands-teams',
      because:
        'The publisher has two independent presences, and a watcher in Teams of the same tenant is shown the one in Teams.',
    };
  return {
    shows: 'skype',
    rule: 'islands-sfb',
    because:
      'The publisher has two independent presences, and watchers in Skype for Business or of another tenant are shown the one in Skype for Business.',
  };
}
