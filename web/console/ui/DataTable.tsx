import {
  makeStyles,
  Table,
  TableBody,
  TableHeader,
  TableHeaderCell,
  TableRow,
} from '@fluentui/react-components';
import type { ReactNode } from 'react';

const useStyles = makeStyles({ scroller: { overflowX: 'auto' } });

export interface Column {
  readonly title: string;
  /** As in CSS; columns without one share what is left. */
  readonly width?: string;
}

interface Props {
  readonly label: string;
  readonly columns: readonly Column[];
  /** As in CSS: in a narrower window the table is scrolled sideways, by itself. */
  readonly minWidth?: string;
  /** A row each. */
  readonly children: ReactNode;
}

export function DataTable({ label, columns, minWidth = '0', children }: Props): ReactNode {
  return (
    <div className={useStyles().scroller}>
      <Table size="small" aria-label={label} style={{ minWidth }}>
        <TableHeader>
          <TableRow>
            {columns.map(({ title, width }) => (
              <TableHeaderCell key={title} {...(width !== undefined && { style: { width } })}>
                {title}
              </TableHeaderCell>
            ))}
          </TableRow>
        </TableHeader>
        <TableBody>{children}</TableBody>
      </Table>
    </div>
  );
}
