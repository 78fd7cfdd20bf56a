import { Card, makeStyles, Text, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { duration } from '../../shared/time.ts';
import type { Status } from '../model.ts';

const useStyles = makeStyles({
  row: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: tokens.spacingHorizontalM,
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL}`,
  },
  card: { minWidth: '120px', flexGrow: 1, rowGap: 0 },
  faint: { color: tokens.colorNeutralForeground2 },
});

export function Summary({ status }: { readonly status: Status }): ReactNode {
  const styles = useStyles();
  const { counts, links } = status;
  const connected = links.filter((link) => link.state === 'connected').length;
  const figures: readonly (readonly [string, string])[] = [
    ['Delivered', String(counts.delivered)],
    ['Failed', String(counts.failed)],
    ['Under way', String(counts.underWay)],
    ['Connections up', `${connected} of ${links.length}`],
    ['Running for', duration(Math.max(0, status.now - status.startedAt))],
    ['Version', status.version],
  ];
  return (
    <section className={styles.row} aria-label="Summary">
      {figures.map(([name, value]) => (
        <Card key={name} size="small" className={styles.card}>
          <Text size={200} className={styles.faint}>
            {name}
          </Text>
          <Text size={500} weight="semibold">
            {value}
          </Text>
        </Card>
      ))}
    </section>
  );
}
