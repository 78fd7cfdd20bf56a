import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
} from '@fluentui/react-components';
import { Component, type ReactNode } from 'react';
import { inWords } from './trouble.ts';

type State = { readonly broken: false } | { readonly broken: true; readonly error: unknown };

/** Keeps a fault in one part of a page from blanking the rest. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { broken: false };

  static getDerivedStateFromError(error: unknown): State {
    return { broken: true, error };
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children;
    return (
      <MessageBar intent="error" layout="multiline">
        <MessageBarBody>
          <MessageBarTitle>This part of the page stopped.</MessageBarTitle>
          {inWords(this.state.error)} Nothing you sent is lost; load the page again.
        </MessageBarBody>
        <MessageBarActions>
          <Button onClick={() => location.reload()}>Load again</Button>
        </MessageBarActions>
      </MessageBar>
    );
  }
}
