import {
  Button,
  Input,
  makeStyles,
  Popover,
  PopoverSurface,
  PopoverTrigger,
  PresenceBadge,
  Text,
  tokens,
} from '@fluentui/react-components';
import { ArrowResetRegular, SignOutRegular } from '@fluentui/react-icons';
import { type FormEvent, type ReactElement, type ReactNode, useState } from 'react';
import type { BadgeStatus } from './presence/badge.ts';

/** In a window that is lower than the menu, the menu scrolls. */
const below = { position: 'below', align: 'end', autoSize: true } as const;

const useStyles = makeStyles({
  surface: {
    boxSizing: 'border-box',
    overflowY: 'auto',
    display: 'flex',
    flexDirection: 'column',
    width: '264px',
    gap: tokens.spacingVerticalXXS,
    padding: tokens.spacingHorizontalM,
  },
  item: { justifyContent: 'flex-start', fontWeight: tokens.fontWeightRegular, width: '100%' },
  note: { display: 'flex', gap: tokens.spacingHorizontalXS, marginTop: tokens.spacingVerticalS },
  input: { flexGrow: 1, minWidth: 0 },
  person: { paddingBottom: tokens.spacingVerticalS, display: 'flex', flexDirection: 'column' },
});

export interface Choice {
  readonly words: string;
  readonly badge: BadgeStatus;
}

interface Props<C extends Choice> {
  readonly trigger: ReactElement;
  readonly name: string;
  readonly address: string;
  readonly choices: readonly C[];
  readonly note: string;
  readonly noteLabel: string;
  readonly resetLabel: string;
  readonly onChoose: (choice: C | 'automatic') => void;
  readonly onNote: (text: string) => void;
  readonly onSignOut: () => void;
}

/**
 * The menu behind one's own picture: how one is shown, the note beside it, and the way out. It stands inline:
 * the tab order leads through it, and nothing outside is left inert when signing out takes it away.
 */
export function PresenceMenu<C extends Choice>(props: Props<C>): ReactNode {
  const styles = useStyles();
  const [open, setOpen] = useState(false);
  const choose = (choice: C | 'automatic'): void => {
    setOpen(false);
    props.onChoose(choice);
  };
  return (
    <Popover open={open} onOpenChange={(_, data) => setOpen(data.open)} inline positioning={below}>
      <PopoverTrigger disableButtonEnhancement>{props.trigger}</PopoverTrigger>
      <PopoverSurface className={styles.surface} aria-label="My status">
        <div className={styles.person}>
          <Text weight="semibold">
            <bdi>{props.name}</bdi>
          </Text>
          <Text size={200}>{props.address}</Text>
        </div>
        {props.choices.map((choice) => (
          <Button
            key={choice.words}
            appearance="subtle"
            size="small"
            className={styles.item}
            icon={<PresenceBadge status={choice.badge} size="small" aria-hidden />}
            onClick={() => choose(choice)}
          >
            {choice.words}
          </Button>
        ))}
        <Button
          appearance="subtle"
          size="small"
          className={styles.item}
          icon={<ArrowResetRegular />}
          onClick={() => choose('automatic')}
        >
          {props.resetLabel}
        </Button>
        <NoteForm label={props.noteLabel} note={props.note} onNote={props.onNote} />
        <Button
          appearance="subtle"
          size="small"
          className={styles.item}
          icon={<SignOutRegular />}
          onClick={props.onSignOut}
        >
          Sign out
        </Button>
      </PopoverSurface>
    </Popover>
  );
}

function NoteForm(props: {
  readonly label: string;
  readonly note: string;
  readonly onNote: (text: string) => void;
}): ReactNode {
  const styles = useStyles();
  const [text, setText] = useState(props.note);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    props.onNote(text.trim());
  };
  return (
    <form className={styles.note} onSubmit={submit}>
      <Input
        className={styles.input}
        size="small"
        maxLength={280}
        aria-label={props.label}
        dir="auto"
        placeholder={props.label}
        value={text}
        onChange={(_, data) => setText(data.value)}
      />
      <Button size="small" type="submit">
        Set
      </Button>
    </form>
  );
}
