import {
  Badge,
  Link,
  makeStyles,
  PresenceBadge,
  SearchBox,
  Spinner,
  TableCell,
  TableCellLayout,
  TableRow,
  Text,
  tokens,
} from '@fluentui/react-components';
import { memo, type ReactNode, useCallback, useState } from 'react';
import { TroubleBar } from '../../shared/TroubleBar.tsx';
import { kinds } from '../edits/words.ts';
import type { People as Found, Person, Side } from '../model.ts';
import { shownOn } from '../presence/words.ts';
import { useEdits, usePeople } from '../useConsole.ts';
import { DataTable } from './DataTable.tsx';
import { EditsTable } from './EditsTable.tsx';

const useStyles = makeStyles({
  page: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalL },
  search: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalM },
  box: { width: 'min(360px, 100%)', maxWidth: 'none' },
  name: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalXS, minWidth: 0 },
  faint: { color: tokens.colorNeutralForeground2 },
});

const columns = [
  { title: 'Person', width: '24%' },
  { title: 'Mode', width: '110px' },
  { title: 'SfB home', width: '80px' },
  { title: 'Teams link' },
  { title: 'Teams presence' },
  { title: 'SfB link' },
  { title: 'SfB presence' },
];

const homeNames: Readonly<Record<string, string>> = { online: 'Online', onPrem: 'On-prem', none: 'None' };

interface Props {
  readonly onOpen: (id: string) => void;
}

/** Whom the gateway knows, and what operators did about them. */
export function People({ onOpen }: Props): ReactNode {
  const styles = useStyles();
  const [find, setFind] = useState('');
  const [undone, setUndone] = useState(0);
  const onUndone = useCallback(() => setUndone((times) => times + 1), []);
  const found = usePeople(find.trim().slice(0, 320));
  const edits = useEdits(undone);
  return (
    <div className={styles.page}>
      {edits.kind === 'loaded' && edits.value.length > 0 && (
        <EditsTable edits={edits.value} onUndone={onUndone} />
      )}
      <div className={styles.search}>
        <SearchBox
          className={styles.box}
          aria-label="Find people"
          placeholder="Name or address"
          value={find}
          onChange={(_, data) => setFind(data.value)}
        />
        <Text size={200} className={styles.faint} role="status">
          {found.kind === 'loaded' ? countWords(found.value) : ''}
        </Text>
      </div>
      {found.kind === 'loading' && <Spinner label="Asking the gateway" />}
      {found.kind === 'failed' && <TroubleBar trouble={found.trouble} />}
      {found.kind === 'loaded' && <PeopleTable people={found.value.people} onOpen={onOpen} />}
    </div>
  );
}

function countWords({ people, total }: Found): string {
  if (total === 0) return 'Nobody has this name or address.';
  const all = total === 1 ? '1 person' : `${total.toLocaleString()} people`;
  return people.length < total ? `${all}, the first ${people.length} are shown` : all;
}

const PeopleTable = memo(function PeopleTable({
  people,
  onOpen,
}: Props & { readonly people: readonly Person[] }): ReactNode {
  const styles = useStyles();
  return (
    <DataTable label="People" columns={columns} minWidth="980px">
      {people.map((person) => (
        <TableRow key={person.id}>
          <TableCell>
            <TableCellLayout truncate description={person.id}>
              <span className={styles.name}>
                <Link as="button" aria-label={`Presence of ${person.name}`} onClick={() => onOpen(person.id)}>
                  <bdi>{person.name}</bdi>
                </Link>
                {person.amended && (
                  <Badge appearance="tint" size="small" color={kinds[person.amended].tone}>
                    {kinds[person.amended].words}
                  </Badge>
                )}
              </span>
            </TableCellLayout>
          </TableCell>
          <TableCell>{person.mode}</TableCell>
          <TableCell>{homeNames[person.home] ?? person.home}</TableCell>
          <TableCell>
            {person.link.teams === 'not linked' ? (
              <Link
                aria-label={`Link ${person.name} to Teams`}
                href={linkPage(person.id)}
                target="_blank"
                rel="noopener"
              >
                Link…
              </Link>
            ) : (
              <LinkBadge state={person.link.teams} />
            )}
          </TableCell>
          <TableCell>
            <Presence person={person} side="teams" />
          </TableCell>
          <TableCell
            {...(person.link.skype === 'not linked' && {
              title: `The gateway’s own account writes. To link: isthmus people link ${person.id} --side skype --password-stdin`,
            })}
          >
            <LinkBadge state={person.link.skype} />
          </TableCell>
          <TableCell>
            <Presence person={person} side="skype" />
          </TableCell>
        </TableRow>
      ))}
    </DataTable>
  );
});

function Presence({ person, side }: { readonly person: Person; readonly side: Side }): ReactNode {
  const styles = useStyles();
  const presence = person.presence[side];
  if (presence.availability === '')
    return (
      <Text size={200} className={styles.faint}>
        not seen
      </Text>
    );
  const shown = shownOn(side, presence);
  return (
    <TableCellLayout truncate media={<PresenceBadge status={shown.badge} size="small" aria-hidden />}>
      {shown.words}
    </TableCellLayout>
  );
}

/** Where a person signs in to Teams for the gateway. */
function linkPage(id: string): string {
  return `/link/teams?${new URLSearchParams({ as: id }).toString()}`;
}

function LinkBadge({ state }: { readonly state: string }): ReactNode {
  switch (state) {
    case 'linked':
      return (
        <Badge appearance="tint" color="success">
          Linked
        </Badge>
      );
    case 'none':
      return (
        <Badge appearance="tint" color="subtle">
          No account
        </Badge>
      );
    case 'unreadable':
      return (
        <Badge appearance="tint" color="danger">
          Unreadable
        </Badge>
      );
    default:
      return (
        <Badge appearance="tint" color="warning">
          Not linked
        </Badge>
      );
  }
}
