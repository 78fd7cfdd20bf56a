import type { ReactNode } from 'react';
import { ClientFrame } from '../shared/ClientFrame.tsx';
import type { Sandbox } from '../shared/sandbox.ts';
import { teamsThemes } from '../shared/themes.ts';
import { TeamsWindow } from './ui/TeamsWindow.tsx';
import { type SignInWay, useTeamsSession } from './useTeamsSession.ts';

interface Props {
  readonly sandbox: Sandbox;
  readonly way: SignInWay;
  readonly preselected: string | undefined;
}

export function TeamsClient({ sandbox, way, preselected }: Props): ReactNode {
  const { status, signIn, signOut } = useTeamsSession(sandbox, way);
  return (
    <ClientFrame
      themes={teamsThemes}
      status={status}
      busyWords="Signing in to Teams"
      signIn={{
        product: 'Teams',
        note:
          way === 'redirect'
            ? 'You sign in on the page of your organisation.'
            : 'Choose somebody; everybody’s password is filled in.',
        people: sandbox.people,
        preselected,
        asksPassword: way === 'password',
        onSignIn: signIn,
      }}
      window={(session) => <TeamsWindow session={session} onSignOut={signOut} />}
    />
  );
}
