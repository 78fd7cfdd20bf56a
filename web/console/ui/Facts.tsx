import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { Fragment, type ReactNode } from 'react';

const useStyles = makeStyles({
  facts: {
    display: 'grid',
    gridTemplateColumns: 'max-content 1fr',
    columnGap: tokens.spacingHorizontalM,
    rowGap: tokens.spacingVerticalXXS,
    margin: 0,
  },
  name: { color: tokens.colorNeutralForeground2 },
  value: { margin: 0, overflowWrap: 'anywhere' },
});

/** A name and what is so called. */
export type Fact = readonly [name: string, value: string];

export function Facts({
  facts,
  size,
}: {
  readonly facts: readonly Fact[];
  readonly size: 200 | 300;
}): ReactNode {
  const styles = useStyles();
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <Fragment key={name}>
          <dt className={styles.name}>
            <Text size={200}>{name}</Text>
          </dt>
          <dd className={styles.value}>
            <Text size={size}>{value}</Text>
          </dd>
        </Fragment>
      ))}
    </dl>
  );
}
