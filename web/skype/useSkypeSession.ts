import { useCallback, useEffect, useRef, useState } from 'react';
import type { SignInChoice } from '../shared/SignInCard.tsx';
import type { Sandbox } from '../shared/sandbox.ts';
import { type Trouble, troubleOf } from '../shared/trouble.ts';
import { forgetTicket, keepTicket, keptTicket } from './kept.ts';
import type { SkypeSession } from './session.ts';
import { findPool, startAt } from './signIn.ts';

export type SkypeSignIn =
  | { readonly step: 'out'; readonly trouble: Trouble | undefined }
  | { readonly step: 'busy' }
  | { readonly step: 'in'; readonly session: SkypeSession };

interface Control {
  readonly status: SkypeSignIn;
  readonly signIn: (choice: SignInChoice) => void;
  readonly signOut: () => void;
}

/** Signs a person in and out at their pool, and deletes the application when the page goes. */
export function useSkypeSession(sandbox: Sandbox): Control {
  const [status, setStatus] = useState<SkypeSignIn>({ step: 'busy' });
  const current = useRef<SkypeSession | undefined>(undefined);

  const start = useCallback(async (begin: () => Promise<SkypeSession | undefined>): Promise<void> => {
    setStatus({ step: 'busy' });
    try {
      const session = await begin();
      if (!session) return setStatus({ step: 'out', trouble: undefined });
      current.current = session;
      setStatus({ step: 'in', session });
    } catch (error) {
      forgetTicket(sessionStorage);
      setStatus({ step: 'out', trouble: troubleOf(error) });
    }
  }, []);

  useEffect(() => {
    const kept = keptTicket(sessionStorage);
    void start(async () => (kept ? startAt(browserFetch, kept) : undefined));
    return () => {
      current.current?.leave();
      current.current = undefined;
    };
  }, [start]);

  useEffect(() => {
    const onHide = (): void => current.current?.leave();
    // The application was deleted on leaving: a page from the browser's cache starts anew.
    const onShow = (event: PageTransitionEvent): void => {
      if (event.persisted && current.current) location.reload();
    };
    const onInput = (): void => current.current?.active();
    addEventListener('pagehide', onHide);
    addEventListener('pageshow', onShow);
    addEventListener('pointermove', onInput, { passive: true });
    addEventListener('keydown', onInput);
    return () => {
      removeEventListener('pagehide', onHide);
      removeEventListener('pageshow', onShow);
      removeEventListener('pointermove', onInput);
      removeEventListener('keydown', onInput);
    };
  }, []);

  const signIn = ({ address, password }: SignInChoice): void =>
    void start(async () => {
      const found = await findPool(browserFetch, sandbox, { address, password });
      keepTicket(sessionStorage, found);
      return startAt(browserFetch, found);
    });

  const signOut = (): void => {
    const session = current.current;
    current.current = undefined;
    forgetTicket(sessionStorage);
    setStatus({ step: 'busy' });
    (session?.signOut() ?? Promise.resolve()).then(
      () => setStatus({ step: 'out', trouble: undefined }),
      (error: unknown) => setStatus({ step: 'out', trouble: troubleOf(error) }),
    );
  };

  return { status, signIn, signOut };
}

const browserFetch = (url: string, init?: RequestInit): Promise<Response> => fetch(url, init);
