import type { Trouble } from '../../shared/trouble.ts';
import type { Asked } from './kept.ts';

export type Answer =
  | { readonly kind: 'none' }
  | { readonly kind: 'code'; readonly code: string; readonly verifier: string }
  | { readonly kind: 'refused'; readonly trouble: Trouble };

/** Reads what the sign-in page added to our address; an answer to a request that was not ours is refused. */
export function readAnswer(search: string, asked: Asked | undefined): Answer {
  const parameters = new URLSearchParams(search);
  const error = parameters.get('error');
  const code = parameters.get('code');
  if (error === null && code === null) return { kind: 'none' };
  if (!asked || parameters.get('state') !== asked.state)
    return {
      kind: 'refused',
      trouble: { what: 'This sign-in was not started in this tab.', cure: 'Sign in again from here.' },
    };
  if (error !== null || code === null)
    return {
      kind: 'refused',
      trouble: {
        what: 'Sign-in was refused.',
        cure: parameters.get('error_description')?.split(/\r?\n/)[0] || 'Try again.',
      },
    };
  return { kind: 'code', code, verifier: asked.verifier };
}
