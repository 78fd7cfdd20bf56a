import { ChatRegular } from '@fluentui/react-icons';
import { type ReactNode, useEffect } from 'react';
import { ClientWindow } from '../../shared/ClientWindow.tsx';
import { MeBar } from '../../shared/MeBar.tsx';
import { choices } from '../../shared/presence/inSkype.ts';
import { preview } from '../../shared/richText/tree.ts';
import { useStore } from '../../shared/store.ts';
import { Toasts } from '../../shared/Toasts.tsx';
import { TroubleBar } from '../../shared/TroubleBar.tsx';
import type { SkypeSession } from '../session.ts';
import { ContactPane } from './ContactPane.tsx';
import { ConversationPane } from './ConversationPane.tsx';

interface Props {
  readonly session: SkypeSession;
  readonly onSignOut: () => void;
}

export function SkypeWindow({ session, onSignOut }: Props): ReactNode {
  const state = useStore(session.store);
  const open = state.open === undefined ? undefined : state.windows[state.open];
  const unreadHere = open?.unread ?? false;
  useEffect(() => {
    if (unreadHere) session.store.dispatch({ type: 'seen' });
  }, [unreadHere, session]);
  return (
    <ClientWindow
      top={
        <>
          <MeBar
            product="Skype for Business"
            look="strong"
            me={{ name: state.me.name, address: state.me.uri.replace(/^sip:/, '') }}
            presence={state.presence}
            words={state.connection.kind === 'stopped' ? 'Signed out' : 'Signing in'}
            note={state.note}
            choices={choices}
            noteLabel="What’s happening today?"
            resetLabel="Reset Status"
            onChoose={session.choosePresence}
            onNote={session.setNote}
            onSignOut={onSignOut}
          />
          {state.connection.kind === 'reconnecting' && (
            <TroubleBar intent="warning" trouble={connectionLost} />
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
        </>
      }
      side={<ContactPane state={state} session={session} />}
      open={open && <ConversationPane key={open.id} window={open} state={state} session={session} />}
      nothing={{
        icon: <ChatRegular />,
        title: 'Choose a contact to start a conversation',
        words: 'Contacts who use Teams are here too.',
      }}
      toasts={
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
      }
    />
  );
}

const connectionLost = {
  what: 'The connection was lost.',
  cure: 'Skype for Business is signing in again by itself.',
};
