import type { ReactNode } from 'react';
import { ClientFrame } from '../shared/ClientFrame.tsx';
import type { Sandbox } from '../shared/sandbox.ts';
import { skypeThemes } from '../shared/themes.ts';
import { SkypeWindow } from './ui/SkypeWindow.tsx';
import { useSkypeSession } from './useSkypeSession.ts';

interface Props {
  readonly sandbox: Sandbox;
  readonly preselected: string | undefined;
}

export function SkypeClient({ sandbox, preselected }: Props): ReactNode {
  const { status, signIn, signOut } = useSkypeSession(sandbox);
  return (
    <ClientFrame
      themes={skypeThemes}
      status={status}
      busyWords="Contacting the server and signing in"
      signIn={{
        product: 'Skype for Business',
        note: 'Choose somebody; everybody’s password is filled in.',
        people: sandbox.people.filter((person) => person.home !== 'none'),
        preselected,
        asksPassword: true,
        onSignIn: signIn,
      }}
      window={(session) => <SkypeWindow session={session} onSignOut={signOut} />}
    />
  );
}
