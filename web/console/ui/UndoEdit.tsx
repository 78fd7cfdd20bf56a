import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  DialogTrigger,
  makeStyles,
  Text,
  tokens,
} from '@fluentui/react-components';
import { type ReactNode, useState } from 'react';
import { TroubleBar } from '../../shared/TroubleBar.tsx';
import { type Trouble, troubleOf } from '../../shared/trouble.ts';
import { TokenWanted } from '../api.ts';
import type { Edit } from '../edits/model.ts';
import { kinds, undoWords } from '../edits/words.ts';
import { api, token } from '../gateway.ts';
import { TokenForm } from './TokenForm.tsx';

type Step =
  | { readonly kind: 'asking' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'token'; readonly rejected: boolean }
  | { readonly kind: 'failed'; readonly trouble: Trouble };

const useStyles = makeStyles({
  content: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
});

interface Props {
  readonly edit: Edit;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Takes back what operators did about a person, once the reader has seen what that does. */
export function UndoEdit({ edit, onDone, onClose }: Props): ReactNode {
  const styles = useStyles();
  const [step, setStep] = useState<Step>({ kind: 'asking' });
  const undo = (): void => {
    setStep({ kind: 'busy' });
    const isSecondTry = token.get() !== undefined;
    api.post(`/api/people/${encodeURIComponent(edit.id)}/undo`).then(
      () => {
        onClose();
        onDone();
      },
      (error: unknown) =>
        setStep(
          error instanceof TokenWanted
            ? { kind: 'token', rejected: isSecondTry }
            : { kind: 'failed', trouble: troubleOf(error) },
        ),
    );
  };
  return (
    <Dialog open onOpenChange={(_, data) => data.open || onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>
            {kinds[edit.kind].words} by an operator: {edit.name}
          </DialogTitle>
          <DialogContent className={styles.content}>
            <Text>{undoWords(edit)} Messages under way end as they were begun.</Text>
            {step.kind === 'failed' && <TroubleBar trouble={step.trouble} />}
            {step.kind === 'token' && (
              <TokenForm
                rejected={step.rejected}
                words="Undo with this token"
                onToken={(text) => {
                  token.set(text);
                  undo();
                }}
              />
            )}
          </DialogContent>
          <DialogActions>
            <DialogTrigger disableButtonEnhancement>
              <Button>Leave it</Button>
            </DialogTrigger>
            {step.kind !== 'token' && (
              <Button appearance="primary" disabled={step.kind === 'busy'} onClick={undo}>
                {step.kind === 'failed' ? 'Try again' : 'Undo'}
              </Button>
            )}
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
