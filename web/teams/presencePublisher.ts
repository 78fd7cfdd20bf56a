import type { PresenceChoice } from '../shared/presence/inTeams.ts';
import { type Graph, GraphError } from './graph/client.ts';

/** An Available session fades after five minutes unless it is set again. */
const refreshMs = 200_000;
/** Without input for as long the client says Away, as Teams' own does. */
const awayAfterMs = 300_000;

export interface PresencePublisher {
  /** Sets the session's presence if it is due; called in every round. */
  readonly keep: () => Promise<void>;
  /** Notes input; true if the presence has to change at once. */
  readonly active: () => boolean;
  /** The session may be gone: the next `keep` sets it. */
  readonly forget: () => void;
  readonly choose: (choice: PresenceChoice | 'automatic') => Promise<void>;
  readonly note: (text: string) => Promise<void>;
  readonly clear: () => Promise<void>;
  readonly leave: () => void;
}

/** This client's presence session; its id is the client id, as Graph demands. */
export function createPresencePublisher(
  graph: Graph,
  userId: string,
  clientId: string,
  now: () => number,
): PresencePublisher {
  const path = (action: string): string => `/users/${userId}/presence/${action}`;
  let set: { readonly availability: string; readonly at: number } | undefined;
  let lastInput = now();
  const wanted = (): 'Available' | 'Away' => (now() - lastInput < awayAfterMs ? 'Available' : 'Away');
  return {
    keep: async () => {
      const availability = wanted();
      if (set && set.availability === availability && now() - set.at < refreshMs) return;
      const before = set;
      set = { availability, at: now() };
      try {
        await graph.post(path('setPresence'), {
          sessionId: clientId,
          availability,
          activity: availability,
          expirationDuration: 'PT5M',
        });
      } catch (error) {
        set = before;
        throw error;
      }
    },
    active: () => {
      const wasAway = wanted() === 'Away';
      lastInput = now();
      return wasAway;
    },
    forget: () => {
      set = undefined;
    },
    choose: async (choice) => {
      if (choice === 'automatic') await graph.post(path('clearUserPreferredPresence'), {});
      else
        await graph.post(path('setUserPreferredPresence'), {
          availability: choice.availability,
          activity: choice.activity,
        });
    },
    note: async (text) => {
      await graph.post(path('setStatusMessage'), {
        statusMessage: { message: { content: text, contentType: 'text' } },
      });
    },
    clear: async () => {
      set = undefined;
      try {
        await graph.post(path('clearPresence'), { sessionId: clientId });
      } catch (error) {
        // 404: the session ended by itself, which is what was asked for.
        if (!(error instanceof GraphError && error.status === 404)) throw error;
      }
    },
    leave: () => {
      set = undefined;
      graph.postLast(path('clearPresence'), { sessionId: clientId });
    },
  };
}
