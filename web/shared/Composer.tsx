import { Button, makeStyles, Textarea, tokens } from '@fluentui/react-components';
import { SendRegular } from '@fluentui/react-icons';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';

const useStyles = makeStyles({
  bar: {
    display: 'flex',
    gap: tokens.spacingHorizontalS,
    alignItems: 'flex-end',
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM} ${tokens.spacingVerticalM}`,
  },
  box: { flexGrow: 1, minWidth: 0 },
  area: { minHeight: '32px', maxHeight: '120px' },
});

interface Props {
  readonly placeholder: string;
  readonly disabled?: boolean;
  readonly onSend: (text: string) => void;
  readonly onTyping?: () => void;
}

/** Enter sends, Shift+Enter starts a line; nothing is sent that is only white space or still being composed. */
export function Composer({ placeholder, disabled = false, onSend, onTyping }: Props): ReactNode {
  const styles = useStyles();
  const [text, setText] = useState('');
  const box = useRef<HTMLTextAreaElement | null>(null);
  // A conversation is opened in order to write in it.
  useEffect(() => box.current?.focus(), []);
  const send = (): void => {
    const trimmed = text.trim();
    if (trimmed === '' || disabled) return;
    onSend(trimmed);
    setText('');
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <div className={styles.bar}>
      <Textarea
        className={styles.box}
        textarea={{ ref: box, className: styles.area, rows: text.includes('\n') ? 3 : 1 }}
        aria-label={placeholder}
        dir="auto"
        placeholder={placeholder}
        value={text}
        disabled={disabled}
        resize="none"
        onChange={(_, data) => {
          setText(data.value);
          if (data.value !== '') onTyping?.();
        }}
        onKeyDown={onKeyDown}
      />
      <Button
        appearance="primary"
        icon={<SendRegular />}
        aria-label="Send"
        disabled={disabled || text.trim() === ''}
        onClick={send}
      />
    </div>
  );
}
