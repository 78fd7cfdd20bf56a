import { makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { useStickToEnd } from './useStickToEnd.ts';

const useStyles = makeStyles({
  list: {
    flexGrow: 1,
    minHeight: 0,
    overflowY: 'auto',
    display: 'flex',
    flexDirection: 'column',
  },
  lines: { padding: `${tokens.spacingVerticalS} 0` },
  bubbles: { gap: tokens.spacingVerticalS, padding: tokens.spacingHorizontalM },
  empty: {
    margin: 'auto',
    padding: tokens.spacingHorizontalL,
    color: tokens.colorNeutralForeground2,
    textAlign: 'center',
  },
});

interface Props {
  readonly look: 'lines' | 'bubbles';
  /** In the place of entries, where there is none. */
  readonly empty: string;
  readonly children: readonly ReactNode[];
}

/** What was said, the newest at the end, where it stays unless the reader scrolls up. */
export function MessageLog({ look, empty, children }: Props): ReactNode {
  const styles = useStyles();
  const list = useStickToEnd();
  return (
    <div
      className={mergeClasses(styles.list, styles[look])}
      ref={list}
      role="log"
      aria-label="Messages"
      aria-live="polite"
    >
      {children.length === 0 ? <Text className={styles.empty}>{empty}</Text> : children}
    </div>
  );
}
