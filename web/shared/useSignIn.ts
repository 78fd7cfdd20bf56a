import { useCallback, useEffect, useRef, useState } from 'react';
import { type Trouble, troubleOf } from './trouble.ts';

export type SignIn<S> =
  | { readonly step: 'out'; readonly trouble: Trouble | undefined }
  | { readonly step: 'busy' }
  | { readonly step: 'in'; readonly session: S };

/** As much of a signed-in client as the way in and out needs. */
export interface Endable {
  readonly signOut: () => Promise<void>;
  /** Stops without waiting; called when the client is taken from the screen. */
  readonly end: () => void;
}

export interface SignInControl<S> {
  readonly status: SignIn<S>;
  readonly current: () => S | undefined;
  /** Tries to begin a session; `undefined` means that there was nothing to go on with. */
  readonly begin: (how: () => Promise<S | undefined>) => Promise<void>;
  readonly refuse: (trouble: Trouble) => void;
  readonly signOut: () => void;
}

/** The one session of a client: at most one at a time, none left behind. `forget` drops what the tab keeps of it. */
export function useSignIn<S extends Endable>(forget: () => void): SignInControl<S> {
  const [status, setStatus] = useState<SignIn<S>>({ step: 'busy' });
  const session = useRef<S | undefined>(undefined);
  const mounted = useRef(false);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
      session.current?.end();
      session.current = undefined;
    };
  }, []);

  const begin = useCallback(
    async (how: () => Promise<S | undefined>): Promise<void> => {
      setStatus({ step: 'busy' });
      try {
        const begun = await how();
        if (!begun) return setStatus({ step: 'out', trouble: undefined });
        if (!mounted.current) return begun.end();
        session.current = begun;
        setStatus({ step: 'in', session: begun });
      } catch (error) {
        forget();
        setStatus({ step: 'out', trouble: troubleOf(error) });
      }
    },
    [forget],
  );

  const refuse = useCallback(
    (trouble: Trouble): void => {
      session.current = undefined;
      forget();
      setStatus({ step: 'out', trouble });
    },
    [forget],
  );

  const signOut = useCallback((): void => {
    const ending = session.current;
    session.current = undefined;
    forget();
    setStatus({ step: 'busy' });
    (ending?.signOut() ?? Promise.resolve()).then(
      () => setStatus({ step: 'out', trouble: undefined }),
      (error: unknown) => setStatus({ step: 'out', trouble: troubleOf(error) }),
    );
  }, [forget]);

  const current = useCallback((): S | undefined => session.current, []);
  return { status, current, begin, refuse, signOut };
}
