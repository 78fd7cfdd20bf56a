import { Badge, makeStyles, TableCell, TableRow, Text, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { preciseTime } from '../../shared/time.ts';
import type { Person, Status } from '../model.ts';
import { linkState, nameOf, sideNames } from '../words.ts';
import { DataTable } from './DataTable.tsx';

const useStyles = makeStyles({
  note: { display: 'block', padding: `${tokens.spacingVerticalM} 0`, color: tokens.colorNeutralForeground2 },
});

const columns = [
  { title: 'Network' },
  { title: 'Connection' },
  { title: 'State' },
  { title: 'Since' },
  { title: 'Refusal' },
];

export function Links({
  status,
  people,
}: {
  readonly status: Status;
  readonly people: readonly Person[];
}): ReactNode {
  const styles = useStyles();
  return (
    <>
      <DataTable label="Connections to the networks" columns={columns}>
        {status.links.map((link) => {
          const { words, tone } = linkState(link.state);
          return (
            <TableRow key={`${link.side} ${link.name}`}>
              <TableCell>{sideNames[link.side]}</TableCell>
              <TableCell>{nameOf(people, link.name)}</TableCell>
              <TableCell>
                <Badge appearance="tint" color={tone}>
                  {words}
                </Badge>
              </TableCell>
              <TableCell>{preciseTime(link.since)}</TableCell>
              <TableCell>{link.refusal}</TableCell>
            </TableRow>
          );
        })}
      </DataTable>
      <Text size={200} className={styles.note}>
        Networks reach the gateway at {status.publicUrl}. Routing policy: {status.policy}.
      </Text>
    </>
  );
}
