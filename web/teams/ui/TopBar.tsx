import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { type ReactNode, useState } from 'react';
import { PersonAvatar } from '../../shared/PersonAvatar.tsx';
import { PresenceMenu } from '../../shared/PresenceMenu.tsx';
import { choices, shownInTeams } from '../../shared/presence/inTeams.ts';
import { TroubleBar } from '../../shared/TroubleBar.tsx';
import { type Trouble, troubleOf } from '../../shared/trouble.ts';
import type { TeamsSession } from '../session.ts';
import type { TeamsState } from '../state/state.ts';

const useStyles = makeStyles({
  bar: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    height: '44px',
    flexShrink: 0,
    padding: `0 ${tokens.spacingHorizontalM}`,
    backgroundColor: tokens.colorBrandBackground2,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  product: { flexGrow: 1, color: tokens.colorBrandForeground2 },
  me: { minWidth: 0, gap: tokens.spacingHorizontalS },
});

interface Props {
  readonly state: TeamsState;
  readonly session: TeamsSession;
  readonly onSignOut: () => void;
}

export function TopBar({ state, session, onSignOut }: Props): ReactNode {
  const styles = useStyles();
  const [trouble, setTrouble] = useState<Trouble | undefined>();
  const own = state.presences[state.me.id];
  const shown = shownInTeams(own);
  const attempt = (action: Promise<void>): void => {
    action.then(
      () => setTrouble(undefined),
      (error: unknown) => setTrouble(troubleOf(error)),
    );
  };
  return (
    <>
      <header className={styles.bar}>
        <Text className={styles.product} weight="semibold" size={400}>
          Teams
        </Text>
        <PresenceMenu
          trigger={
            <Button
              appearance="subtle"
              className={styles.me}
              aria-label={`${state.me.name}, ${shown.words}: my status`}
              icon={<PersonAvatar name={state.me.name} presence={shown} size={28} />}
            >
              {shown.words}
            </Button>
          }
          name={state.me.name}
          address={state.me.address}
          choices={choices}
          note={own?.note ?? ''}
          noteLabel="Status message"
          resetLabel="Reset status"
          onChoose={(choice) => attempt(session.choosePresence(choice))}
          onNote={(text) => attempt(session.setNote(text))}
          onSignOut={onSignOut}
        />
      </header>
      {trouble && <TroubleBar trouble={trouble} onDismiss={() => setTrouble(undefined)} />}
    </>
  );
}
