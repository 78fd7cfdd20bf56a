import {
  Badge,
  Link,
  makeStyles,
  PresenceBadge,
  TableCell,
  TableCellLayout,
  TableRow,
  Text,
  tokens,
} from '@fluentui/react-components';
import type { ReactNode } from 'react';
import type { Person, Side } from '../model.ts';
import { shownOn } from '../presence/words.ts';
import { DataTable } from './DataTable.tsx';

const useStyles = makeStyles({
  faint: { color: tokens.colorNeutralForeground2 },
});

const columns = [
  { title: 'Person' },
  { title: 'Mode', width: '110px' },
  { title: 'SfB home', width: '80px' },
  { title: 'Teams link' },
  { title: 'Teams presence' },
  { title: 'SfB link' },
  { title: 'SfB presence' },
];

const homeNames: Readonly<Record<string, string>> = { online: 'Online', onPrem: 'On-prem', none: 'None' };

interface Props {
  readonly people: readonly Person[];
  readonly onOpen: (id: string) => void;
}

export function People({ people, onOpen }: Props): ReactNode {
  return (
    <DataTable label="People" columns={columns}>
      {people.map((person) => (
        <TableRow key={person.id}>
          <TableCell>
            <TableCellLayout truncate description={person.id}>
              <Link as="button" aria-label={`Presence of ${person.name}`} onClick={() => onOpen(person.id)}>
                {person.name}
              </Link>
            </TableCellLayout>
          </TableCell>
          <TableCell>{person.mode}</TableCell>
          <TableCell>{homeNames[person.home] ?? person.home}</TableCell>
          <TableCell>
            {person.link.teams === 'not linked' ? (
              <Link href={linkPage(person.id)} target="_blank" rel="noopener">
                Link…
              </Link>
            ) : (
              <LinkBadge state={person.link.teams} />
            )}
          </TableCell>
          <TableCell>
            <Presence person={person} side="teams" />
          </TableCell>
          <TableCell>
            <LinkBadge state={person.link.skype} />
          </TableCell>
          <TableCell>
            <Presence person={person} side="skype" />
          </TableCell>
        </TableRow>
      ))}
    </DataTable>
  );
}

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
