import { useEffect } from 'react';
import type { Fetch } from '../shared/http.ts';
import type { SignInChoice } from '../shared/SignInCard.tsx';
import type { Sandbox } from '../shared/sandbox.ts';
import { usePageLife } from '../shared/usePageLife.ts';
import { type SignIn, useSignIn } from '../shared/useSignIn.ts';
import { forgetTicket, keepTicket, keptTicket } from './kept.ts';
import type { SkypeSession } from './session.ts';
import { findPool, startAt } from './signIn.ts';

interface Control {
  readonly status: SignIn<SkypeSession>;
  readonly signIn: (choice: SignInChoice) => void;
  readonly signOut: () => void;
}

/** Signs a person in and out at their pool, and deletes the application when the page goes. */
export function useSkypeSession(sandbox: Sandbox): Control {
  const { status, current, begin, signOut } = useSignIn<SkypeSession>(forget);

  useEffect(() => {
    const kept = keptTicket(sessionStorage);
    void begin(async () => (kept ? startAt(browserFetch, kept) : undefined));
  }, [begin]);

  usePageLife({
    left: () => current()?.leave(),
    // The application was deleted on leaving: the page starts anew.
    returned: () => current() && location.reload(),
    visibility: () => undefined,
    input: () => current()?.active(),
  });

  const signIn = ({ address, password }: SignInChoice): void =>
    void begin(async () => {
      const found = await findPool(browserFetch, sandbox, { address, password });
      keepTicket(sessionStorage, found);
      return startAt(browserFetch, found);
    });

  return { status, signIn, signOut };
}

function forget(): void {
  forgetTicket(sessionStorage);
}

const browserFetch: Fetch = (url, init) => fetch(url, init);
