import { ChatMultipleRegular } from '@fluentui/react-icons';
import type { ReactNode } from 'react';
import { ClientWindow } from '../../shared/ClientWindow.tsx';
import { MeBar } from '../../shared/MeBar.tsx';
import { choices, shownInTeams } from '../../shared/presence/inTeams.ts';
import { useStore } from '../../shared/store.ts';
import { Toasts } from '../../shared/Toasts.tsx';
import { TroubleBar } from '../../shared/TroubleBar.tsx';
import type { TeamsSession } from '../session.ts';
import { ChatPane } from './ChatPane.tsx';
import { PeoplePane } from './PeoplePane.tsx';

const toastLifetimeMs = 10_000;

interface Props {
  readonly session: TeamsSession;
  readonly onSignOut: () => void;
}

export function TeamsWindow({ session, onSignOut }: Props): ReactNode {
  const state = useStore(session.store);
  const own = state.presences[state.me.id];
  const shown = shownInTeams(own);
  return (
    <ClientWindow
      top={
        <>
          <MeBar
            product="Teams"
            look="light"
            me={state.me}
            presence={shown}
            words={shown.words}
            note={own?.note ?? ''}
            choices={choices}
            noteLabel="Status message"
            resetLabel="Reset status"
            onChoose={session.choosePresence}
            onNote={session.setNote}
            onSignOut={onSignOut}
          />
          {state.trouble && <TroubleBar trouble={state.trouble} intent="warning" />}
        </>
      }
      side={<PeoplePane state={state} session={session} />}
      open={state.open.kind === 'nothing' ? undefined : <ChatPane state={state} session={session} />}
      nothing={{
        icon: <ChatMultipleRegular />,
        title: 'Choose a chat or a person',
        words: 'Write to somebody who uses Skype for Business; they need not have Teams.',
      }}
      toasts={
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
      }
    />
  );
}
