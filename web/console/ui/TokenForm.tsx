import { Button, Field, Input, makeStyles, Text, tokens } from '@fluentui/react-components';
import { KeyRegular } from '@fluentui/react-icons';
import { type FormEvent, type ReactNode, useState } from 'react';

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  faint: { color: tokens.colorNeutralForeground2 },
});

interface Props {
  readonly rejected: boolean;
  /** On its button. */
  readonly words: string;
  readonly onToken: (text: string) => void;
}

export function TokenForm({ rejected, words, onToken }: Props): ReactNode {
  const styles = useStyles();
  const [text, setText] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() !== '') onToken(text.trim());
  };
  return (
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
        {words}
      </Button>
      <Text size={200} className={styles.faint}>
        It is kept in this tab until the tab is closed.
      </Text>
    </form>
  );
}
