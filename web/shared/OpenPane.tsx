import { Button, makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import { ArrowLeftRegular } from '@fluentui/react-icons';
import type { ReactNode } from 'react';
import { narrow } from './narrow.ts';
import { PersonAvatar } from './PersonAvatar.tsx';
import type { ShownPresence } from './presence/badge.ts';

const useStyles = makeStyles({
  pane: { flexGrow: 1, minWidth: 0, display: 'flex', flexDirection: 'column' },
  paneLight: { backgroundColor: tokens.colorNeutralBackground2 },
  header: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorBrandBackground2,
  },
  headerLight: { backgroundColor: tokens.colorNeutralBackground1 },
  back: { display: 'none', flexShrink: 0, [narrow]: { display: 'inline-flex' } },
  title: { flexGrow: 1, minWidth: 0, display: 'flex', flexDirection: 'column' },
  faint: { color: tokens.colorNeutralForeground2 },
});

interface Props {
  readonly label: string;
  readonly look: 'light' | 'strong';
  readonly name: string;
  /** Under the name: what they show, or their address. */
  readonly line: string;
  readonly presence: ShownPresence | undefined;
  readonly outOfOffice: boolean;
  /** To the lists, where they are covered. */
  readonly onBack: () => void;
  /** At the end of the bar. */
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

/** What is open in a client's window: with whom, and below that what was said. */
export function OpenPane(props: Props): ReactNode {
  const styles = useStyles();
  const isLight = props.look === 'light';
  return (
    <main className={mergeClasses(styles.pane, isLight && styles.paneLight)} aria-label={props.label}>
      <header className={mergeClasses(styles.header, isLight && styles.headerLight)}>
        <Button
          appearance="subtle"
          className={styles.back}
          icon={<ArrowLeftRegular />}
          aria-label="Back to the list"
          onClick={props.onBack}
        />
        <PersonAvatar
          name={props.name}
          presence={props.presence}
          outOfOffice={props.outOfOffice}
          shape={isLight ? 'circular' : 'square'}
        />
        <div className={styles.title}>
          <Text weight="semibold" truncate wrap={false} block>
            <bdi>{props.name}</bdi>
          </Text>
          <Text size={200} className={styles.faint} truncate wrap={false} block>
            {props.line}
          </Text>
        </div>
        {props.action}
      </header>
      {props.children}
    </main>
  );
}
