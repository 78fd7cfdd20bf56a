import { Button, makeStyles, Text, Tooltip, tokens } from '@fluentui/react-components';
import { CallEndRegular } from '@fluentui/react-icons';
import type { ReactNode } from 'react';
import { Composer } from '../../shared/Composer.tsx';
import { PersonAvatar } from '../../shared/PersonAvatar.tsx';
import type { SkypeSession } from '../session.ts';
import type { SkypeState, Window } from '../state/state.ts';
import { secondLine } from '../state/views.ts';
import { LineList } from './LineList.tsx';

const useStyles = makeStyles({
  pane: { flexGrow: 1, minWidth: 0, display: 'flex', flexDirection: 'column' },
  header: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorBrandBackground2,
  },
  title: { flexGrow: 1, minWidth: 0, display: 'flex', flexDirection: 'column' },
  faint: { color: tokens.colorNeutralForeground2 },
  typing: {
    minHeight: '18px',
    padding: `0 ${tokens.spacingHorizontalM}`,
    color: tokens.colorNeutralForeground2,
    fontStyle: 'italic',
  },
});

interface Props {
  readonly window: Window;
  readonly state: SkypeState;
  readonly session: SkypeSession;
}

export function ConversationPane({ window, state, session }: Props): ReactNode {
  const styles = useStyles();
  const contact = state.contacts?.find((one) => one.uri === window.peer);
  return (
    <main className={styles.pane} aria-label={`Conversation with ${window.name}`}>
      <header className={styles.header}>
        <PersonAvatar
          name={window.name}
          presence={contact?.presence}
          outOfOffice={contact?.remarks.outOfOffice !== undefined}
          shape="square"
        />
        <div className={styles.title}>
          <Text weight="semibold" truncate wrap={false} block>
            {window.name}
          </Text>
          <Text size={200} className={styles.faint} truncate wrap={false} block>
            {contact ? secondLine(contact, Date.now()) : window.peer.replace(/^sip:/, '')}
          </Text>
        </div>
        {window.session.kind !== 'none' && (
          <Tooltip content="End the conversation" relationship="label">
            <Button
              appearance="subtle"
              icon={<CallEndRegular />}
              onClick={() => {
                session.stop(window.id).catch(() => undefined);
              }}
            />
          </Tooltip>
        )}
      </header>
      <LineList lines={window.lines} />
      <Text className={styles.typing} size={200} aria-live="polite">
        {window.peerTyping ? `${window.name} is typing a message.` : ''}
      </Text>
      <Composer
        placeholder="Type a message"
        onSend={(text) => session.send(window.id, text)}
        onTyping={() => session.typing(window.id)}
      />
    </main>
  );
}
