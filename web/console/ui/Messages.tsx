import { Badge, Button, makeStyles, TableCell, TableRow, Text, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { duration, preciseTime } from '../../shared/time.ts';
import type { Message, Person } from '../model.ts';
import { messageState, nameOf, sideNames } from '../words.ts';
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
  readonly people: readonly Person[];
  readonly onTrace: (id: string) => void;
}

const columns = [
  { title: 'Written', width: '110px' },
  { title: 'From' },
  { title: 'To' },
  { title: 'Written in', width: '180px' },
  { title: 'State', width: '130px' },
  { title: 'Took', width: '80px' },
  { title: 'Reason', width: '28%' },
  { title: 'Steps', width: '90px' },
];

export function Messages({ messages, people, onTrace }: Props): ReactNode {
  const styles = useStyles();
  if (messages.length === 0)
    return <Text className={styles.empty}>No message has passed yet. Write one in either client.</Text>;
  return (
    <DataTable label="Recent messages" columns={columns}>
      {messages.map((message) => {
        const { words, tone } = messageState(message);
        return (
          <TableRow key={message.id}>
            <TableCell>{preciseTime(message.writtenAt)}</TableCell>
            <TableCell>{nameOf(people, message.author)}</TableCell>
            <TableCell>{nameOf(people, message.recipient)}</TableCell>
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
