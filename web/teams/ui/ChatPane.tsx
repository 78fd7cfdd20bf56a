import { makeStyles, Spinner, Text, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { Composer } from '../../shared/Composer.tsx';
import { PersonAvatar } from '../../shared/PersonAvatar.tsx';
import { shownInTeams } from '../../shared/presence/inTeams.ts';
import { lineOf } from '../../shared/presence/remarks.ts';
import type { TeamsSession } from '../session.ts';
import { outgoingKey, type TeamsState } from '../state/state.ts';
import { openHeader, openMessages } from '../state/views.ts';
import { MessageList } from './MessageList.tsx';

const useStyles = makeStyles({
  pane: {
    flexGrow: 1,
    minWidth: 0,
    display: 'flex',
    flexDirection: 'column',
    backgroundColor: tokens.colorNeutralBackground2,
  },
  header: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground1,
  },
  title: { minWidth: 0, display: 'flex', flexDirection: 'column' },
  faint: { color: tokens.colorNeutralForeground2 },
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
    <main className={styles.pane} aria-label={`Chat with ${header.title}`}>
      <header className={styles.header}>
        <PersonAvatar
          name={header.title}
          presence={shown}
          outOfOffice={presence?.outOfOffice !== undefined}
        />
        <div className={styles.title}>
          <Text weight="semibold" truncate wrap={false} block>
            {header.title}
          </Text>
          <Text size={200} className={styles.faint} truncate wrap={false} block>
            {shown ? lineOf(shown, presence, Date.now()) : (header.person?.address ?? '')}
          </Text>
        </div>
      </header>
      {messages ? (
        <MessageList messages={messages} onRetry={session.retry} />
      ) : (
        <Spinner className={styles.loading} label="Loading messages" />
      )}
      <Composer key={outgoingKey(state.open)} placeholder="Type a message" onSend={session.send} />
    </main>
  );
}
