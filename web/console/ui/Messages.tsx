import {
  Badge,
  Button,
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
import { duration, preciseTime } from '../../shared/time.ts';
import type { Message, Person } from '../model.ts';
import { messageState, sideNames } from '../words.ts';

const useStyles = makeStyles({
  empty: {
    padding: tokens.spacingVerticalXXL,
    textAlign: 'center',
    display: 'block',
    color: tokens.colorNeutralForeground2,
  },
  time: { width: '110px' },
  from: { width: '180px' },
  took: { width: '80px' },
  state: { width: '130px' },
  trace: { width: '90px' },
  reason: { width: '28%' },
  cell: { overflow: 'hidden', textOverflow: 'ellipsis' },
});

interface Props {
  readonly messages: readonly Message[];
  readonly people: readonly Person[];
  readonly onTrace: (id: string) => void;
}

export function nameOf(people: readonly Person[], id: string): string {
  return people.find((person) => person.id === id)?.name ?? id;
}

export function Messages({ messages, people, onTrace }: Props): ReactNode {
  const styles = useStyles();
  if (messages.length === 0)
    return <Text className={styles.empty}>No message has passed yet. Write one in either client.</Text>;
  return (
    <Table size="small" aria-label="Recent messages">
      <TableHeader>
        <TableRow>
          <TableHeaderCell className={styles.time}>Written</TableHeaderCell>
          <TableHeaderCell>From</TableHeaderCell>
          <TableHeaderCell>To</TableHeaderCell>
          <TableHeaderCell className={styles.from}>Written in</TableHeaderCell>
          <TableHeaderCell className={styles.state}>State</TableHeaderCell>
          <TableHeaderCell className={styles.took}>Took</TableHeaderCell>
          <TableHeaderCell className={styles.reason}>Reason</TableHeaderCell>
          <TableHeaderCell className={styles.trace}>Steps</TableHeaderCell>
        </TableRow>
      </TableHeader>
      <TableBody>
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
      </TableBody>
    </Table>
  );
}
