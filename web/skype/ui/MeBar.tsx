import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { type ReactNode, useState } from 'react';
import { PersonAvatar } from '../../shared/PersonAvatar.tsx';
import { PresenceMenu } from '../../shared/PresenceMenu.tsx';
import { choices } from '../../shared/presence/inSkype.ts';
import { TroubleBar } from '../../shared/TroubleBar.tsx';
import { type Trouble, troubleOf } from '../../shared/trouble.ts';
import type { SkypeSession } from '../session.ts';
import type { SkypeState } from '../state/state.ts';

const useStyles = makeStyles({
  bar: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    height: '44px',
    flexShrink: 0,
    padding: `0 ${tokens.spacingHorizontalM}`,
    backgroundColor: tokens.colorBrandBackground,
    color: tokens.colorNeutralForegroundOnBrand,
  },
  product: { flexGrow: 1, minWidth: 0 },
  me: {
    color: tokens.colorNeutralForegroundOnBrand,
    gap: tokens.spacingHorizontalS,
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
    padding: `${tokens.spacingVerticalXXS} ${tokens.spacingHorizontalM}`,
    backgroundColor: tokens.colorBrandBackground2,
  },
});

interface Props {
  readonly state: SkypeState;
  readonly session: SkypeSession;
  readonly onSignOut: () => void;
}

export function MeBar({ state, session, onSignOut }: Props): ReactNode {
  const styles = useStyles();
  const [trouble, setTrouble] = useState<Trouble | undefined>();
  const words = state.presence?.words ?? (state.connection.kind === 'stopped' ? 'Signed out' : 'Signing in');
  const attempt = (action: Promise<void>): void => {
    action.then(
      () => setTrouble(undefined),
      (error: unknown) => setTrouble(troubleOf(error)),
    );
  };
  return (
    <>
      <header className={styles.bar}>
        <Text className={styles.product} weight="semibold" size={400} truncate wrap={false}>
          Skype for Business
        </Text>
        <PresenceMenu
          trigger={
            <Button
              appearance="transparent"
              className={styles.me}
              aria-label={`${state.me.name}, ${words}: my status`}
              icon={<PersonAvatar name={state.me.name} presence={state.presence} size={28} shape="square" />}
            >
              {words}
            </Button>
          }
          name={state.me.name}
          address={state.me.uri.replace(/^sip:/, '')}
          choices={choices}
          note={state.note}
          noteLabel="What’s happening today?"
          resetLabel="Reset Status"
          onChoose={(choice) => attempt(session.choosePresence(choice))}
          onNote={(text) => attempt(session.setNote(text))}
          onSignOut={onSignOut}
        />
      </header>
      {state.note !== '' && (
        <Text className={styles.note} size={200} truncate wrap={false} block>
          {state.note}
        </Text>
      )}
      {trouble && <TroubleBar trouble={trouble} onDismiss={() => setTrouble(undefined)} />}
    </>
  );
}
