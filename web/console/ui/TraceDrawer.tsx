import {
  Button,
  DrawerBody,
  DrawerHeader,
  DrawerHeaderTitle,
  makeStyles,
  OverlayDrawer,
  Spinner,
  Text,
  tokens,
} from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons';
import type { ReactNode } from 'react';
import { TroubleBar } from '../../shared/TroubleBar.tsx';
import { preciseTime } from '../../shared/time.ts';
import type { Trace } from '../model.ts';
import { useTrace } from '../useConsole.ts';
import { messageState, sideNames } from '../words.ts';
import { type Fact, Facts } from './Facts.tsx';

const useStyles = makeStyles({
  view: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalL },
  steps: { listStyle: 'none', margin: 0, padding: 0 },
  step: {
    display: 'grid',
    gridTemplateColumns: '96px 70px 1fr',
    columnGap: tokens.spacingHorizontalS,
    padding: `${tokens.spacingVerticalXS} 0`,
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  time: { fontVariantNumeric: 'tabular-nums', color: tokens.colorNeutralForeground2 },
});

interface Props {
  readonly id: string;
  readonly onClose: () => void;
}

export function TraceDrawer({ id, onClose }: Props): ReactNode {
  const view = useTrace(id);
  return (
    <OverlayDrawer open position="end" size="medium" onOpenChange={(_, data) => data.open || onClose()}>
      <DrawerHeader>
        <DrawerHeaderTitle
          action={
            <Button
              appearance="subtle"
              icon={<DismissRegular />}
              aria-label="Close the trace"
              onClick={onClose}
            />
          }
        >
          What happened to this message
        </DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody>
        {view.kind === 'loading' && <Spinner label="Reading the ledger" />}
        {view.kind === 'failed' && <TroubleBar trouble={view.trouble} />}
        {view.kind === 'loaded' && <TraceView trace={view.value} />}
      </DrawerBody>
    </OverlayDrawer>
  );
}

function TraceView({ trace }: { readonly trace: Trace }): ReactNode {
  const styles = useStyles();
  const { message, steps } = trace;
  const facts: readonly Fact[] = [
    ['Message', message.id],
    ['From', message.author],
    ['To', message.recipient],
    ['Written in', sideNames[message.side]],
    ['State', messageState(message).words],
    ...(message.cause ? [['Reason', `${message.cause} ${message.cure}`] as const] : []),
  ];
  return (
    <div className={styles.view}>
      <Facts facts={facts} size={300} />
      <ol className={styles.steps}>
        {steps.map((step) => (
          <li key={`${step.at} ${step.step} ${step.detail}`} className={styles.step}>
            <Text size={200} className={styles.time}>
              {preciseTime(step.at)}
            </Text>
            <Text size={200} weight="semibold">
              {step.step}
            </Text>
            <Text size={200}>{step.detail}</Text>
          </li>
        ))}
      </ol>
    </div>
  );
}
