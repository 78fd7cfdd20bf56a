import { makeStyles, Spinner } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { Composer } from '../../shared/Composer.tsx';
import { OpenPane } from '../../shared/OpenPane.tsx';
import { shownInTeams } from '../../shared/presence/inTeams.ts';
import { lineOf } from '../../shared/presence/remarks.ts';
import type { TeamsSession } from '../session.ts';
import { outgoingKey, type TeamsState } from '../state/state.ts';
import { openHeader, openMessages } from '../state/views.ts';
import { MessageList } from './MessageList.tsx';

const useStyles = makeStyles({
  loading: { flexGrow: 1 },
});

interface Props {
  readonly state: TeamsState;
  readonly session: TeamsSession;
}

export function ChatPane({ state, session }: Props): ReactNode {
  const styles = useStyles();
  const header = openHeader(state);
  const messages = openMessages(state);
  if (!header) return <Spinner className={styles.loading} label="Loading the chat" />;
  const presence = header.person && state.presences[header.person.id];
  const shown = presence && shownInTeams(presence);
  return (
    <OpenPane
      label={`Chat with ${header.title}`}
      look="light"
      name={header.title}
      line={shown ? lineOf(shown, presence, Date.now()) : (header.person?.address ?? '')}
      presence={shown}
      outOfOffice={presence?.outOfOffice !== undefined}
      onBack={session.close}
    >
      {messages ? (
        <MessageList messages={messages} onRetry={session.retry} />
      ) : (
        <Spinner className={styles.loading} label="Loading messages" />
      )}
      <Composer key={outgoingKey(state.open)} placeholder="Type a message" onSend={session.send} />
    </OpenPane>
  );
}
