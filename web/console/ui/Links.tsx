import {
  Badge,
  makeStyles,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  Text,
  tokens,
} from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { preciseTime } from '../../shared/time.ts';
import type { Person, Status } from '../model.ts';
import { linkState, sideNames } from '../words.ts';
import { nameOf } from './Messages.tsx';

const useStyles = makeStyles({
  note: { display: 'block', padding: `${tokens.spacingVerticalM} 0`, color: tokens.colorNeutralForeground2 },
});

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
      <Table size="small" aria-label="Connections to the networks">
        <TableHeader>
          <TableRow>
            <TableHeaderCell>Network</TableHeaderCell>
            <TableHeaderCell>Connection</TableHeaderCell>
            <TableHeaderCell>State</TableHeaderCell>
            <TableHeaderCell>Since</TableHeaderCell>
            <TableHeaderCell>Refusal</TableHeaderCell>
          </TableRow>
        </TableHeader>
        <TableBody>
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
        </TableBody>
      </Table>
      <Text size={200} className={styles.note}>
        Networks reach the gateway at {status.publicUrl}. Routing policy: {status.policy}.
      </Text>
    </>
  );
}
