import { Badge, Button, makeStyles, TableCell, TableRow, Text, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { duration, preciseTime } from '../../shared/time.ts';
import type { Message } from '../model.ts';
import { messageState, sideNames } from '../words.ts';
import { DataTable } from './DataTable.tsx';

const useStyles = makeStyles({
  empty: {
    padding: tokens.spacingVerticalXXL,
    textAlign: 'center',
    display: 'block',
    color: tokens.colorNeutralForeground2,
  },
  cell: { overflow: 'hidden', textOverflow: 'ellipsis' },
});

interface Props {
  readonly messages: readonly Message[];
  readonly onTrace: (id: string) => void;
}

const columns = [
  { title: 'Written', width: '110px' },
  { title: 'From' },
  { title: 'To' },
  { title: 'Written in', width: '160px' },
  { title: 'State', width: '190px' },
  { title: 'Took', width: '80px' },
  { title: 'Reason', width: '24%' },
  { title: 'Steps', width: '90px' },
];

export function Messages({ messages, onTrace }: Props): ReactNode {
  const styles = useStyles();
  if (messages.length === 0)
    return <Text className={styles.empty}>No message has passed yet. Write one in either client.</Text>;
  return (
    <DataTable label="Recent messages" columns={columns} minWidth="1160px">
      {messages.map((message) => {
        const { words, tone } = messageState(message);
        return (
          <TableRow key={message.id}>
            <TableCell>{preciseTime(message.writtenAt)}</TableCell>
            <TableCell className={styles.cell}>
              <bdi>{message.author}</bdi>
            </TableCell>
            <TableCell className={styles.cell}>
              <bdi>{message.recipient}</bdi>
            </TableCell>
            <TableCell>{sideNames[message.side]}</TableCell>
            <TableCell>
              <Badge appearance="tint" color={tone}>
                {words}
              </Badge>
            </TableCell>
            <TableCell>
              {message.endedAt === undefined ? '' : duration(message.endedAt - message.takenAt)}
            </TableCell>
            <TableCell className={styles.cell} title={message.cause}>
              {message.cause}
            </TableCell>
            <TableCell>
              <Button
                size="small"
                appearance="subtle"
                aria-label={`Steps of message ${message.id}`}
                onClick={() => onTrace(message.id)}
              >
                Trace
              </Button>
            </TableCell>
          </TableRow>
        );
      })}
    </DataTable>
  );
}
