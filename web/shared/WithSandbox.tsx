import { makeStyles, Spinner } from '@fluentui/react-components';
import { type ReactNode, useEffect, useState } from 'react';
import { loadSandbox, type Sandbox } from './sandbox.ts';
import { TroubleBar } from './TroubleBar.tsx';
import { type Trouble, troubleOf } from './trouble.ts';

type Loading =
  | { readonly step: 'loading' }
  | { readonly step: 'ready'; readonly sandbox: Sandbox }
  | { readonly step: 'failed'; readonly trouble: Trouble };

const useStyles = makeStyles({
  middle: { height: '100%', display: 'flex', alignItems: 'center', justifyContent: 'center' },
});

/** Draws its children once the gateway has said where the services are. */
export function WithSandbox({ children }: { readonly children: (sandbox: Sandbox) => ReactNode }): ReactNode {
  const styles = useStyles();
  const [loading, setLoading] = useState<Loading>({ step: 'loading' });
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt is a new load
  useEffect(() => {
    const ending = new AbortController();
    loadSandbox((url, init) => fetch(url, init), ending.signal).then(
      (sandbox) => setLoading({ step: 'ready', sandbox }),
      (error: unknown) => {
        if (!ending.signal.aborted) setLoading({ step: 'failed', trouble: troubleOf(error) });
      },
    );
    return () => ending.abort();
  }, [attempt]);
  switch (loading.step) {
    case 'loading':
      return (
        <div className={styles.middle}>
          <Spinner label="Looking for the servers" />
        </div>
      );
    case 'failed':
      return <TroubleBar trouble={loading.trouble} onRetry={() => setAttempt((n) => n + 1)} />;
    case 'ready':
      return children(loading.sandbox);
  }
}
