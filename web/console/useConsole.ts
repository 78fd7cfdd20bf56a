import { useEffect, useState } from 'react';
import { startPolling } from '../shared/poller.ts';
import { type Trouble, troubleOf } from '../shared/trouble.ts';
import { TokenWanted } from './api.ts';
import { toEdits } from './edits/fromApi.ts';
import type { Edit } from './edits/model.ts';
import { toMessages, toPeople, toStatus, toTrace } from './fromApi.ts';
import { api, token } from './gateway.ts';
import type { Message, People, Status, Trace } from './model.ts';
import { toPersonPresence } from './presence/fromApi.ts';
import type { PersonPresence } from './presence/model.ts';

export interface ConsoleView {
  readonly status: Status | undefined;
  readonly messages: readonly Message[] | undefined;
  readonly trouble: Trouble | undefined;
  /** The gateway asks for the operators' token; `rejected`: not for the one that was given. */
  readonly token: 'fine' | 'wanted' | 'rejected';
}

export interface Console extends ConsoleView {
  readonly giveToken: (text: string) => void;
}

const maxMessages = 100;
const nothingYet: ConsoleView = {
  status: undefined,
  messages: undefined,
  trouble: undefined,
  token: 'fine',
};

/** The gateway's state, read again every second while the page is looked at. */
export function useConsole(): Console {
  const [view, setView] = useState(nothingYet);
  const [tokensGiven, setTokensGiven] = useState(0);
  useEffect(() => {
    const ending = new AbortController();
    const get = (path: string): Promise<unknown> => api.get(path, ending.signal);
    const round = async (): Promise<void> => {
      const [status, messages] = await Promise.all([
        get('/api/status'),
        get(`/api/messages?limit=${maxMessages}`),
      ]);
      setView({
        status: toStatus(status),
        messages: toMessages(messages),
        trouble: undefined,
        token: 'fine',
      });
    };
    const failed = (error: unknown): number => {
      if (error instanceof TokenWanted) {
        setView({ ...nothingYet, token: tokensGiven > 0 ? 'rejected' : 'wanted' });
        ending.abort();
      } else setView((before) => ({ ...before, trouble: troubleOf(error) }));
      return 0;
    };
    startPolling(round, failed, () => document.hidden, ending.signal);
    return () => ending.abort();
  }, [tokensGiven]);
  const giveToken = (text: string): void => {
    token.set(text);
    setView(nothingYet);
    setTokensGiven((times) => times + 1);
  };
  return { ...view, giveToken };
}

export type Asked<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'loaded'; readonly value: T }
  | { readonly kind: 'failed'; readonly trouble: Trouble };

/** How many people are listed at once; the others are found by name. */
const maxPeople = 200;

/** Those whose name or address has every word of `find`, as many as a list may hold. */
export function usePeople(find: string): Asked<People> {
  return useAsked(`/api/people?${new URLSearchParams({ find, limit: `${maxPeople}` })}`, toPeople);
}

/** What operators did about people; `again` changes when it has to be read at once. */
export function useEdits(again: number): Asked<readonly Edit[]> {
  return useAsked('/api/people/edits', toEdits, again);
}

/** One message's steps; read again while it is looked at. */
export function useTrace(id: string): Asked<Trace> {
  return useAsked(`/api/messages/${encodeURIComponent(id)}`, toTrace);
}

/** One person's presence; read again while it is looked at. */
export function usePersonPresence(id: string): Asked<PersonPresence> {
  return useAsked(`/api/people/${encodeURIComponent(id)}/presence`, toPersonPresence);
}

/**
 * `read` has to be the same function each time; `again` changes when an answer has to be asked for at once. Until the new
 * answer is there, the old one is shown: what must not be seen meanwhile gets a key of its own.
 */
function useAsked<T>(path: string, read: (body: unknown) => T, again = 0): Asked<T> {
  const [view, setView] = useState<Asked<T>>({ kind: 'loading' });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `again` asks again
  useEffect(() => {
    const ending = new AbortController();
    setView((before) => (before.kind === 'loaded' ? before : { kind: 'loading' }));
    let shown = '';
    const round = async (): Promise<void> => {
      const body = await api.get(path, ending.signal);
      // What has not changed is not drawn again: lists are long.
      const text = JSON.stringify(body);
      if (text === shown) return;
      shown = text;
      setView({ kind: 'loaded', value: read(body) });
    };
    const failed = (error: unknown): number => {
      shown = '';
      setView({ kind: 'failed', trouble: troubleOf(error) });
      return 0;
    };
    startPolling(round, failed, () => document.hidden, ending.signal);
    return () => ending.abort();
  }, [path, read, again]);
  return view;
}
