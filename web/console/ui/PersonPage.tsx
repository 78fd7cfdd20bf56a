import { Badge, Button, makeStyles, Spinner, Text, tokens } from '@fluentui/react-components';
import { ArrowLeftRegular } from '@fluentui/react-icons';
import { type ReactNode, useCallback, useState } from 'react';
import { PersonAvatar } from '../../shared/PersonAvatar.tsx';
import { TroubleBar } from '../../shared/TroubleBar.tsx';
import type { PersonPresence } from '../presence/model.ts';
import { authorityWords, shownOn } from '../presence/words.ts';
import { useEdits, usePersonPresence } from '../useConsole.ts';
import { DayOfPresence } from './DayOfPresence.tsx';
import { EditsTable } from './EditsTable.tsx';
import { Endpoints } from './Endpoints.tsx';
import { PresenceSteps } from './PresenceSteps.tsx';

const useStyles = makeStyles({
  page: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalL,
    maxWidth: '1080px',
    padding: `${tokens.spacingVerticalM} 0 ${tokens.spacingVerticalXXL}`,
  },
  head: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalM },
  who: { display: 'flex', flexDirection: 'column', minWidth: 0 },
  name: { display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
  title: { margin: 0 },
  faint: { color: tokens.colorNeutralForeground2, overflowWrap: 'anywhere' },
});

interface Props {
  readonly id: string;
  readonly onBack: () => void;
}

/** Everything the gateway knows of one person's presence, as it changes. */
export function PersonPage({ id, onBack }: Props): ReactNode {
  const styles = useStyles();
  const asked = usePersonPresence(id);
  const [undone, setUndone] = useState(0);
  const onUndone = useCallback(() => setUndone((times) => times + 1), []);
  const edits = useEdits(undone);
  const own = edits.kind === 'loaded' ? edits.value.filter((edit) => edit.id === id) : [];
  return (
    <div className={styles.page}>
      <div>
        <Button appearance="subtle" icon={<ArrowLeftRegular />} onClick={onBack}>
          All people
        </Button>
      </div>
      {asked.kind === 'loading' && <Spinner label="Asking the gateway" />}
      {asked.kind === 'failed' && <TroubleBar trouble={asked.trouble} />}
      {asked.kind === 'loaded' && <Loaded person={asked.value} />}
      {own.length > 0 && <EditsTable edits={own} onUndone={onUndone} />}
    </div>
  );
}

function Loaded({ person }: { readonly person: PersonPresence }): ReactNode {
  const styles = useStyles();
  const { endpoints, history, now } = person;
  const known = endpoints.find(({ whose, presence }) => whose === 'person' && presence);
  const shown = known?.presence && shownOn(known.side, known.presence);
  return (
    <>
      <header className={styles.head}>
        <PersonAvatar name={person.name} size={56} {...(shown && { presence: shown })} />
        <div className={styles.who}>
          <div className={styles.name}>
            <Text as="h2" size={600} weight="semibold" className={styles.title}>
              <bdi>{person.name}</bdi>
            </Text>
            <Badge appearance="outline" color="informative">
              {person.mode}
            </Badge>
          </div>
          <Text className={styles.faint}>{person.id}</Text>
          <Text size={200} className={styles.faint}>
            {authorityWords(person.authority)}
          </Text>
        </div>
      </header>
      <Endpoints endpoints={endpoints} now={now} />
      <DayOfPresence history={history} sides={[...new Set(endpoints.map(({ side }) => side))]} now={now} />
      <PresenceSteps history={history} now={now} />
    </>
  );
}
