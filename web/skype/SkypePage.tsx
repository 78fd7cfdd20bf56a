import type { ReactNode } from 'react';
import { WithSandbox } from '../shared/WithSandbox.tsx';
import { SkypeClient } from './SkypeClient.tsx';

export function SkypePage(): ReactNode {
  return <WithSandbox>{(sandbox) => <SkypeClient sandbox={sandbox} preselected={undefined} />}</WithSandbox>;
}
