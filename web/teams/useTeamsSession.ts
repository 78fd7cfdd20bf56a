import { useEffect } from 'react';
import type { SignInChoice } from '../shared/SignInCard.tsx';
import type { Sandbox } from '../shared/sandbox.ts';
import type { Trouble } from '../shared/trouble.ts';
import { usePageLife } from '../shared/usePageLife.ts';
import { type SignIn, useSignIn } from '../shared/useSignIn.ts';
import type { TeamsSession } from './session.ts';
import { type Answer, readAnswer } from './signIn/answer.ts';
import { forgetTokens, keptTokens, takeAsked } from './signIn/kept.ts';
import { leaveForSignIn, resume, type SignInSurroundings, signInWith } from './signIn/signIn.ts';

/** `redirect`: on the organisation's own sign-in page. `password`: here, as a short cut for the sandbox. */
export type SignInWay = 'redirect' | 'password';

interface Control {
  readonly status: SignIn<TeamsSession>;
  readonly signIn: (choice: SignInChoice) => void;
  readonly signOut: () => void;
}

/** Signs a person in and out, takes up what this tab was signed in as, and says good-bye when the page goes. */
export function useTeamsSession(sandbox: Sandbox, way: SignInWay): Control {
  const { status, current, begin, refuse, signOut } = useSignIn<TeamsSession>(forget);

  useEffect(() => {
    const env = surroundings(sandbox, refuse);
    const answer = way === 'redirect' ? takeAnswer() : ({ kind: 'none' } as const);
    switch (answer.kind) {
      case 'refused':
        return refuse(answer.trouble);
      case 'code': {
        const { code, verifier } = answer;
        const redirect = { redirect_uri: redirectUri(), code_verifier: verifier };
        return void begin(() => signInWith(env, { grant_type: 'authorization_code', code, ...redirect }));
      }
      case 'none': {
        const tokens = keptTokens(sessionStorage);
        return void begin(async () => (tokens ? resume(env, tokens) : undefined));
      }
    }
  }, [sandbox, way, begin, refuse]);

  usePageLife({
    left: () => current()?.leave(),
    returned: () => current()?.wake(false),
    visibility: () => current()?.wake(true),
    input: () => current()?.active(),
  });

  const signIn = ({ address, password }: SignInChoice): void => {
    const env = surroundings(sandbox, refuse);
    const leave = (): Promise<undefined> =>
      leaveForSignIn(env, redirectUri(), address, (url) => location.assign(url)).then(stayBusy);
    void begin(() =>
      way === 'redirect' ? leave() : signInWith(env, { grant_type: 'password', username: address, password }),
    );
  };

  return { status, signIn, signOut };
}

/** What the sign-in page added to our address, once; the address is clean afterwards. */
function takeAnswer(): Answer {
  const { search, pathname } = location;
  if (search === '') return { kind: 'none' };
  history.replaceState(null, '', pathname);
  return readAnswer(search, takeAsked(sessionStorage));
}

/** Between asking for another page and its coming. */
function stayBusy(): Promise<undefined> {
  return new Promise(() => undefined);
}

function forget(): void {
  forgetTokens(sessionStorage);
}

function redirectUri(): string {
  return `${location.origin}/teams`;
}

function surroundings(sandbox: Sandbox, ended: (trouble: Trouble) => void): SignInSurroundings {
  return { fetch: (url, init) => fetch(url, init), storage: sessionStorage, sandbox, ended };
}
