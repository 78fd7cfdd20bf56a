import { FluentProvider, makeStyles, Spinner } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { SignInCard, type SignInCardProps } from './SignInCard.tsx';
import type { Themes } from './themes.ts';
import type { SignIn } from './useSignIn.ts';
import { useTheme } from './useTheme.ts';

const useStyles = makeStyles({
  frame: { height: '100%', position: 'relative', overflow: 'hidden' },
  middle: { height: '100%', display: 'flex', alignItems: 'center', justifyContent: 'center' },
});

/** As a style, because Fluent gives a provider's class to every pop-up too. */
const fullHeight = { height: '100%' };

interface Props<S> {
  readonly themes: Themes;
  readonly status: SignIn<S>;
  /** While signing in. */
  readonly busyWords: string;
  readonly signIn: Omit<SignInCardProps, 'busy' | 'trouble'>;
  readonly window: (session: S) => ReactNode;
}

/** One client on a page, in its product's colours: its way in, then its window. */
export function ClientFrame<S>({ themes, status, busyWords, signIn, window }: Props<S>): ReactNode {
  const styles = useStyles();
  return (
    <FluentProvider theme={useTheme(themes)} style={fullHeight}>
      <div className={styles.frame}>
        <ErrorBoundary>
          {status.step === 'in' ? (
            window(status.session)
          ) : status.step === 'busy' ? (
            <div className={styles.middle}>
              <Spinner label={busyWords} />
            </div>
          ) : (
            <SignInCard {...signIn} busy={false} trouble={status.trouble} />
          )}
        </ErrorBoundary>
      </div>
    </FluentProvider>
  );
}
