import { Table, TableBody, TableHeader, TableHeaderCell, TableRow } from '@fluentui/react-components';
import type { ReactNode } from 'react';

export interface Column {
  readonly title: string;
  /** As in CSS; columns without one share what is left. */
  readonly width?: string;
}

interface Props {
  readonly label: string;
  readonly columns: readonly Column[];
  /** A row each. */
  readonly children: ReactNode;
}

export function DataTable({ label, columns, children }: Props): ReactNode {
  return (
    <Table size="small" aria-label={label}>
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
  );
}
