import { Button, makeStyles, Text, Tooltip, tokens } from '@fluentui/react-components';
import { CallEndRegular } from '@fluentui/react-icons';
import type { ReactNode } from 'react';
import { Composer } from '../../shared/Composer.tsx';
import { OpenPane } from '../../shared/OpenPane.tsx';
import type { SkypeSession } from '../session.ts';
import type { SkypeState, Window } from '../state/state.ts';
import { secondLine } from '../state/views.ts';
import { LineList } from './LineList.tsx';

const useStyles = makeStyles({
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
    <OpenPane
      label={`Conversation with ${window.name}`}
      look="strong"
      name={window.name}
      line={contact ? secondLine(contact, Date.now()) : window.peer.replace(/^sip:/, '')}
      presence={contact?.presence}
      outOfOffice={contact?.remarks.outOfOffice !== undefined}
      onBack={session.close}
      action={
        window.session.kind !== 'none' && (
          <Tooltip content="End the conversation" relationship="label">
            <Button
              appearance="subtle"
              icon={<CallEndRegular />}
              onClick={() => {
                session.stop(window.id).catch(() => undefined);
              }}
            />
          </Tooltip>
        )
      }
    >
      <LineList lines={window.lines} />
      <Text className={styles.typing} size={200} aria-live="polite">
        {window.peerTyping ? `${window.name} is typing a message.` : ''}
      </Text>
      <Composer
        placeholder="Type a message"
        onSend={(text) => session.send(window.id, text)}
        onTyping={() => session.typing(window.id)}
      />
    </OpenPane>
  );
}
