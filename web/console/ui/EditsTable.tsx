import {
  Badge,
  Button,
  makeStyles,
  TableCell,
  TableCellLayout,
  TableRow,
  Text,
  tokens,
  useRestoreFocusTarget,
} from '@fluentui/react-components';
import { ArrowUndoRegular } from '@fluentui/react-icons';
import { memo, type ReactNode, useState } from 'react';
import { whenInWords } from '../../shared/time.ts';
import type { Edit } from '../edits/model.ts';
import { editLines, kinds } from '../edits/words.ts';
import { DataTable } from './DataTable.tsx';
import { UndoEdit } from './UndoEdit.tsx';

const useStyles = makeStyles({
  section: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS },
  title: { margin: 0 },
  faint: { color: tokens.colorNeutralForeground2 },
  what: { paddingTop: tokens.spacingVerticalXS, paddingBottom: tokens.spacingVerticalXS },
  line: { display: 'block', overflowWrap: 'anywhere' },
});

const columns = [
  { title: 'Person' },
  { title: 'Done', width: '100px' },
  { title: 'What', width: '40%' },
  { title: 'When', width: '110px' },
  { title: 'Take back', width: '110px' },
];

/** Rows. */
const atFirst = 10;
const more = 100;

interface Props {
  readonly edits: readonly Edit[];
  readonly onUndone: () => void;
}

/** What stands above the people file and the tenants because operators said so. */
export const EditsTable = memo(function EditsTable({ edits, onUndone }: Props): ReactNode {
  const styles = useStyles();
  const focusHereAgain = useRestoreFocusTarget();
  const [shown, setShown] = useState(atFirst);
  const [chosen, choose] = useState<Edit | undefined>();
  const now = Date.now();
  return (
    <section className={styles.section} aria-label="Done by operators">
      <Text as="h2" size={400} weight="semibold" className={styles.title}>
        Done by operators
      </Text>
      <Text size={200} className={styles.faint}>
        It stands above the people file and the tenants until it is taken back. Operators have one token, so
        the gateway does not know which of them it was.
      </Text>
      <DataTable label="Done by operators" columns={columns} minWidth="640px">
        {edits.slice(0, shown).map((edit) => {
          const { words, tone } = kinds[edit.kind];
          return (
            <TableRow key={edit.id}>
              <TableCell title={edit.name}>
                <TableCellLayout truncate description={edit.id}>
                  <bdi>{edit.name}</bdi>
                </TableCellLayout>
              </TableCell>
              <TableCell>
                <Badge appearance="tint" color={tone}>
                  {words}
                </Badge>
              </TableCell>
              <TableCell className={styles.what}>
                <div>
                  {editLines(edit).map((line) => (
                    <Text key={line} size={200} className={styles.line}>
                      {line}
                    </Text>
                  ))}
                </div>
              </TableCell>
              <TableCell {...(edit.at !== undefined && { title: new Date(edit.at).toISOString() })}>
                {edit.at === undefined ? 'not kept' : whenInWords(edit.at, now)}
              </TableCell>
              <TableCell>
                <Button
                  {...focusHereAgain}
                  size="small"
                  icon={<ArrowUndoRegular />}
                  aria-label={`Undo: ${edit.name}`}
                  onClick={() => choose(edit)}
                >
                  Undo
                </Button>
              </TableCell>
            </TableRow>
          );
        })}
      </DataTable>
      {edits.length > shown && (
        <div>
          <Button appearance="subtle" onClick={() => setShown(shown + more)}>
            Show more: {(edits.length - shown).toLocaleString()} older
          </Button>
        </div>
      )}
      {chosen && <UndoEdit edit={chosen} onDone={onUndone} onClose={() => choose(undefined)} />}
    </section>
  );
});
