import { useCallback, useEffect, useRef, useState } from 'react';
import type { SignInChoice } from '../shared/SignInCard.tsx';
import type { Sandbox } from '../shared/sandbox.ts';
import { type Trouble, troubleOf } from '../shared/trouble.ts';
import type { TeamsSession } from './session.ts';
import { readAnswer } from './signIn/answer.ts';
import { forgetTokens, keptTokens, takeAsked } from './signIn/kept.ts';
import { leaveForSignIn, resume, type SignInSurroundings, signInWith } from './signIn/signIn.ts';

export type SignInWay = 'redirect' | 'password';

export type TeamsSignIn =
  | { readonly step: 'out'; readonly trouble: Trouble | undefined }
  | { readonly step: 'busy' }
  | { readonly step: 'in'; readonly session: TeamsSession };

interface Control {
  readonly status: TeamsSignIn;
  readonly signIn: (choice: SignInChoice) => void;
  readonly signOut: () => void;
}

/** Signs a person in and out, takes up what this tab was signed in as, and says good-bye when the page goes. */
export function useTeamsSession(sandbox: Sandbox, way: SignInWay): Control {
  const [status, setStatus] = useState<TeamsSignIn>({ step: 'busy' });
  const current = useRef<TeamsSession | undefined>(undefined);

  const start = useCallback(async (begin: () => Promise<TeamsSession | undefined>): Promise<void> => {
    setStatus({ step: 'busy' });
    try {
      const session = await begin();
      if (!session) return setStatus({ step: 'out', trouble: undefined });
      current.current?.end();
      current.current = session;
      setStatus({ step: 'in', session });
    } catch (error) {
      forgetTokens(sessionStorage);
      setStatus({ step: 'out', trouble: troubleOf(error) });
    }
  }, []);

  const onEnded = useCallback((trouble: Trouble): void => {
    current.current = undefined;
    forgetTokens(sessionStorage);
    setStatus({ step: 'out', trouble });
  }, []);

  useEffect(() => {
    const env = surroundings(sandbox, onEnded);
    const { search, pathname } = location;
    const tokens = keptTokens(sessionStorage);
    if (way === 'redirect' && search !== '') {
      const answer = readAnswer(search, takeAsked(sessionStorage));
      history.replaceState(null, '', pathname);
      if (answer.kind === 'refused') setStatus({ step: 'out', trouble: answer.trouble });
      else if (answer.kind === 'code')
        void start(() =>
          signInWith(env, {
            grant_type: 'authorization_code',
            code: answer.code,
            code_verifier: answer.verifier,
            redirect_uri: redirectUri(),
          }),
        );
      if (answer.kind !== 'none') return;
    }
    void start(async () => (tokens ? resume(env, tokens) : undefined));
    return () => {
      current.current?.end();
      current.current = undefined;
    };
  }, [sandbox, way, start, onEnded]);

  useEffect(() => {
    const onHide = (): void => current.current?.leave();
    const onShow = (event: PageTransitionEvent): void => current.current?.wake(!event.persisted);
    const onVisible = (): void => current.current?.wake(true);
    const onInput = (): void => current.current?.active();
    addEventListener('pagehide', onHide);
    addEventListener('pageshow', onShow);
    addEventListener('pointermove', onInput, { passive: true });
    addEventListener('keydown', onInput);
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      removeEventListener('pagehide', onHide);
      removeEventListener('pageshow', onShow);
      removeEventListener('pointermove', onInput);
      removeEventListener('keydown', onInput);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, []);

  const signIn = ({ address, password }: SignInChoice): void => {
    const env = surroundings(sandbox, onEnded);
    if (way === 'password')
      return void start(() => signInWith(env, { grant_type: 'password', username: address, password }));
    setStatus({ step: 'busy' });
    leaveForSignIn(env, redirectUri(), address, (url) => location.assign(url)).catch((error: unknown) =>
      setStatus({ step: 'out', trouble: troubleOf(error) }),
    );
  };

  const signOut = (): void => {
    const session = current.current;
    current.current = undefined;
    setStatus({ step: 'busy' });
    (session?.signOut() ?? Promise.resolve()).then(
      () => setStatus({ step: 'out', trouble: undefined }),
      (error: unknown) => setStatus({ step: 'out', trouble: troubleOf(error) }),
    );
  };

  return { status, signIn, signOut };
}

function redirectUri(): string {
  return `${location.origin}/teams`;
}

const browserFetch = (url: string, init?: RequestInit): Promise<Response> => fetch(url, init);

function surroundings(sandbox: Sandbox, ended: (trouble: Trouble) => void): SignInSurroundings {
  return { fetch: browserFetch, storage: sessionStorage, sandbox, ended };
}
