import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { ChatRegular } from '@fluentui/react-icons';
import { type ReactNode, useEffect } from 'react';
import { preview } from '../../shared/richText/tree.ts';
import { useStore } from '../../shared/store.ts';
import { Toasts } from '../../shared/Toasts.tsx';
import { TroubleBar } from '../../shared/TroubleBar.tsx';
import type { SkypeSession } from '../session.ts';
import { ContactPane } from './ContactPane.tsx';
import { ConversationPane } from './ConversationPane.tsx';
import { MeBar } from './MeBar.tsx';

const useStyles = makeStyles({
  window: {
    height: '100%',
    display: 'flex',
    flexDirection: 'column',
    backgroundColor: tokens.colorNeutralBackground1,
  },
  body: { flexGrow: 1, minHeight: 0, display: 'flex' },
  nothing: {
    flexGrow: 1,
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    justifyContent: 'center',
    textAlign: 'center',
    gap: tokens.spacingVerticalS,
    padding: tokens.spacingHorizontalXL,
    color: tokens.colorNeutralForeground2,
    fontSize: '40px',
  },
});

interface Props {
  readonly session: SkypeSession;
  readonly onSignOut: () => void;
}

export function SkypeWindow({ session, onSignOut }: Props): ReactNode {
  const styles = useStyles();
  const state = useStore(session.store);
  const open = state.open === undefined ? undefined : state.windows[state.open];
  const unreadHere = open?.unread ?? false;
  useEffect(() => {
    if (unreadHere) session.store.dispatch({ type: 'seen' });
  }, [unreadHere, session]);
  return (
    <div className={styles.window}>
      <MeBar state={state} session={session} onSignOut={onSignOut} />
      {state.connection.kind === 'reconnecting' && (
        <TroubleBar
          intent="warning"
          trouble={{
            what: 'The connection was lost.',
            cure: 'Skype for Business is signing in again by itself.',
          }}
        />
      )}
      {state.connection.kind === 'stopped' && (
        <TroubleBar trouble={state.connection.trouble} onRetry={onSignOut} retryLabel="Sign in again" />
      )}
      {state.trouble && (
        <TroubleBar
          trouble={state.trouble}
          onDismiss={() => session.store.dispatch({ type: 'troubled', trouble: undefined })}
        />
      )}
      <div className={styles.body}>
        <ContactPane state={state} session={session} />
        {open ? (
          <ConversationPane key={open.id} window={open} state={state} session={session} />
        ) : (
          <main className={styles.nothing}>
            <ChatRegular />
            <Text size={400} weight="semibold">
              Choose a contact to start a conversation
            </Text>
            <Text size={200}>Contacts who use Teams are here too.</Text>
          </main>
        )}
      </div>
      <Toasts
        shape="square"
        toasts={state.invitations.map((invitation) => ({
          key: invitation.href,
          from: invitation.name,
          title: 'wants to start a conversation',
          text: preview(invitation.content),
          accept: 'Accept',
          decline: 'Ignore',
        }))}
        onAccept={(key) => void session.accept(key)}
        onDecline={(key) => void session.decline(key)}
      />
    </div>
  );
}
