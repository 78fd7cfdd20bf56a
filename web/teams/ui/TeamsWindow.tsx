import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { ChatMultipleRegular } from '@fluentui/react-icons';
import type { ReactNode } from 'react';
import { useStore } from '../../shared/store.ts';
import { Toasts } from '../../shared/Toasts.tsx';
import { TroubleBar } from '../../shared/TroubleBar.tsx';
import type { TeamsSession } from '../session.ts';
import { ChatPane } from './ChatPane.tsx';
import { SidePane } from './SidePane.tsx';
import { TopBar } from './TopBar.tsx';

const useStyles = makeStyles({
  window: {
    height: '100%',
    display: 'flex',
    flexDirection: 'column',
    backgroundColor: tokens.colorNeutralBackground2,
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

const toastLifetimeMs = 10_000;

interface Props {
  readonly session: TeamsSession;
  readonly onSignOut: () => void;
}

export function TeamsWindow({ session, onSignOut }: Props): ReactNode {
  const styles = useStyles();
  const state = useStore(session.store);
  return (
    <div className={styles.window}>
      <TopBar state={state} session={session} onSignOut={onSignOut} />
      {state.trouble && <TroubleBar trouble={state.trouble} intent="warning" />}
      <div className={styles.body}>
        <SidePane state={state} session={session} />
        {state.open.kind === 'nothing' ? (
          <main className={styles.nothing}>
            <ChatMultipleRegular />
            <Text size={400} weight="semibold">
              Choose a chat or a person
            </Text>
            <Text size={200}>Write to somebody who uses Skype for Business; they need not have Teams.</Text>
          </main>
        ) : (
          <ChatPane state={state} session={session} />
        )}
      </div>
      <Toasts
        toasts={state.toasts.map((toast) => ({
          key: toast.key,
          from: toast.from,
          title: 'New message',
          text: toast.text,
          accept: 'Open the chat',
        }))}
        lifetimeMs={toastLifetimeMs}
        onExpire={session.closeToast}
        onDecline={session.closeToast}
        onAccept={(key) => {
          const toast = state.toasts.find((one) => one.key === key);
          if (toast) session.openChat(toast.chatId);
        }}
      />
    </div>
  );
}
