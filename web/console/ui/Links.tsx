import { Badge, makeStyles, TableCell, TableRow, Text, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { preciseTime } from '../../shared/time.ts';
import type { Status } from '../model.ts';
import { linkState, sideNames } from '../words.ts';
import { DataTable } from './DataTable.tsx';

const useStyles = makeStyles({
  name: { overflowWrap: 'anywhere' },
  note: { display: 'block', padding: `${tokens.spacingVerticalM} 0`, color: tokens.colorNeutralForeground2 },
});

const columns = [
  { title: 'Network', width: '160px' },
  { title: 'Connection' },
  { title: 'State', width: '120px' },
  { title: 'Since', width: '160px' },
  { title: 'Refusal', width: '160px' },
];

export function Links({ status }: { readonly status: Status }): ReactNode {
  const styles = useStyles();
  return (
    <>
      <DataTable label="Connections to the networks" columns={columns} minWidth="820px">
        {status.links.map((link) => {
          const { words, tone } = linkState(link.state);
          return (
            <TableRow key={`${link.side} ${link.name}`}>
              <TableCell>{sideNames[link.side]}</TableCell>
              <TableCell className={styles.name}>{link.name}</TableCell>
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
