import type { PersonId } from '../core/ids.ts';
import type { Side } from '../core/people.ts';

/** What lets the gateway act as a person on one side. Held encrypted at rest, never logged. */
export type LinkSecret =
  /** Teams: a delegated refresh token. */
  | { readonly kind: 'refreshToken'; readonly token: string }
  /** SfB web ticket (`grant_type=password`), or a first Teams sign-in by password where the tenant allows it. */
  | { readonly kind: 'password'; readonly username: string; readonly password: string };

/** The linked accounts. A missing link is normal: the gateway then writes in its own name. */
export interface Links {
  get(person: PersonId, side: Side): Promise<LinkSecret | undefined>;
  /** Durable when it resolves; replaces what was there. */
  put(person: PersonId, side: Side, secret: LinkSecret): Promise<void>;
  remove(person: PersonId, side: Side): Promise<void>;
}
