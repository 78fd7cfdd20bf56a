import { FluentProvider, makeStyles, Spinner } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { ErrorBoundary } from '../shared/ErrorBoundary.tsx';
import { SignInCard } from '../shared/SignInCard.tsx';
import type { Sandbox } from '../shared/sandbox.ts';
import { skypeTheme } from '../shared/themes.ts';
import { SkypeWindow } from './ui/SkypeWindow.tsx';
import { useSkypeSession } from './useSkypeSession.ts';

const useStyles = makeStyles({
  frame: { height: '100%', position: 'relative', overflow: 'hidden' },
  middle: { height: '100%', display: 'flex', alignItems: 'center', justifyContent: 'center' },
});

/** As a style, because Fluent gives a provider's class to every pop-up too. */
const fullHeight = { height: '100%' };

interface Props {
  readonly sandbox: Sandbox;
  readonly preselected: string | undefined;
}

export function SkypeClient({ sandbox, preselected }: Props): ReactNode {
  const styles = useStyles();
  const { status, signIn, signOut } = useSkypeSession(sandbox);
  const people = sandbox.people.filter((person) => person.home !== 'none');
  return (
    <FluentProvider theme={skypeTheme} style={fullHeight}>
      <div className={styles.frame}>
        <ErrorBoundary>
          {status.step === 'in' ? (
            <SkypeWindow session={status.session} onSignOut={signOut} />
          ) : status.step === 'busy' ? (
            <div className={styles.middle}>
              <Spinner label="Contacting the server and signing in" />
            </div>
          ) : (
            <SignInCard
              product="Skype for Business"
              note="Choose somebody; everybody’s password is filled in."
              people={people}
              preselected={preselected}
              asksPassword
              busy={false}
              trouble={status.trouble}
              onSignIn={signIn}
            />
          )}
        </ErrorBoundary>
      </div>
    </FluentProvider>
  );
}
