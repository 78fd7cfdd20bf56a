import { FluentProvider, makeStyles, Spinner } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { ErrorBoundary } from '../shared/ErrorBoundary.tsx';
import { SignInCard } from '../shared/SignInCard.tsx';
import type { Sandbox } from '../shared/sandbox.ts';
import { teamsTheme } from '../shared/themes.ts';
import { TeamsWindow } from './ui/TeamsWindow.tsx';
import { type SignInWay, useTeamsSession } from './useTeamsSession.ts';

const useStyles = makeStyles({
  frame: { height: '100%', position: 'relative', overflow: 'hidden' },
  middle: { height: '100%', display: 'flex', alignItems: 'center', justifyContent: 'center' },
});

/** As a style, because Fluent gives a provider's class to every pop-up too. */
const fullHeight = { height: '100%' };

interface Props {
  readonly sandbox: Sandbox;
  readonly way: SignInWay;
  readonly preselected: string | undefined;
}

export function TeamsClient({ sandbox, way, preselected }: Props): ReactNode {
  const styles = useStyles();
  const { status, signIn, signOut } = useTeamsSession(sandbox, way);
  return (
    <FluentProvider theme={teamsTheme} style={fullHeight}>
      <div className={styles.frame}>
        <ErrorBoundary>
          {status.step === 'in' ? (
            <TeamsWindow session={status.session} onSignOut={signOut} />
          ) : status.step === 'busy' ? (
            <div className={styles.middle}>
              <Spinner label="Signing in to Teams" />
            </div>
          ) : (
            <SignInCard
              product="Teams"
              note={
                way === 'redirect'
                  ? 'You sign in on the page of your organisation.'
                  : 'Choose somebody; everybody’s password is filled in.'
              }
              people={sandbox.people}
              preselected={preselected}
              asksPassword={way === 'password'}
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
