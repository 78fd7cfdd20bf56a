import type { ReactNode } from 'react';
import { WithSandbox } from '../shared/WithSandbox.tsx';
import { TeamsClient } from './TeamsClient.tsx';

/** The Teams-like client as a page of its own: signs in on the organisation's sign-in page. */
export function TeamsPage(): ReactNode {
  return (
    <WithSandbox>
      {(sandbox) => <TeamsClient sandbox={sandbox} way="redirect" preselected={undefined} />}
    </WithSandbox>
  );
}
