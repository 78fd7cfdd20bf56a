import { makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';

const useStyles = makeStyles({
  // Lists of hundreds: what is out of sight is not laid out.
  entry: { contentVisibility: 'auto', containIntrinsicSize: 'auto 44px' },
  row: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    width: '100%',
    boxSizing: 'border-box',
    textAlign: 'left',
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalS}`,
    border: 'none',
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: 'transparent',
    color: 'inherit',
    font: 'inherit',
    cursor: 'pointer',
    ':hover': { backgroundColor: tokens.colorNeutralBackground1Hover },
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '-2px' },
  },
  chosen: {
    backgroundColor: tokens.colorNeutralBackground1Selected,
    ':hover': { backgroundColor: tokens.colorNeutralBackground1Selected },
  },
  words: { flexGrow: 1, minWidth: 0, display: 'flex', flexDirection: 'column' },
  line: { display: 'flex', alignItems: 'baseline', gap: tokens.spacingHorizontalXS, minWidth: 0 },
  grow: { flexGrow: 1, minWidth: 0 },
  faint: { color: tokens.colorNeutralForeground2, flexShrink: 0 },
  second: { color: tokens.colorNeutralForeground2 },
  dot: {
    width: '8px',
    height: '8px',
    flexShrink: 0,
    borderRadius: '50%',
    backgroundColor: tokens.colorBrandBackground,
  },
});

interface Props {
  readonly picture: ReactNode;
  readonly title: string;
  readonly second: string;
  readonly corner?: string;
  readonly unread?: boolean;
  readonly chosen?: boolean;
  readonly onChoose: () => void;
}

/** One person or conversation of a list. */
export function ListRow(props: Props): ReactNode {
  const styles = useStyles();
  const { unread = false, chosen = false } = props;
  return (
    <li className={styles.entry}>
      <button
        type="button"
        className={mergeClasses(styles.row, chosen && styles.chosen)}
        aria-current={chosen}
        onClick={props.onChoose}
      >
        {props.picture}
        <span className={styles.words}>
          <span className={styles.line}>
            <Text className={styles.grow} truncate wrap={false} block weight={unread ? 'bold' : 'regular'}>
              <bdi>{props.title}</bdi>
            </Text>
            {props.corner && (
              <Text className={styles.faint} size={200}>
                {props.corner}
              </Text>
            )}
          </span>
          <span className={styles.line}>
            <Text
              className={mergeClasses(styles.grow, !unread && styles.second)}
              size={200}
              truncate
              wrap={false}
              block
              weight={unread ? 'semibold' : 'regular'}
            >
              {props.second}
            </Text>
            {unread && <span className={styles.dot} role="img" aria-label="Unread" />}
          </span>
        </span>
      </button>
    </li>
  );
}
