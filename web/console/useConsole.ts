import { useEffect, useState } from 'react';
import { startPolling } from '../shared/poller.ts';
import { type Trouble, troubleOf } from '../shared/trouble.ts';
import { getApi } from './api.ts';
import { toMessages, toPeople, toStatus, toTrace } from './fromApi.ts';
import type { Message, Person, Status, Trace } from './model.ts';

export interface ConsoleView {
  readonly status: Status | undefined;
  readonly people: readonly Person[] | undefined;
  readonly messages: readonly Message[] | undefined;
  readonly trouble: Trouble | undefined;
}

const maxMessages = 100;

/** The gateway's state, read again every second while the page is looked at. */
export function useConsole(): ConsoleView {
  const [view, setView] = useState<ConsoleView>({
    status: undefined,
    people: undefined,
    messages: undefined,
    trouble: undefined,
  });
  useEffect(() => {
    const ending = new AbortController();
    const get = (path: string): Promise<unknown> => getApi(browserFetch, path, ending.signal);
    const round = async (): Promise<void> => {
      const [status, people, messages] = await Promise.all([
        get('/api/status'),
        get('/api/people'),
        get(`/api/messages?limit=${maxMessages}`),
      ]);
      setView({
        status: toStatus(status),
        people: toPeople(people),
        messages: toMessages(messages),
        trouble: undefined,
      });
    };
    const failed = (error: unknown): number => {
      setView((before) => ({ ...before, trouble: troubleOf(error) }));
      return 0;
    };
    startPolling(round, failed, () => document.hidden, ending.signal);
    return () => ending.abort();
  }, []);
  return view;
}

export type TraceView =
  | { readonly kind: 'loading' }
  | { readonly kind: 'loaded'; readonly trace: Trace }
  | { readonly kind: 'failed'; readonly trouble: Trouble };

/** One message's steps; read again until the message has ended. */
export function useTrace(id: string): TraceView {
  const [view, setView] = useState<TraceView>({ kind: 'loading' });
  useEffect(() => {
    const ending = new AbortController();
    setView({ kind: 'loading' });
    const round = async (): Promise<void> => {
      const trace = toTrace(
        await getApi(browserFetch, `/api/messages/${encodeURIComponent(id)}`, ending.signal),
      );
      setView({ kind: 'loaded', trace });
    };
    const failed = (error: unknown): number => {
      setView({ kind: 'failed', trouble: troubleOf(error) });
      return 0;
    };
    startPolling(round, failed, () => document.hidden, ending.signal);
    return () => ending.abort();
  }, [id]);
  return view;
}

const browserFetch = (url: string, init?: RequestInit): Promise<Response> => fetch(url, init);
