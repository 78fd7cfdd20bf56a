import { Button, Card, Field, Input, makeStyles, Text, tokens } from '@fluentui/react-components';
import { KeyRegular } from '@fluentui/react-icons';
import { type FormEvent, type ReactNode, useState } from 'react';

const useStyles = makeStyles({
  middle: { display: 'flex', justifyContent: 'center', paddingTop: tokens.spacingVerticalXXXL },
  card: { width: 'min(440px, 100%)', boxSizing: 'border-box', padding: tokens.spacingHorizontalXXL },
  form: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  faint: { color: tokens.colorNeutralForeground2 },
});

interface Props {
  readonly rejected: boolean;
  readonly onToken: (text: string) => void;
}

/** Where the gateway answers operators alone: asks for their token. */
export function TokenCard({ rejected, onToken }: Props): ReactNode {
  const styles = useStyles();
  const [text, setText] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() !== '') onToken(text.trim());
  };
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
        <form className={styles.form} onSubmit={submit}>
          <Field
            label="Operators’ token"
            {...(rejected && {
              validationState: 'error',
              validationMessage: 'The gateway does not take this token.',
            })}
          >
            <Input
              type="password"
              autoComplete="off"
              contentBefore={<KeyRegular />}
              value={text}
              onChange={(_, data) => setText(data.value)}
            />
          </Field>
          <Button type="submit" appearance="primary" disabled={text.trim() === ''}>
            Open the console
          </Button>
        </form>
        <Text size={200} className={styles.faint}>
          It is kept in this tab until the tab is closed.
        </Text>
      </Card>
    </div>
  );
}
