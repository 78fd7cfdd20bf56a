import { makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import { ErrorCircleRegular } from '@fluentui/react-icons';
import type { ReactNode } from 'react';
import { MessageLog } from '../../shared/MessageLog.tsx';
import { RichText } from '../../shared/richText/RichText.tsx';
import { whenInWords } from '../../shared/time.ts';
import type { Line, LineState } from '../state/state.ts';

const useStyles = makeStyles({
  line: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalXXS,
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM}`,
    borderLeft: '3px solid transparent',
  },
  mine: { borderLeftColor: tokens.colorNeutralStroke1 },
  peer: { borderLeftColor: tokens.colorBrandBackground, backgroundColor: tokens.colorBrandBackground2 },
  notice: {
    alignSelf: 'center',
    color: tokens.colorNeutralForeground2,
    padding: tokens.spacingHorizontalXS,
    textAlign: 'center',
  },
  head: {
    display: 'flex',
    gap: tokens.spacingHorizontalS,
    justifyContent: 'space-between',
    color: tokens.colorNeutralForeground2,
  },
  who: { color: tokens.colorNeutralForeground1 },
  icon: { flexShrink: 0, fontSize: '14px' },
  failed: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXS,
    color: tokens.colorPaletteRedForeground1,
  },
});

export function LineList({ lines }: { readonly lines: readonly Line[] }): ReactNode {
  const styles = useStyles();
  return (
    <MessageLog look="lines" empty="Type a message to start the conversation.">
      {lines.map((line) =>
        line.author === 'notice' ? (
          <div key={line.key} className={styles.notice}>
            <RichText nodes={line.content} />
          </div>
        ) : (
          <LineRow key={line.key} line={line} />
        ),
      )}
    </MessageLog>
  );
}

function LineRow({ line }: { readonly line: Line }): ReactNode {
  const styles = useStyles();
  const who = line.author === 'me' ? 'You' : line.authorName;
  return (
    <article
      className={mergeClasses(styles.line, line.author === 'me' ? styles.mine : styles.peer)}
      aria-label={who}
    >
      <div className={styles.head}>
        <Text size={200} weight="semibold" className={styles.who}>
          {who}
        </Text>
        <Text size={200}>
          {stateWords(line.state)} {whenInWords(line.at, Date.now())}
        </Text>
      </div>
      <RichText nodes={line.content} />
      {line.state.kind === 'failed' && (
        <Text size={200} className={styles.failed}>
          <ErrorCircleRegular className={styles.icon} /> This message was not delivered. {line.state.why}
        </Text>
      )}
    </article>
  );
}

function stateWords(state: LineState): string {
  switch (state.kind) {
    case 'received':
      return '';
    case 'sending':
      return 'Sending';
    case 'delivered':
      return 'Delivered';
    case 'failed':
      return 'Failed';
  }
}
