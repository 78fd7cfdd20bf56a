import { Button, makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import { type ReactNode, useState } from 'react';
import { PersonAvatar } from './PersonAvatar.tsx';
import { type Choice, PresenceMenu } from './PresenceMenu.tsx';
import type { ShownPresence } from './presence/badge.ts';
import { TroubleBar } from './TroubleBar.tsx';
import { type Trouble, troubleOf } from './trouble.ts';

const useStyles = makeStyles({
  bar: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    height: '44px',
    flexShrink: 0,
    padding: `0 ${tokens.spacingHorizontalM}`,
  },
  light: {
    backgroundColor: tokens.colorBrandBackground2,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  strong: { backgroundColor: tokens.colorBrandBackground, color: tokens.colorNeutralForegroundOnBrand },
  product: { flexGrow: 1, minWidth: 0 },
  lightProduct: { color: tokens.colorBrandForeground2 },
  me: { minWidth: 0, flexShrink: 0, whiteSpace: 'nowrap', gap: tokens.spacingHorizontalS },
  strongMe: {
    color: tokens.colorNeutralForegroundOnBrand,
    ':hover': {
      color: tokens.colorNeutralForegroundOnBrand,
      backgroundColor: tokens.colorBrandBackgroundHover,
    },
    ':hover:active': {
      color: tokens.colorNeutralForegroundOnBrand,
      backgroundColor: tokens.colorBrandBackgroundPressed,
    },
  },
  note: {
    flexShrink: 0,
    padding: `${tokens.spacingVerticalXXS} ${tokens.spacingHorizontalM}`,
    backgroundColor: tokens.colorBrandBackground2,
  },
});

interface Props<C extends Choice> {
  readonly product: string;
  /** How much of the product's colour there is, and the shape of pictures. */
  readonly look: 'light' | 'strong';
  readonly me: { readonly name: string; readonly address: string };
  readonly presence: ShownPresence | undefined;
  /** In the presence's place where there is none. */
  readonly words: string;
  readonly note: string;
  readonly choices: readonly C[];
  readonly noteLabel: string;
  readonly resetLabel: string;
  readonly onChoose: (choice: C | 'automatic') => Promise<void>;
  readonly onNote: (text: string) => Promise<void>;
  readonly onSignOut: () => void;
}

/** The bar at the top of a client: which product it is, how one is shown, and what one says beside it. */
export function MeBar<C extends Choice>(props: Props<C>): ReactNode {
  const styles = useStyles();
  const [trouble, setTrouble] = useState<Trouble | undefined>();
  const { me, presence, note } = props;
  const words = presence?.words ?? props.words;
  const isStrong = props.look === 'strong';
  const attempt = (action: Promise<void>): void => {
    action.then(
      () => setTrouble(undefined),
      (error: unknown) => setTrouble(troubleOf(error)),
    );
  };
  return (
    <>
      <header className={mergeClasses(styles.bar, isStrong ? styles.strong : styles.light)}>
        <Text
          className={mergeClasses(styles.product, !isStrong && styles.lightProduct)}
          weight="semibold"
          size={400}
          truncate
          wrap={false}
        >
          {props.product}
        </Text>
        <PresenceMenu
          trigger={
            <Button
              appearance={isStrong ? 'transparent' : 'subtle'}
              className={mergeClasses(styles.me, isStrong && styles.strongMe)}
              aria-label={`${me.name}, ${words}: my status`}
              icon={
                <PersonAvatar
                  name={me.name}
                  presence={presence}
                  size={28}
                  shape={isStrong ? 'square' : 'circular'}
                />
              }
            >
              {words}
            </Button>
          }
          name={me.name}
          address={me.address}
          choices={props.choices}
          note={note}
          noteLabel={props.noteLabel}
          resetLabel={props.resetLabel}
          onChoose={(choice) => attempt(props.onChoose(choice))}
          onNote={(text) => attempt(props.onNote(text))}
          onSignOut={props.onSignOut}
        />
      </header>
      {note !== '' && (
        <Text className={styles.note} size={200} truncate wrap={false} block>
          <bdi>{note}</bdi>
        </Text>
      )}
      {trouble && <TroubleBar trouble={trouble} onDismiss={() => setTrouble(undefined)} />}
    </>
  );
}
