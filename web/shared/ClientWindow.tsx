import { makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { narrow } from './narrow.ts';

const useStyles = makeStyles({
  window: {
    containerType: 'inline-size',
    height: '100%',
    display: 'flex',
    flexDirection: 'column',
    backgroundColor: tokens.colorNeutralBackground1,
  },
  body: { flexGrow: 1, minHeight: 0, display: 'flex' },
  side: { display: 'flex', width: 'clamp(216px, 36%, 320px)', flexShrink: 0, [narrow]: { width: '100%' } },
  open: { display: 'flex', flexGrow: 1, minWidth: 0 },
  covered: { [narrow]: { display: 'none' } },
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

interface Props {
  /** The bar with one's own status, and what stands in the way. */
  readonly top: ReactNode;
  readonly side: ReactNode;
  /** What is open; `nothing` stands in its place. */
  readonly open: ReactNode | undefined;
  readonly nothing: { readonly icon: ReactNode; readonly title: string; readonly words: string };
  readonly toasts: ReactNode;
}

/** Where there is no room for both, what is open covers the lists until one goes back to them. */
export function ClientWindow({ top, side, open, nothing, toasts }: Props): ReactNode {
  const styles = useStyles();
  return (
    <div className={styles.window}>
      {top}
      <div className={styles.body}>
        <div className={mergeClasses(styles.side, open !== undefined && styles.covered)}>{side}</div>
        <div className={mergeClasses(styles.open, open === undefined && styles.covered)}>
          {open ?? (
            <main className={styles.nothing}>
              {nothing.icon}
              <Text size={400} weight="semibold">
                {nothing.title}
              </Text>
              <Text size={200}>{nothing.words}</Text>
            </main>
          )}
        </div>
      </div>
      {toasts}
    </div>
  );
}
