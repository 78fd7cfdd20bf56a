import { Button, makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import { CheckmarkCircleRegular, CircleRegular, ErrorCircleRegular } from '@fluentui/react-icons';
import type { ReactNode } from 'react';
import { MessageLog } from '../../shared/MessageLog.tsx';
import { PersonAvatar } from '../../shared/PersonAvatar.tsx';
import { RichText } from '../../shared/richText/RichText.tsx';
import { whenInWords } from '../../shared/time.ts';
import type { MessageView, SendState } from '../state/views.ts';

const useStyles = makeStyles({
  message: { display: 'flex', gap: tokens.spacingHorizontalS, maxWidth: '88%', alignSelf: 'flex-start' },
  mine: { alignSelf: 'flex-end', flexDirection: 'column', alignItems: 'flex-end' },
  bubble: {
    minWidth: 0,
    padding: `${tokens.spacingVerticalSNudge} ${tokens.spacingHorizontalM}`,
    borderRadius: tokens.borderRadiusLarge,
    backgroundColor: tokens.colorNeutralBackground1,
  },
  bubbleMine: { backgroundColor: tokens.colorBrandBackground2 },
  bubbleFailed: { outline: `1px solid ${tokens.colorPaletteRedBorder2}` },
  head: { display: 'flex', gap: tokens.spacingHorizontalS, color: tokens.colorNeutralForeground2 },
  state: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXS,
    color: tokens.colorNeutralForeground2,
  },
  retry: { flexShrink: 0, whiteSpace: 'nowrap' },
  icon: { flexShrink: 0, fontSize: '14px' },
  failed: { color: tokens.colorPaletteRedForeground1 },
  gone: { fontStyle: 'italic', color: tokens.colorNeutralForeground2 },
});

interface Props {
  readonly messages: readonly MessageView[];
  readonly onRetry: (key: string) => void;
}

export function MessageList({ messages, onRetry }: Props): ReactNode {
  return (
    <MessageLog look="bubbles" empty="Write the first message.">
      {messages.map((message) => (
        <Message key={message.key} message={message} onRetry={onRetry} />
      ))}
    </MessageLog>
  );
}

function Message({
  message,
  onRetry,
}: {
  readonly message: MessageView;
  readonly onRetry: (key: string) => void;
}): ReactNode {
  const styles = useStyles();
  const { mine, send } = message;
  const failed = send?.kind === 'notDelivered' || send?.kind === 'notSent';
  return (
    <article
      className={mergeClasses(styles.message, mine && styles.mine)}
      aria-label={mine ? 'You' : message.fromName}
    >
      {!mine && <PersonAvatar name={message.fromName} size={28} />}
      <div className={mergeClasses(styles.bubble, mine && styles.bubbleMine, failed && styles.bubbleFailed)}>
        <div className={styles.head}>
          {!mine && <Text size={200}>{message.fromName}</Text>}
          <Text size={200}>{whenInWords(message.at, Date.now())}</Text>
          {message.edited && <Text size={200}>Edited</Text>}
        </div>
        {message.deleted ? (
          <Text className={styles.gone}>This message has been deleted.</Text>
        ) : (
          <RichText nodes={message.content} />
        )}
        {message.reactions.length > 0 && <Text size={200}>{message.reactions.join(' ')}</Text>}
      </div>
      {send && <SendLine send={send} onRetry={() => onRetry(message.key)} />}
    </article>
  );
}

function SendLine({ send, onRetry }: { readonly send: SendState; readonly onRetry: () => void }): ReactNode {
  const styles = useStyles();
  switch (send.kind) {
    case 'sending':
      return (
        <Text size={200} className={styles.state}>
          <CircleRegular className={styles.icon} /> Sending
        </Text>
      );
    case 'sent':
      return (
        <Text size={200} className={styles.state}>
          <CheckmarkCircleRegular className={styles.icon} /> Sent
        </Text>
      );
    case 'notDelivered':
      return (
        <Text size={200} className={mergeClasses(styles.state, styles.failed)}>
          <ErrorCircleRegular className={styles.icon} /> Not delivered. {send.reason}
        </Text>
      );
    case 'notSent':
      return (
        <Text size={200} className={mergeClasses(styles.state, styles.failed)}>
          <ErrorCircleRegular className={styles.icon} /> Failed to send. {send.trouble.what}{' '}
          {send.trouble.cure}
          <Button size="small" appearance="subtle" className={styles.retry} onClick={onRetry}>
            Try again
          </Button>
        </Text>
      );
  }
}
