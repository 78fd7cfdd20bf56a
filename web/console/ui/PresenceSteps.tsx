import {
  makeStyles,
  PresenceBadge,
  TableCell,
  TableCellLayout,
  TableRow,
  Text,
  tokens,
} from '@fluentui/react-components';
import { WarningRegular } from '@fluentui/react-icons';
import type { ReactNode } from 'react';
import { duration, preciseTime, whenInWords } from '../../shared/time.ts';
import type { Step } from '../presence/model.ts';
import { shownOn, stepWords } from '../presence/words.ts';
import { DataTable } from './DataTable.tsx';

const useStyles = makeStyles({
  section: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS },
  title: { margin: 0 },
  time: { fontVariantNumeric: 'tabular-nums' },
  faint: { color: tokens.colorNeutralForeground2 },
  warning: { color: tokens.colorStatusWarningForeground1 },
});

const columns = [{ title: 'Time', width: '190px' }, { title: 'What' }, { title: 'After', width: '90px' }];

interface Props {
  readonly history: readonly Step[];
  readonly now: number;
}

/** What happened to the presence, the newest first, with how long after the step before. */
export function PresenceSteps({ history, now }: Props): ReactNode {
  const styles = useStyles();
  return (
    <section className={styles.section} aria-label="History">
      <Text as="h3" weight="semibold" size={400} className={styles.title}>
        What happened
      </Text>
      {history.length === 0 ? (
        <Text className={styles.faint}>
          Nothing in the last day, as far as this gateway remembers: its memory begins when it is started.
        </Text>
      ) : (
        <DataTable label="Steps" columns={columns} minWidth="520px">
          {history.map((step, index) => {
            const before = history[index + 1];
            return (
              <TableRow key={`${step.at} ${step.side} ${step.kind} ${step.presence?.availability}`}>
                <TableCell className={styles.time} title={new Date(step.at).toISOString()}>
                  {isToday(step.at, now) ? preciseTime(step.at) : whenInWords(step.at, now)}
                </TableCell>
                <TableCell>
                  <TableCellLayout media={<StepIcon step={step} />}>{stepWords(step)}</TableCellLayout>
                </TableCell>
                <TableCell className={styles.faint}>
                  {before ? duration(Math.max(0, step.at - before.at)) : ''}
                </TableCell>
              </TableRow>
            );
          })}
        </DataTable>
      )}
    </section>
  );
}

function StepIcon({ step }: { readonly step: Step }): ReactNode {
  const styles = useStyles();
  return step.presence ? (
    <PresenceBadge size="small" status={shownOn(step.side, step.presence).badge} aria-hidden />
  ) : (
    <WarningRegular className={styles.warning} aria-hidden />
  );
}

function isToday(at: number, now: number): boolean {
  return new Date(at).toDateString() === new Date(now).toDateString();
}
