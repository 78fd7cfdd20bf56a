import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
} from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons';
import type { ReactNode } from 'react';
import type { Trouble } from './trouble.ts';

interface Props {
  readonly trouble: Trouble;
  readonly intent?: 'error' | 'warning' | 'info';
  readonly onRetry?: (() => void) | undefined;
  readonly retryLabel?: string;
  readonly onDismiss?: (() => void) | undefined;
}

export function TroubleBar({
  trouble,
  intent = 'error',
  onRetry,
  retryLabel = 'Try again',
  onDismiss,
}: Props): ReactNode {
  return (
    <MessageBar intent={intent} layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>{trouble.what}</MessageBarTitle> {trouble.cure}
      </MessageBarBody>
      {(onRetry || onDismiss) && (
        <MessageBarActions
          {...(onDismiss && {
            containerAction: (
              <Button
                appearance="transparent"
                icon={<DismissRegular />}
                aria-label="Dismiss"
                onClick={onDismiss}
              />
            ),
          })}
        >
          {onRetry && <Button onClick={onRetry}>{retryLabel}</Button>}
        </MessageBarActions>
      )}
    </MessageBar>
  );
}
