import { Card, makeStyles, Text, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { TokenForm } from './TokenForm.tsx';

const useStyles = makeStyles({
  middle: { display: 'flex', justifyContent: 'center', paddingTop: tokens.spacingVerticalXXXL },
  card: { width: 'min(440px, 100%)', boxSizing: 'border-box', padding: tokens.spacingHorizontalXXL },
  faint: { color: tokens.colorNeutralForeground2 },
});

interface Props {
  readonly rejected: boolean;
  readonly onToken: (text: string) => void;
}

/** Where the gateway answers operators alone: asks for their token. */
export function TokenCard({ rejected, onToken }: Props): ReactNode {
  const styles = useStyles();
  return (
    <div className={styles.middle}>
      <Card className={styles.card}>
        <Text as="h2" size={500} weight="semibold">
          Operators only
        </Text>
        <Text className={styles.faint}>
          This gateway can be reached from other machines, so it asks for the operators’ token: the one of its
          configuration, or of the file console-token in its data folder.
        </Text>
        <TokenForm rejected={rejected} words="Open the console" onToken={onToken} />
      </Card>
    </div>
  );
}
